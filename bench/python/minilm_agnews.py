"""A frozen encoder on AG News in PyTorch: what the same weights, rows and batch order reach.

Every row is encoded once in eval mode; one linear layer is then trained on the features for 20 epochs. Seed 42
decides the layer's initial weights and the DataLoader's order.

python bench/python/minilm_agnews.py --model DIR --train train.csv --test test.csv --pooling cls|mean
"""

import argparse
import json
import time
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader, TensorDataset
from transformers import AutoModel

from common import load_tokenizer, print_result, read_csv

CLASSES, SEED, BATCH, EPOCHS, TRAIN_ROWS = 4, 42, 64, 20, 6000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True, help="Hugging Face folder with a tokenizer.json")
    parser.add_argument("--train", required=True, help="CSV with the columns text and label")
    parser.add_argument("--test", required=True)
    parser.add_argument("--train-rows", help=f"JSON list of row indices; default: a seeded sample of {TRAIN_ROWS}")
    parser.add_argument("--pooling", choices=["cls", "mean"], default="cls")
    parser.add_argument("--features", help="write the features of the first 64 test rows to this JSON file")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def encode(encoder, tokenizer, texts, pooling):
    """Features [rows, hidden], computed in batches of similar length."""
    ids = tokenizer(texts, return_attention_mask=False, return_token_type_ids=False)["input_ids"]
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    features = torch.empty(len(ids), encoder.config.hidden_size)
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            batch = tokenizer.pad({"input_ids": [ids[row] for row in rows]}, return_tensors="pt")
            hidden = encoder(**batch).last_hidden_state
            if pooling == "cls":
                features[rows] = hidden[:, 0]
            else:
                mask = batch["attention_mask"].unsqueeze(-1).float()
                features[rows] = (hidden * mask).sum(1) / mask.sum(1)
    return features, sum(map(len, ids))


def fit(train_x, train_y, test_x, test_y):
    torch.manual_seed(SEED)
    head = nn.Linear(train_x.shape[1], CLASSES)
    optimizer = torch.optim.Adam(head.parameters(), lr=1e-3)
    order = torch.Generator().manual_seed(SEED)
    loader = DataLoader(TensorDataset(train_x, train_y), batch_size=BATCH, shuffle=True, generator=order)
    history = []
    for epoch in range(1, EPOCHS + 1):
        loss_sum, row_loss, correct = 0.0, 0.0, 0
        for x, y in loader:
            logits = head(x)
            loss = cross_entropy(logits, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.item()
            row_loss += loss.item() * len(y)
            correct += (logits.argmax(1) == y).sum().item()
        with torch.no_grad():
            accuracy = (head(test_x).argmax(1) == test_y).sum().item() / len(test_y)
        history.append(
            {
                "epoch": epoch,
                "trainLossSum": loss_sum,
                "trainLoss": row_loss / len(train_y),
                "trainAccuracy": correct / len(train_y),
                "testAccuracy": accuracy,
            }
        )
    return history


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    train, test = read_csv(args.train), read_csv(args.test)
    if args.train_rows:
        rows = json.loads(Path(args.train_rows).read_text())
    else:
        rows = numpy.random.default_rng(SEED).permutation(len(train))[:TRAIN_ROWS].tolist()
    train = train.iloc[rows]
    tokenizer = load_tokenizer(args.model)
    encoder = AutoModel.from_pretrained(args.model).eval()

    start = time.perf_counter()
    train_x, train_tokens = encode(encoder, tokenizer, train.text.tolist(), args.pooling)
    test_x, test_tokens = encode(encoder, tokenizer, test.text.tolist(), args.pooling)
    encoding = time.perf_counter() - start
    start = time.perf_counter()
    history = fit(train_x, torch.tensor(train.label.to_numpy()), test_x, torch.tensor(test.label.to_numpy()))
    if args.features:
        Path(args.features).write_text(json.dumps(test_x[:64].tolist()))
    print_result(
        {
            "study": "ag-news",
            "pooling": args.pooling,
            "rows": {"train": len(train), "test": len(test)},
            "tokens": {"train": train_tokens, "test": test_tokens},
            "encodingSeconds": encoding,
            "trainingSeconds": time.perf_counter() - start,
            "history": history,
        }
    )


if __name__ == "__main__":
    main()
