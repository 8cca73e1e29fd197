"""The AG News notebook's training loop in PyTorch, timed on a sample of its batches.

The encoder's parameters are frozen, but the loop runs the whole model on every batch of every epoch, in train mode
(dropout on), and scores the test split after each epoch. Batches are shuffled, so each is padded to the longest of
64 random rows. Nothing is cached.

python bench/python/notebook_loop.py --tokenizer DIR --train train.csv --test test.csv [--model DIR]
"""

import argparse

import numpy
import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModel, DistilBertConfig, DistilBertModel

from common import LinearOnCls, gemm_gflops, load_tokenizer, median_seconds, print_result, read_csv

TRAIN_ROWS, TEST_ROWS, BATCH, EPOCHS = 6000, 380, 64, 20


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tokenizer", required=True, help="folder with a tokenizer.json")
    parser.add_argument("--train", required=True, help="CSV with the columns text and label")
    parser.add_argument("--test", required=True)
    parser.add_argument("--model", help="Hugging Face folder; default: DistilBERT-base with random weights")
    parser.add_argument("--batches", type=int, default=12, help="timed batches, of training and of evaluation")
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def sample(path, rows, seed=42):
    """What datasets' shuffle(seed).select(range(rows)) selects."""
    frame = read_csv(path)
    return frame.iloc[numpy.random.default_rng(seed).permutation(len(frame))[:rows]]


def random_batches(frame, tokenizer):
    """Endless shuffled batches, padded to their longest row."""
    while True:
        order = numpy.random.permutation(len(frame))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            rows = frame.iloc[order[start : start + BATCH]]
            encoded = tokenizer(rows.text.tolist(), padding=True, return_token_type_ids=False, return_tensors="pt")
            yield dict(encoded), torch.tensor(rows.label.to_numpy())


def timed(loop, batches, args):
    """Seconds and padded tokens per batch; tokenizing is not counted."""
    prepared = [next(batches) for _ in range(args.warm_up + args.batches)]
    seconds = median_seconds(lambda i: loop(*prepared[i]), args.batches, args.warm_up)
    tokens = [batch["input_ids"].numel() for batch, _ in prepared[args.warm_up :]]
    return {"secondsPerBatch": seconds, "paddedTokensPerBatch": sum(tokens) / len(tokens)}


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(42)
    numpy.random.seed(42)
    encoder = AutoModel.from_pretrained(args.model) if args.model else DistilBertModel(DistilBertConfig())
    model = LinearOnCls(encoder, classes=4)
    for parameter in model.encoder.parameters():
        parameter.requires_grad = False
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=1e-3)

    def train(batch, labels):
        loss = cross_entropy(model(batch), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    def evaluate(batch, labels):
        with torch.no_grad():
            return (model(batch).argmax(1) == labels).sum().item()

    tokenizer = load_tokenizer(args.tokenizer)
    gemm = gemm_gflops()
    model.train()
    training = timed(train, random_batches(sample(args.train, TRAIN_ROWS), tokenizer), args)
    model.eval()
    evaluation = timed(evaluate, random_batches(sample(args.test, TEST_ROWS), tokenizer), args)

    train_batches, test_batches = -(-TRAIN_ROWS // BATCH), -(-TEST_ROWS // BATCH)
    epoch = (
        train_batches * training["secondsPerBatch"]["median"] + test_batches * evaluation["secondsPerBatch"]["median"]
    )
    print_result(
        {
            "study": "ag-news",
            "train": training,
            "evaluate": evaluation,
            "extrapolated": {
                "epochs": EPOCHS,
                "batchesPerEpoch": {"train": train_batches, "test": test_batches},
                "seconds": EPOCHS * epoch,
                "assumptions": [
                    f"median seconds of {args.batches} random batches stand for all of them",
                    f"the last, smaller batch of a pass counts as a full one ({BATCH} rows)",
                    "tokenizing, loading and imports are not counted",
                ],
            },
            "gemmGflops": gemm,
        }
    )


if __name__ == "__main__":
    main()
