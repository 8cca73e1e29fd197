"""Losses and their gradients with respect to the logits: python test/reference/training_losses.py

Writes test/fixtures/training/losses.json.
"""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from training_optimizers import write


def differentiated(loss_of, logits):
    logits = logits.clone().requires_grad_()
    loss = loss_of(logits)
    loss.backward()
    return {"loss": loss.item(), "gradient": logits.grad.tolist()}


def main():
    generator = torch.Generator().manual_seed(17)
    logits = 3 * torch.randn(5, 3, generator=generator)
    labels = torch.tensor([2, 0, 1, 1, 0])
    targets = torch.tensor([[1.0, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0], [0, 0, 1]])
    weights = torch.tensor([0.5, 1.0, 4.0])
    cross_entropies = [
        {
            "labelSmoothing": smoothing,
            "classWeights": None if weight is None else weight.tolist(),
            **differentiated(
                lambda z, s=smoothing, w=weight: cross_entropy(z, labels, weight=w, label_smoothing=s), logits
            ),
        }
        for smoothing in (0.0, 0.1)
        for weight in (None, weights)
    ]
    binary = differentiated(lambda z: binary_cross_entropy_with_logits(z, targets), logits)
    weighted = differentiated(
        lambda z: binary_cross_entropy_with_logits(z, targets, pos_weight=weights), logits
    )
    # Logits so large that exp() overflows in f32.
    extreme = torch.tensor([[200.0, -200.0, 0.0], [-1000.0, 1000.0, 999.0]])
    write(
        "losses.json",
        {
            "logits": logits.tolist(),
            "labels": labels.tolist(),
            "crossEntropy": cross_entropies,
            "binary": {"targets": targets.tolist(), **binary},
            "binaryWeighted": {"positiveWeights": weights.tolist(), **weighted},
            "extreme": {
                "logits": extreme.tolist(),
                "labels": [1, 2],
                "targets": targets[:2].tolist(),
                "crossEntropy": differentiated(lambda z: cross_entropy(z, torch.tensor([1, 2])), extreme),
                "binary": differentiated(lambda z: binary_cross_entropy_with_logits(z, targets[:2]), extreme),
                "binaryWeighted": differentiated(
                    lambda z: binary_cross_entropy_with_logits(z, targets[:2], pos_weight=weights), extreme
                ),
            },
        },
    )


if __name__ == "__main__":
    main()
