"""The MNLI notebook's training loop in PyTorch, timed on a sample of its batches.

All parameters are trained with AdamW 1e-5 in batches of 16 pairs, every batch padded to 256 tokens whatever its rows'
lengths, and both validation splits are scored after each epoch.

python bench/python/mnli_loop.py --arch distilbert --tokenizer DIR --train train.csv --evaluate dev.csv [dev2.csv]
"""

import argparse

import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModel

from common import LinearOnCls, gemm_gflops, load_tokenizer, median_seconds, print_result, read_csv
from train_step import CONFIGURATIONS

BATCH, CLASSES, LIMIT = 16, 3, 256


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--arch", choices=CONFIGURATIONS, default="distilbert", help="base shape, random weights")
    parser.add_argument("--model", help="Hugging Face folder instead of --arch")
    parser.add_argument("--tokenizer", required=True, help="folder with a tokenizer.json")
    parser.add_argument("--train", required=True, help="CSV with the columns premise, hypothesis and label")
    parser.add_argument("--evaluate", nargs="+", required=True)
    parser.add_argument("--always-pad", type=int, default=LIMIT, help="0: pad to the longest row of the batch")
    parser.add_argument("--batches", type=int, default=12)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def read_pairs(path):
    """Rows with an empty side are dropped, as the notebook does."""
    frame = read_csv(path)
    return frame[(frame.premise != "") & (frame.hypothesis != "")]


def batches(frame, tokenizer, count, always_pad, seed):
    """`count` random batches."""
    frame = frame.sample(n=count * BATCH, random_state=seed, replace=len(frame) < count * BATCH)
    padding = {"padding": "max_length"} if always_pad else {"padding": True}
    for start in range(0, len(frame), BATCH):
        rows = frame.iloc[start : start + BATCH]
        encoded = tokenizer(
            rows.premise.tolist(),
            rows.hypothesis.tolist(),
            truncation=True,
            max_length=always_pad or LIMIT,
            return_tensors="pt",
            **padding,
        )
        yield dict(encoded), torch.tensor(rows.label.to_numpy())


def timed(loop, frame, tokenizer, args):
    prepared = list(batches(frame, tokenizer, args.warm_up + args.batches, args.always_pad, seed=42))
    seconds = median_seconds(lambda i: loop(*prepared[i]), args.batches, args.warm_up)
    measured = [batch for batch, _ in prepared[args.warm_up :]]
    return {
        "secondsPerBatch": seconds,
        "paddedTokensPerBatch": sum(b["input_ids"].numel() for b in measured) / args.batches,
        "tokensPerBatch": sum(b["attention_mask"].sum().item() for b in measured) / args.batches,
    }


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(42)
    encoder = AutoModel.from_pretrained(args.model) if args.model else AutoModel.from_config(CONFIGURATIONS[args.arch]())
    model = LinearOnCls(encoder, CLASSES)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
    tokenizer = load_tokenizer(args.tokenizer)
    if encoder.config.model_type == "distilbert":  # its forward takes no token types
        tokenizer.model_input_names = ["input_ids", "attention_mask"]

    def train(batch, labels):
        loss = cross_entropy(model(batch), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    def evaluate(batch, labels):
        with torch.no_grad():
            logits = model(batch)
            return cross_entropy(logits, labels).item(), (logits.argmax(1) == labels).sum().item()

    gemm = gemm_gflops()
    train_frame = read_pairs(args.train)
    evaluation_frames = [read_pairs(path) for path in args.evaluate]
    model.train()
    training = timed(train, train_frame, tokenizer, args)
    model.eval()
    evaluation = timed(evaluate, evaluation_frames[0], tokenizer, args)

    train_batches = -(-len(train_frame) // BATCH)
    evaluation_batches = sum(-(-len(frame) // BATCH) for frame in evaluation_frames)
    print_result(
        {
            "study": "mnli",
            "arch": encoder.config.model_type,
            "alwaysPad": args.always_pad,
            "train": training,
            "evaluate": evaluation,
            "extrapolated": {
                "batchesPerEpoch": {"train": train_batches, "evaluate": evaluation_batches},
                "secondsPerEpoch": train_batches * training["secondsPerBatch"]["median"]
                + evaluation_batches * evaluation["secondsPerBatch"]["median"],
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
