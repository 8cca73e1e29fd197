"""50 AdamW steps of the pretrained all-MiniLM-L6-v2 on real MNLI pairs, without dropout, by transformers and PyTorch.

python test/reference/real_weights_mnli.py MODEL_FOLDER DATA_FOLDER

DATA_FOLDER holds a train.csv with the columns premise, hypothesis and label (0 to 2). Writes
test/fixtures/real-weights/mnli.json, which has none of the pairs.
"""

import hashlib
import json
import sys
from pathlib import Path

import pandas
import torch
from transformers import AutoModelForSequenceClassification

from training_pairs import fine_tune, load_tokenizer, score

SETTINGS = {
    "epochs": 1,
    "batchSize": 8,
    "learningRate": 1e-4,
    "weightDecay": 0.01,
    "warmupSteps": 5,
    "maxGradNorm": 1.0,
    "truncation": 256,
    "seed": 42,
}
STEPS = 50
SCORED_ROWS = 16


def main(model_folder, data_folder):
    rows = pandas.read_csv(Path(data_folder) / "train.csv", keep_default_na=False)
    pairs = list(zip(rows.premise, rows.hypothesis, rows.label.tolist()))
    trained = pairs[: STEPS * SETTINGS["batchSize"]]
    held_out = pairs[len(trained) : len(trained) + SCORED_ROWS]
    torch.manual_seed(SETTINGS["seed"])  # for the new head
    model = AutoModelForSequenceClassification.from_pretrained(model_folder, num_labels=3).eval()
    tokenizer = load_tokenizer(model_folder, model)
    tokenizer.backend_tokenizer.no_padding()
    losses = fine_tune(model, tokenizer, trained, SETTINGS)
    text = "\n".join(f"{premise}\t{hypothesis}\t{label}" for premise, hypothesis, label in trained + held_out)
    golden = {
        "settings": SETTINGS,
        "trainRows": len(trained),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "losses": losses,
        "scores": score(model, tokenizer, held_out, SETTINGS["truncation"]),
        "torch": torch.__version__,
    }
    target = Path(__file__).parents[1] / "fixtures" / "real-weights" / "mnli.json"
    target.write_text(json.dumps(golden) + "\n")
    print(f"{losses[0]:.4f} → {losses[-1]:.4f}, last ten {sum(losses[-10:]) / 10:.4f}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
