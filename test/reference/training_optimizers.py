"""Optimizers and learning-rate schedules alone: python test/reference/training_optimizers.py

Writes test/fixtures/training/{optimizers,schedules}.json.
"""

import json
from pathlib import Path

import torch
import transformers
from transformers import (
    get_constant_schedule_with_warmup,
    get_cosine_schedule_with_warmup,
    get_linear_schedule_with_warmup,
)

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "training"
STEPS = 20
OPTIMIZERS = [
    ("adam", torch.optim.Adam, {"lr": 1e-3}),
    ("adam", torch.optim.Adam, {"lr": 3e-2, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1}),
    ("adamw", torch.optim.AdamW, {"lr": 1e-3}),
    ("adamw", torch.optim.AdamW, {"lr": 3e-2, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1}),
    ("sgd", torch.optim.SGD, {"lr": 1e-2}),
    ("sgd", torch.optim.SGD, {"lr": 1e-2, "momentum": 0.9, "weight_decay": 0.1}),
]
SCHEDULES = {
    "linear": get_linear_schedule_with_warmup,
    "cosine": get_cosine_schedule_with_warmup,
    "constant": lambda optimizer, warmup, total: get_constant_schedule_with_warmup(optimizer, warmup),
}


def optimizers():
    generator = torch.Generator().manual_seed(7)
    start = torch.randn(11, generator=generator)
    # Magnitudes from 1e-4 to 1, and one element that never gets a gradient.
    scale = torch.logspace(-4, 0, 11)
    scale[5] = 0
    gradients = torch.randn(STEPS, 11, generator=generator) * scale
    runs = []
    for name, make, options in OPTIMIZERS:
        parameter = start.clone().requires_grad_()
        optimizer = make([parameter], **options)
        values = []
        for gradient in gradients:
            parameter.grad = gradient.clone()
            optimizer.step()
            values.append(parameter.tolist())
        group = optimizer.param_groups[0]
        kept = ("lr", "betas", "eps", "momentum", "weight_decay")
        runs.append({"optimizer": name, "options": {k: group[k] for k in kept if k in group}, "values": values})
    return {"start": start.tolist(), "gradients": gradients.tolist(), "runs": runs}


def learning_rates(schedule, warmup, total):
    """The rate that update 0, 1, 2, … uses."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=2e-5)
    scheduler = schedule(optimizer, warmup, total)
    rates = []
    for _ in range(total + 2):  # two beyond the end
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


def schedules():
    return [
        {
            "schedule": name,
            "learningRate": 2e-5,
            "warmupSteps": warmup,
            "totalSteps": total,
            "rates": learning_rates(schedule, warmup, total),
        }
        for name, schedule in SCHEDULES.items()
        for warmup, total in [(3, 30), (0, 30), (10, 30), (30, 30), (0, 1)]
    ]


def write(name, value):
    FOLDER.mkdir(parents=True, exist_ok=True)
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    (FOLDER / name).write_text(json.dumps({**versions, **value}) + "\n")


if __name__ == "__main__":
    write("optimizers.json", optimizers())
    write("schedules.json", {"schedules": schedules()})
