"""Shared by models_*.py: random tiny checkpoints, padded batches, and what transformers + PyTorch make of them.

Every checkpoint is a folder of test/fixtures/models in Hugging Face's own layout, with two files more:
golden.safetensors (inputs and expected values) and golden.json (what they are). README.md describes both.
"""

import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from torch import nn

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "models"
FIRST_WORD = 5  # ids below are special tokens, so no real token has the padding id
transformers.logging.disable_progress_bar()

LABELS = {0: "entailment", 1: "neutral", 2: "contradiction"}

# A gradient this small next to the largest one of the model is rounding noise around an exact zero:
# softmax does not see what is added to a whole row of scores, such as a key bias.
ZERO_GRADIENT = 1e-6


def randomize(model, seed):
    """Fill every parameter so that none is near zero, one, or its usual initial value."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "LayerNorm.weight" in name or "layer_norm.weight" in name:
                parameter.copy_(1 + 0.2 * noise)
            elif parameter.dim() == 1:
                parameter.copy_(0.2 * noise)
            elif "embeddings" in name:
                parameter.copy_(0.6 * noise)
            else:
                parameter.copy_(noise * 1.3 / parameter.shape[1] ** 0.5)
    return model.eval()


def padded_batch(lengths, vocabulary, seed, pad_id=0, length=None, types=False, holes=False):
    """Random token ids, right-padded. `holes` also masks real tokens inside the rows."""
    generator = torch.Generator().manual_seed(seed)
    size, length = len(lengths), length or max(lengths)
    ids = torch.randint(FIRST_WORD, vocabulary, (size, length), generator=generator)
    steps = torch.arange(length)
    real = steps[None, :] < torch.tensor(lengths)[:, None]
    ids = torch.where(real, ids, pad_id)
    mask = real.long()
    if holes:
        mask[:, 2] = 0
        mask[-1, 4] = 0
    batch = {"input_ids": ids, "attention_mask": mask}
    if types:
        starts = torch.tensor([(n + 1) // 2 for n in lengths])[:, None]
        batch["token_type_ids"] = ((steps[None, :] >= starts) & real).long()
    return batch


def standard_batches(vocabulary, pad_id=0, types=False):
    return [
        padded_batch([7, 4, 1], vocabulary, 11, pad_id, types=types),
        padded_batch([1], vocabulary, 12, pad_id, types=types),
        padded_batch([16, 9], vocabulary, 13, pad_id, types=types),
        padded_batch([9, 8], vocabulary, 14, pad_id, length=11, types=types, holes=True),
    ]


def mean_pooling(hidden, mask):
    """Mean of the positions whose mask is 1: [batch, hidden]."""
    weights = mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1)


def gradients(parameters, loss):
    for parameter in parameters.values():
        parameter.grad = None
    loss.backward()
    return {name: p.grad.clone() for name, p in parameters.items() if p.grad is not None}


class Recorder:
    """Collects what golden.safetensors will hold."""

    def __init__(self, model, encoder_prefix, hidden_size, seed):
        self.model = model
        self.encoder = getattr(model, encoder_prefix) if encoder_prefix else model
        self.prefix = encoder_prefix
        self.tensors = {}
        self.cases = []
        self.zero_gradients = set()
        self.study = nn.Linear(hidden_size, len(LABELS))
        randomize(self.study, seed + 1)
        self.tensors["study.weight"] = self.study.weight.detach().clone()
        self.tensors["study.bias"] = self.study.bias.detach().clone()

    def record(self, batch, with_gradients):
        """One case: `with_gradients` names the heads ("sequence", "cls", "mean") to differentiate."""
        name = f"case{len(self.cases)}"
        size, length = batch["input_ids"].shape
        labels = torch.arange(size) % len(LABELS)
        for key, value in batch.items():
            self.tensors[f"{name}.{key}"] = value.to(torch.int32)
        self.tensors[f"{name}.labels"] = labels.to(torch.int32)
        with torch.no_grad():
            hidden = self.encoder(**batch).last_hidden_state
        self.tensors[f"{name}.hidden"] = hidden
        for head in self.heads():
            self._head(name, head, batch, labels, head in with_gradients)
        self.cases.append({"name": name, "size": size, "length": length, "gradients": list(with_gradients)})

    def heads(self):
        return ["sequence", "cls", "mean"] if self.prefix else ["cls", "mean"]

    def _head(self, case, head, batch, labels, with_gradients):
        logits = self._logits(head, batch)
        loss = nn.functional.cross_entropy(logits, labels)
        self.tensors[f"{case}.{head}.logits"] = logits.detach().clone()
        self.tensors[f"{case}.{head}.loss"] = loss.detach().reshape(1)
        if not with_gradients:
            return
        found = gradients(self._parameters(head), loss)
        largest = max(g.abs().max().item() for g in found.values())
        for parameter, gradient in found.items():
            self.tensors[f"{case}.{head}.grad.{parameter}"] = gradient
            if gradient.abs().max().item() < ZERO_GRADIENT * largest:
                self.zero_gradients.add(parameter)

    def _logits(self, head, batch):
        if head == "sequence":
            return self.model(**batch).logits
        hidden = self.encoder(**batch).last_hidden_state
        pooled = hidden[:, 0] if head == "cls" else mean_pooling(hidden, batch["attention_mask"])
        return self.study(pooled)

    def _parameters(self, head):
        named = dict(self.model.named_parameters())
        if head == "sequence":
            return named
        encoder = {n: p for n, p in named.items() if not self.prefix or n.startswith(f"{self.prefix}.")}
        return {**encoder, "classifier.weight": self.study.weight, "classifier.bias": self.study.bias}

    def write(self, folder):
        folder = FIXTURES / folder
        folder.mkdir(parents=True, exist_ok=True)
        save_file({k: v.contiguous() for k, v in self.tensors.items()}, folder / "golden.safetensors")
        description = {
            "cases": self.cases,
            "heads": self.heads(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "zeroGradients": sorted(self.zero_gradients),
        }
        (folder / "golden.json").write_text(json.dumps(description, indent=1) + "\n")


def save_checkpoint(model, folder, dtype=None, extra_config=None):
    """A Hugging Face folder, as save_pretrained leaves it. `extra_config` overrides keys of config.json."""
    folder = FIXTURES / folder
    if dtype:
        model = model.to(dtype)
    model.save_pretrained(folder)
    config = folder / "config.json"
    if extra_config:
        config.write_text(json.dumps({**json.loads(config.read_text()), **extra_config}, indent=2) + "\n")


def labelled(config):
    config.id2label = dict(LABELS)
    config.label2id = {name: i for i, name in LABELS.items()}
    return config
