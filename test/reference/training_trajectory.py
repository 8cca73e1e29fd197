"""Whole training runs of the checkpoint fixtures/models/distilbert: python test/reference/training_trajectory.py

Writes test/fixtures/training/{fine-tune,linear-head}.json and head-init.json.
"""

import torch
from torch import nn
from transformers import AutoModelForSequenceClassification, get_linear_schedule_with_warmup

from models_common import FIXTURES, padded_batch
from training_optimizers import write

STEPS = 50
WARMUP = 5
MAX_NORM = 1.0
VOCABULARY = 120


def batches():
    """Ten batches of 8 rows, lengths 3 to 14, labels at random: five epochs of them are learned by heart."""
    generator = torch.Generator().manual_seed(5)
    made = []
    for index in range(10):
        lengths = torch.randint(3, 15, (8,), generator=generator).tolist()
        batch = padded_batch(lengths, VOCABULARY, seed=100 + index)
        batch["labels"] = torch.randint(0, 3, (8,), generator=generator)
        made.append(batch)
    return made


def without_dropout(dtype):
    model = AutoModelForSequenceClassification.from_pretrained(FIXTURES / "distilbert", dtype=dtype)
    return model.eval()


def fine_tune(dtype):
    """AdamW on everything, no decay for biases and layer norms, linear schedule, gradients clipped."""
    model = without_dropout(dtype)
    named = dict(model.named_parameters())
    spared = {n for n in named if n.endswith(".bias") or "norm" in n.lower()}
    groups = [
        {"params": [p for n, p in named.items() if n not in spared], "weight_decay": 0.01},
        {"params": [p for n, p in named.items() if n in spared], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-3)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)
    data = batches()
    steps = []
    for step in range(STEPS):
        loss = model(**data[step % len(data)]).loss
        optimizer.zero_grad()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
        steps.append({"loss": loss.item(), "gradientNorm": norm.item(), "learningRate": schedule.get_last_lr()[0]})
        optimizer.step()
        schedule.step()
    final = {n: {"norm": p.norm().item(), "start": p.flatten()[:4].tolist()} for n, p in named.items()}
    return steps, final


def linear_head():
    """Adam without a schedule on one linear layer over the frozen encoder's [CLS] features."""
    encoder = without_dropout(torch.float32).distilbert
    data = batches()
    with torch.no_grad():
        features = [encoder(b["input_ids"], b["attention_mask"]).last_hidden_state[:, 0] for b in data]
    torch.manual_seed(42)
    head = nn.Linear(32, 3)
    initial = [head.weight.tolist(), head.bias.tolist()]
    optimizer = torch.optim.Adam(head.parameters(), lr=1e-2)
    losses = []
    for step in range(STEPS):
        loss = nn.functional.cross_entropy(head(features[step % 10]), data[step % 10]["labels"])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {
        "learningRate": 1e-2,
        "features": [f.tolist() for f in features],
        "labels": [b["labels"].tolist() for b in data],
        "initialWeight": initial[0],
        "initialBias": initial[1],
        "losses": losses,
        "finalWeight": head.weight.tolist(),
        "finalBias": head.bias.tolist(),
    }


def head_init():
    """What from_pretrained draws for the head that a base checkpoint lacks: N(0, 0.02), biases 0."""
    torch.manual_seed(42)
    model = AutoModelForSequenceClassification.from_pretrained(FIXTURES / "distilbert-base", num_labels=4)
    return {
        "seed": 42,
        "checkpoint": "distilbert-base",
        "parameters": {
            name: {"shape": list(p.shape), "values": p.flatten()[:40].tolist(), "sum": p.double().sum().item()}
            for name, p in model.named_parameters()
            if not name.startswith("distilbert.")
        },
    }


def main():
    steps, final = fine_tune(torch.float32)
    exact, _ = fine_tune(torch.float64)
    noise = max(abs(a["loss"] / b["loss"] - 1) for a, b in zip(steps, exact))
    print(f"fine-tuning losses: f32 differs from f64 by {noise:.1e} relative at most")
    write(
        "fine-tune.json",
        {
            "checkpoint": "distilbert",
            "optimizer": {"name": "adamw", "learningRate": 1e-3, "weightDecay": 0.01, "maxGradNorm": MAX_NORM},
            "schedule": {"name": "linear", "warmupSteps": WARMUP, "totalSteps": STEPS},
            "batches": [{k: v.tolist() for k, v in b.items()} for b in batches()],
            "steps": steps,
            "final": final,
        },
    )
    write("linear-head.json", linear_head())
    write("head-init.json", head_init())


if __name__ == "__main__":
    main()
