"""BERT goldens, token types included: python test/reference/models_bert.py"""

from transformers import BertConfig, BertForSequenceClassification, BertModel

from models_common import Recorder, labelled, randomize, save_checkpoint, standard_batches

VOCABULARY = 120


def configuration():
    config = BertConfig(
        hidden_size=32,
        intermediate_size=48,
        num_attention_heads=4,
        num_hidden_layers=2,
        vocab_size=VOCABULARY,
        max_position_embeddings=24,
        attn_implementation="eager",
    )
    return labelled(config)


def main():
    model = randomize(BertForSequenceClassification(configuration()), 21)
    recorder = Recorder(model, "bert", model.config.hidden_size, 21)
    for batch, heads in zip(standard_batches(VOCABULARY, types=True), [["sequence", "mean"], [], [], []]):
        recorder.record(batch, heads)
    recorder.write("bert")
    save_checkpoint(model, "bert")

    # The encoder of "bert" as base checkpoints: no prefix, with a pooler and without.
    for folder, with_pooler in [("bert-base", True), ("bert-base-no-pooler", False)]:
        base = BertModel(configuration(), add_pooling_layer=with_pooler)
        weights = {n: w for n, w in model.bert.state_dict().items() if with_pooler or not n.startswith("pooler.")}
        base.load_state_dict(weights)
        save_checkpoint(base, folder)


if __name__ == "__main__":
    main()
