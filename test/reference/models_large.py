"""Base-size goldens without stored weights: python test/reference/models_large.py

Writes test/fixtures/models/large/{distilbert,deberta}.json. Both languages make the same weights: the parameters
(the encoder's under its usual prefix, and a linear layer on [CLS] named classifier) sorted by name by code unit;
parameter number i is filled row-major with torch.Generator().manual_seed(1000 + i), uniform_(-0.04, 0.04); weights
of layer norms get 1 added, in f32.
"""

import json
import sys

import torch
import transformers
from torch import nn
from transformers import DebertaConfig, DebertaModel, DistilBertConfig, DistilBertModel

from models_common import FIXTURES, ZERO_GRADIENT, gradients, padded_batch

BOUND, FIRST_SEED, CLASSES = 0.04, 1000, 4
MODELS = {
    "distilbert": lambda: DistilBertModel(DistilBertConfig(attn_implementation="eager")),
    "deberta": lambda: DebertaModel(
        DebertaConfig(
            relative_attention=True,
            pos_att_type="c2p|p2c",
            position_biased_input=False,
            type_vocab_size=0,
            max_relative_positions=-1,
        )
    ),
}


def fill(parameters):
    with torch.no_grad():
        for index, name in enumerate(sorted(parameters)):
            generator = torch.Generator().manual_seed(FIRST_SEED + index)
            parameters[name].uniform_(-BOUND, BOUND, generator=generator)
            if name.lower().endswith(("layernorm.weight", "layer_norm.weight")):
                parameters[name].add_(1)


def interesting_row(name, batch):
    """A row whose gradient is not zero: the first word's, or the relative offset 0."""
    if name.endswith("word_embeddings.weight"):
        return batch["input_ids"][0, 0].item()
    return 512 if name.endswith("rel_embeddings.weight") else 0


def gradient_summary(parameters, found, batch):
    largest = max(g.abs().max().item() for g in found.values())
    summary = {}
    for name in sorted(found):
        gradient = found[name]
        offset = interesting_row(name, batch) * parameters[name].shape[-1]
        summary[name] = {
            "norm": gradient.double().norm().item(),
            "offset": offset,
            "values": gradient.flatten()[offset : offset + 8].tolist(),
            "zero": gradient.abs().max().item() < ZERO_GRADIENT * largest,
        }
    return summary


def case(encoder, classifier, parameters, batch, with_gradients):
    labels = torch.arange(len(batch["input_ids"])) % CLASSES
    hidden = encoder(**batch).last_hidden_state
    logits = classifier(hidden[:, 0])
    loss = nn.functional.cross_entropy(logits, labels)
    mask = batch["attention_mask"]
    last = (mask.sum(1) - 1).tolist()
    result = {
        **{key: value.tolist() for key, value in batch.items()},
        "labels": labels.tolist(),
        "hiddenNorm": hidden[mask == 1].detach().double().norm().item(),
        "firstToken": hidden[:, 0, :8].tolist(),
        "lastToken": [hidden[row, position, -8:].tolist() for row, position in enumerate(last)],
        "logits": logits.tolist(),
        "loss": loss.item(),
    }
    if with_gradients:
        result["gradients"] = gradient_summary(parameters, gradients(parameters, loss), batch)
    return result


def main(name):
    encoder = MODELS[name]().eval()
    classifier = nn.Linear(encoder.config.hidden_size, CLASSES)
    parameters = {f"{name}.{n}": p for n, p in encoder.named_parameters()}
    parameters |= {f"classifier.{n}": p for n, p in classifier.named_parameters()}
    fill(parameters)
    vocabulary = encoder.config.vocab_size
    golden = {
        "config": {k: v for k, v in json.loads(encoder.config.to_json_string()).items() if v is not None},
        "bound": BOUND,
        "firstSeed": FIRST_SEED,
        "parameters": {n: list(parameters[n].shape) for n in sorted(parameters)},
        "samples": {n: parameters[n].flatten()[:2].tolist() for n in sorted(parameters)[:6]},
        "cases": [
            case(encoder, classifier, parameters, padded_batch([12, 7], vocabulary, 61), True),
            case(encoder, classifier, parameters, padded_batch([40, 25, 3], vocabulary, 62), False),
        ],
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    folder = FIXTURES / "large"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    for model in sys.argv[1:] or MODELS:
        main(model)
