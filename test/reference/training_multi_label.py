"""Multi-label steps of transformers on the checkpoint fixtures/models/distilbert: python test/reference/training_multi_label.py

Writes test/fixtures/training/multi-label.json: the loss, the logits and every parameter's gradient (its norm and first
values) of one batch, and the losses of ten AdamW updates; with and without pos_weight.
"""

import torch
from torch import nn
from transformers import AutoModelForSequenceClassification

from models_common import FIXTURES, padded_batch
from training_optimizers import write

STEPS = 10
VOCABULARY = 120
WEIGHTS = [0.5, 1.0, 4.0]


def batches():
    generator = torch.Generator().manual_seed(8)
    made = []
    for index in range(3):
        lengths = torch.randint(3, 12, (6,), generator=generator).tolist()
        batch = padded_batch(lengths, VOCABULARY, seed=200 + index)
        batch["labels"] = torch.randint(0, 2, (6, 3), generator=generator).float()
        made.append(batch)
    # A row that no label applies to, and one that all do.
    made[0]["labels"][0] = 0
    made[0]["labels"][1] = 1
    return made


def load():
    model = AutoModelForSequenceClassification.from_pretrained(
        FIXTURES / "distilbert", problem_type="multi_label_classification"
    )
    return model.eval()


def loss_of(model, batch, weights):
    """The model's own loss, which is BCEWithLogitsLoss; with weights the same with pos_weight."""
    result = model(**batch)
    if weights is None:
        return result.loss, result.logits
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(weights))(result.logits, batch["labels"])
    return loss, result.logits


def steps(data, weights):
    model = load()
    loss, logits = loss_of(model, data[0], weights)
    loss.backward()
    gradients = {
        name: {"norm": p.grad.norm().item(), "start": p.grad.flatten()[:3].tolist()}
        for name, p in model.named_parameters()
    }
    # Without a true gradient: what there is is rounding.
    gradients = {name: entry for name, entry in gradients.items() if not name.endswith("k_lin.bias")}
    model = load()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.0)
    losses = []
    for step in range(STEPS):
        step_loss, _ = loss_of(model, data[step % len(data)], weights)
        optimizer.zero_grad()
        step_loss.backward()
        optimizer.step()
        losses.append(step_loss.item())
    return {
        "classWeights": weights,
        "logits": logits.tolist(),
        "loss": loss.item(),
        "gradients": gradients,
        "losses": losses,
    }


def main():
    data = batches()
    write(
        "multi-label.json",
        {
            "batches": [{key: value.int().tolist() for key, value in batch.items()} for batch in data],
            "runs": [steps(data, None), steps(data, WEIGHTS)],
        },
    )


if __name__ == "__main__":
    main()
