"""DeBERTa v2 and v3 goldens: python test/reference/models_deberta_v2.py"""

from transformers import DebertaV2Config, DebertaV2ForSequenceClassification

from models_common import Recorder, labelled, padded_batch, randomize, save_checkpoint, standard_batches

VOCABULARY = 120


def checkpoint(folder, seed, **changes):
    shape = dict(
        hidden_size=32,
        intermediate_size=48,
        num_attention_heads=4,
        num_hidden_layers=2,
        vocab_size=VOCABULARY,
        max_position_embeddings=32,
        type_vocab_size=0,
        relative_attention=True,
        pos_att_type="p2c|c2p",
        position_biased_input=False,
        max_relative_positions=-1,
        position_buckets=8,
        share_att_key=True,
        norm_rel_ebd="layer_norm",
    )
    config = labelled(DebertaV2Config(**{**shape, **changes}))
    model = randomize(DebertaV2ForSequenceClassification(config), seed)
    recorder = Recorder(model, "deberta", config.hidden_size, seed)
    cases = standard_batches(VOCABULARY)
    cases.append(padded_batch([23, 18], VOCABULARY, 15))  # offsets well into the logarithmic buckets
    for index, batch in enumerate(cases):
        recorder.record(batch, ["sequence"] if index == 4 else [])
    recorder.write(folder)
    save_checkpoint(model, folder)


def main():
    checkpoint("deberta-v3", 51)  # as microsoft/deberta-v3-base
    checkpoint(
        "deberta-v2-unshared",
        52,
        share_att_key=False,
        norm_rel_ebd="none",
        hidden_size=30,
        num_attention_heads=3,
        intermediate_size=52,
        position_buckets=-1,
        max_relative_positions=16,
    )


if __name__ == "__main__":
    main()
