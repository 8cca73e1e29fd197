"""RoBERTa goldens: python test/reference/models_roberta.py

Positions start at padding id + 1 = 2 and are counted over the tokens that are not padding; the padding id is 1.
"""

from transformers import RobertaConfig, RobertaForSequenceClassification

from models_common import Recorder, labelled, randomize, save_checkpoint, standard_batches

VOCABULARY = 120


def main():
    config = RobertaConfig(
        hidden_size=32,
        intermediate_size=48,
        num_attention_heads=4,
        num_hidden_layers=2,
        vocab_size=VOCABULARY,
        max_position_embeddings=24 + 2,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        attn_implementation="eager",
    )
    model = randomize(RobertaForSequenceClassification(labelled(config)), 31)
    recorder = Recorder(model, "roberta", config.hidden_size, 31)
    heads = [["sequence"], [], [], []]
    for batch, with_gradients in zip(standard_batches(VOCABULARY, pad_id=config.pad_token_id), heads):
        recorder.record(batch, with_gradients)
    recorder.write("roberta")
    save_checkpoint(model, "roberta")


if __name__ == "__main__":
    main()
