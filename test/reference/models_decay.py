"""Which parameters Hugging Face's Trainer decays, for every fixture of a classifier in its base form."""

import json
import tempfile

from models_common import FIXTURES
from transformers import AutoConfig, AutoModelForSequenceClassification, Trainer, TrainingArguments

NAMES = ["bert", "roberta", "distilbert", "deberta", "deberta-biased", "deberta-v3", "deberta-v2-unshared"]

decayed = {}
for name in NAMES:
    model = AutoModelForSequenceClassification.from_config(AutoConfig.from_pretrained(FIXTURES / name))
    trainer = Trainer(model, TrainingArguments(tempfile.mkdtemp(), report_to="none", use_cpu=True))
    decayed[name] = sorted(trainer.get_decay_parameter_names(model))
(FIXTURES / "decayed.json").write_text(json.dumps(decayed, indent=1) + "\n")
