"""DistilBERT goldens: python test/reference/models_distilbert.py"""

import copy

import torch
from transformers import (
    DistilBertConfig,
    DistilBertForMaskedLM,
    DistilBertForSequenceClassification,
    DistilBertModel,
)

from models_common import Recorder, labelled, randomize, save_checkpoint, standard_batches

VOCABULARY = 120
ALL_HEADS = ["sequence", "cls", "mean"]


def configuration(**changes):
    shape = dict(dim=32, hidden_dim=48, n_heads=4, n_layers=2, vocab_size=VOCABULARY, max_position_embeddings=24)
    config = DistilBertConfig(**{**shape, **changes}, attn_implementation="eager")
    return labelled(config)


def sequence_classifier(folder, seed, with_gradients, **changes):
    model = randomize(DistilBertForSequenceClassification(configuration(**changes)), seed)
    recorder = Recorder(model, "distilbert", model.config.dim, seed)
    for batch, heads in zip(standard_batches(VOCABULARY), with_gradients):
        recorder.record(batch, heads)
    recorder.write(folder)
    save_checkpoint(model, folder)
    return model


def half_precision(model, folder, dtype):
    """The weights rounded to `dtype`, and what they give when computed in f32, as the product computes them."""
    rounded = copy.deepcopy(model).to(dtype)
    recorder = Recorder(copy.deepcopy(rounded).float().eval(), "distilbert", model.config.dim, seed=1)
    recorder.record(standard_batches(VOCABULARY)[0], [])
    recorder.write(folder)
    save_checkpoint(rounded, folder)


def main():
    model = sequence_classifier("distilbert", 1, [ALL_HEADS, [], [], []])
    sequence_classifier("distilbert-odd", 2, [["sequence"], [], [], []], dim=30, hidden_dim=52, n_heads=3, n_layers=3)
    half_precision(model, "distilbert-f16", torch.float16)
    half_precision(model, "distilbert-bf16", torch.bfloat16)

    # The encoder of "distilbert" as its base checkpoint (no prefix) and as a masked language model's (vocab_* keys).
    base = DistilBertModel(configuration())
    base.load_state_dict(model.distilbert.state_dict())
    save_checkpoint(base, "distilbert-base")
    language_model = randomize(DistilBertForMaskedLM(configuration()), 3)
    language_model.distilbert.load_state_dict(model.distilbert.state_dict())
    save_checkpoint(language_model, "distilbert-mlm")


if __name__ == "__main__":
    main()
