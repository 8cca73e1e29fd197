"""Mean-pooled and [CLS] features of sentence-transformers/all-MiniLM-L6-v2 for a few sentences, from transformers.

python test/reference/real_weights_minilm.py MODEL_FOLDER
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModel, AutoTokenizer

SENTENCES = [
    "The central bank raised interest rates again.",
    "She scored twice in the second half, and the crowd went wild!",
    "Ein Café in Zürich, 東京 and a naïve résumé.",
    "ok",
]
KEPT = 24

folder = sys.argv[1]
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModel.from_pretrained(folder).eval()
batch = tokenizer(SENTENCES, padding="longest", truncation=False, return_tensors="pt")
with torch.no_grad():
    hidden = model(**batch).last_hidden_state
mask = batch["attention_mask"].unsqueeze(-1).float()
mean = (hidden * mask).sum(1) / mask.sum(1)
golden = {
    "sentences": SENTENCES,
    "ids": [[i for i, m in zip(row, keep) if m] for row, keep in zip(batch["input_ids"].tolist(), batch["attention_mask"].tolist())],
    "cls": hidden[:, 0, :KEPT].tolist(),
    "mean": mean[:, :KEPT].tolist(),
}
target = Path(__file__).parents[1] / "fixtures" / "real-weights" / "minilm.json"
target.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")
