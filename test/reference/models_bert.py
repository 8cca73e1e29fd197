"""BERT goldens, token types included: python test/reference/models_bert.py"""

from transformers import BertConfig, BertForSequenceClassification, BertModel

from models_common import Recorder, labelled, randomize, save_checkpoint, standard_batches

VOCABULARY = 120
NO_GRADIENTS = [[], [], []]


def configuration(**changes):
    shape = dict(
        hidden_size=32,
        intermediate_size=48,
        num_attention_heads=4,
        num_hidden_layers=2,
        vocab_size=VOCABULARY,
        max_position_embeddings=24,
    )
    config = BertConfig(**{**shape, **changes}, attn_implementation="eager")
    return labelled(config)


def sequence_classifier(folder, seed, heads, **changes):
    model = randomize(BertForSequenceClassification(configuration(**changes)), seed)
    recorder = Recorder(model, "bert", model.config.hidden_size, seed)
    for batch, with_gradients in zip(standard_batches(VOCABULARY, types=True), [heads, *NO_GRADIENTS]):
        recorder.record(batch, with_gradients)
    recorder.write(folder)
    save_checkpoint(model, folder)
    return model


def main():
    model = sequence_classifier("bert", 21, ["sequence", "cls", "mean"])
    sequence_classifier(
        "bert-odd", 22, ["sequence"], hidden_size=30, intermediate_size=52, num_attention_heads=3, num_hidden_layers=3
    )
    # The encoder of "bert" as base checkpoints: no prefix, with a pooler and without.
    for folder, with_pooler in [("bert-base", True), ("bert-base-no-pooler", False)]:
        base = BertModel(configuration(), add_pooling_layer=with_pooler)
        weights = {n: w for n, w in model.bert.state_dict().items() if with_pooler or not n.startswith("pooler.")}
        base.load_state_dict(weights)
        save_checkpoint(base, folder)


if __name__ == "__main__":
    main()
