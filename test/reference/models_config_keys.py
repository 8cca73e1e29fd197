"""Every key of config.json that transformers knows or its models read, by architecture."""

import importlib
import inspect
import json
import re

from models_common import FIXTURES
from transformers import AutoConfig

MODULES = {
    "distilbert": "distilbert",
    "bert": "bert",
    "roberta": "roberta",
    "xlm-roberta": "xlm_roberta",
    "deberta": "deberta",
    "deberta-v2": "deberta_v2",
}
# Keys of earlier versions, whose checkpoints are still about.
EARLIER = ["position_embedding_type", "pruned_heads", "torchscript", "torch_dtype", "use_cache", "sep_token_id"]
# Attributes that no config.json holds.
DERIVED = {"_attn_implementation_internal", "use_return_dict", "get_text_config", "hidden_size", "num_hidden_layers"}

keys = {}
for model_type, module in MODULES.items():
    source = inspect.getsource(importlib.import_module(f"transformers.models.{module}.modeling_{module}"))
    read = set(re.findall(r"config\.([a-z_]+)\b(?!\()", source)) | set(re.findall(r'getattr\(config, "([a-z_]+)"', source))
    known = set(AutoConfig.for_model(model_type).to_dict())
    found = known | read | set(EARLIER)
    keys[model_type] = sorted(key for key in found if key in known or key not in DERIVED)
(FIXTURES / "config-keys.json").write_text(json.dumps(keys, indent=1) + "\n")
