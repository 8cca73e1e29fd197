"""Fine-tuning on sentence pairs, text to loss: python test/reference/training_pairs.py

Trains a small classifier of every architecture on fixtures/training/pairs.jsonl, without dropout, and writes
test/fixtures/training/pairs.json. The weights aren't stored: parameter number i of the names sorted by code unit is
filled row-major with torch.Generator().manual_seed(1000 + i), uniform_(-0.3, 0.3); weights of layer norms get 1 added.
"""

import json
import sys

import torch
from torch import nn
from torch.utils.data import DataLoader
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    DebertaConfig,
    DebertaForSequenceClassification,
    DebertaV2Config,
    DebertaV2ForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
    Trainer,
    get_linear_schedule_with_warmup,
)

from models_common import FIXTURES, LABELS
from training_optimizers import FOLDER, write

SEED = 42
BOUND, FIRST_SEED = 0.3, 1000
SETTINGS = {
    "epochs": 5,
    "batchSize": 8,
    "learningRate": 1e-3,
    "weightDecay": 0.01,
    "warmupSteps": 5,
    "maxGradNorm": 1.0,
    "truncation": 64,
    "seed": SEED,
}
SCORED_ROWS = 6

SHAPE = dict(
    hidden_size=32,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=48,
    max_position_embeddings=72,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
)
RELATIVE = dict(
    relative_attention=True, position_biased_input=False, type_vocab_size=0, max_relative_positions=-1, pos_att_type="c2p|p2c"
)
# The tokenizer of fixtures/text, and the model for its vocabulary.
MODELS = {
    "distilbert": (
        "bert-uncased",
        lambda **v: DistilBertForSequenceClassification(
            DistilBertConfig(
                dim=32,
                n_layers=2,
                n_heads=4,
                hidden_dim=48,
                max_position_embeddings=72,
                dropout=0.0,
                attention_dropout=0.0,
                seq_classif_dropout=0.0,
                **v,
            )
        ),
    ),
    "bert": ("bert-cased", lambda **v: BertForSequenceClassification(BertConfig(**SHAPE, **v))),
    "roberta": ("roberta", lambda **v: RobertaForSequenceClassification(RobertaConfig(type_vocab_size=1, **SHAPE, **v))),
    "deberta": ("deberta", lambda **v: DebertaForSequenceClassification(DebertaConfig(**SHAPE, **RELATIVE, **v))),
    "deberta-v2": (
        "deberta-v3",
        lambda **v: DebertaV2ForSequenceClassification(
            DebertaV2Config(
                **SHAPE, **RELATIVE, position_buckets=8, share_att_key=True, norm_rel_ebd="layer_norm", **v
            )
        ),
    ),
}


def read_pairs():
    """(premise, hypothesis, class) of the rows that have both sides."""
    classes = list(LABELS.values())
    rows = map(json.loads, (FOLDER / "pairs.jsonl").read_text().splitlines())
    pairs = [(row["premise"], row["hypothesis"], classes.index(row["label"])) for row in rows]
    return [pair for pair in pairs if pair[0].strip() and pair[1].strip()]


def encode(tokenizer, pairs, limit):
    return tokenizer(
        [pair[0] for pair in pairs],
        [pair[1] for pair in pairs],
        truncation=True,
        max_length=limit,
        padding=True,
        return_tensors="pt",
    )


def fine_tune(model, tokenizer, pairs, settings):
    """AdamW on everything, no decay for biases and layer norms, linear schedule with warm-up, gradients clipped.

    Returns the loss in front of every update. `model` is in eval mode: nothing is dropped.
    """
    named = dict(model.named_parameters())
    decayed = set(Trainer.get_decay_parameter_names(None, model))
    groups = [
        {"params": [p for n, p in named.items() if n in decayed], "weight_decay": settings["weightDecay"]},
        {"params": [p for n, p in named.items() if n not in decayed], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=settings["learningRate"])
    order = torch.Generator().manual_seed(settings["seed"])
    loader = DataLoader(pairs, settings["batchSize"], shuffle=True, generator=order, collate_fn=list)
    updates = settings["epochs"] * len(loader)
    schedule = get_linear_schedule_with_warmup(optimizer, settings["warmupSteps"], updates)
    losses = []
    for _ in range(settings["epochs"]):
        for batch in loader:
            inputs = encode(tokenizer, batch, settings["truncation"])
            logits = model(**inputs).logits
            loss = nn.functional.cross_entropy(logits, torch.tensor([pair[2] for pair in batch]))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), settings["maxGradNorm"])
            losses.append(loss.item())
            optimizer.step()
            schedule.step()
    return losses


def score(model, tokenizer, pairs, limit):
    """The classes' probabilities."""
    with torch.no_grad():
        return model(**encode(tokenizer, pairs, limit)).logits.softmax(1).tolist()


def load_tokenizer(folder, model):
    """The folder's tokenizer, giving what the model's forward takes."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    has_types = getattr(model.config, "type_vocab_size", 0) > 1
    tokenizer.model_input_names = ["input_ids", "attention_mask"] + ["token_type_ids"] * has_types
    return tokenizer


def fill(parameters):
    with torch.no_grad():
        for index, name in enumerate(sorted(parameters)):
            generator = torch.Generator().manual_seed(FIRST_SEED + index)
            parameters[name].uniform_(-BOUND, BOUND, generator=generator)
            if name.lower().endswith(("layernorm.weight", "layer_norm.weight")):
                parameters[name].add_(1)


def run(name, dtype):
    vocabulary, build = MODELS[name]
    folder = FIXTURES.parent / "text" / vocabulary
    tokenizer = AutoTokenizer.from_pretrained(folder)
    names = {"id2label": LABELS, "label2id": {name: i for i, name in LABELS.items()}}
    model = build(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, **names).eval()
    model.config.architectures = [type(model).__name__]
    parameters = dict(model.named_parameters())
    fill(parameters)
    model.to(dtype)
    tokenizer = load_tokenizer(folder, model)
    pairs = read_pairs()
    losses = fine_tune(model, tokenizer, pairs, SETTINGS)
    scores = score(model, tokenizer, pairs[:SCORED_ROWS], SETTINGS["truncation"])
    return {
        "tokenizer": vocabulary,
        "config": {k: v for k, v in json.loads(model.config.to_json_string()).items() if v is not None},
        "parameters": {n: list(parameters[n].shape) for n in sorted(parameters)},
        "losses": losses,
        "scores": scores,
    }


def main():
    golden = {"settings": SETTINGS, "bound": BOUND, "firstSeed": FIRST_SEED, "models": {}}
    for name in MODELS:
        golden["models"][name] = run(name, torch.float32)
        losses, exact = golden["models"][name]["losses"], run(name, torch.float64)["losses"]
        noise = max(abs(a / b - 1) for a, b in zip(losses, exact))
        print(f"{name}: {losses[0]:.3f} → {losses[-1]:.3f}, f32 differs from f64 by {noise:.1e} relative", file=sys.stderr)
    write("pairs.json", golden)


if __name__ == "__main__":
    main()
