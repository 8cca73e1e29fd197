"""DeBERTa v1 goldens: python test/reference/models_deberta.py"""

from transformers import DebertaConfig, DebertaForSequenceClassification

from models_common import Recorder, labelled, padded_batch, randomize, save_checkpoint, standard_batches

VOCABULARY = 120


def checkpoint(folder, seed, differentiated, types=False, config_file=None, **changes):
    shape = dict(
        hidden_size=32,
        intermediate_size=48,
        num_attention_heads=4,
        num_hidden_layers=2,
        vocab_size=VOCABULARY,
        max_position_embeddings=24,
        type_vocab_size=0,
        relative_attention=True,
        pos_att_type="c2p|p2c",
        position_biased_input=False,
        max_relative_positions=-1,
    )
    config = labelled(DebertaConfig(**{**shape, **changes}))
    model = randomize(DebertaForSequenceClassification(config), seed)
    recorder = Recorder(model, "deberta", config.hidden_size, seed)
    cases = standard_batches(VOCABULARY, types=types)
    cases.append(padded_batch([23, 18], VOCABULARY, 15, types=types))
    for index, batch in enumerate(cases):
        recorder.record(batch, ["sequence"] if index == differentiated else [])
    recorder.write(folder)
    save_checkpoint(model, folder, extra_config=config_file)


def main():
    # As microsoft/deberta-base, whose config.json has the terms in one string.
    checkpoint("deberta", 41, differentiated=0, config_file={"pos_att_type": "c2p|p2c"})
    # Rows longer than the relative positions go: farther offsets share the last embedding.
    checkpoint("deberta-span", 42, differentiated=4, max_relative_positions=16)
    checkpoint(
        "deberta-c2p",
        43,
        differentiated=4,
        pos_att_type=["c2p"],
        hidden_size=30,
        num_attention_heads=3,
        intermediate_size=52,
        max_relative_positions=16,
    )
    checkpoint("deberta-biased", 44, differentiated=0, types=True, position_biased_input=True, type_vocab_size=2)


if __name__ == "__main__":
    main()
