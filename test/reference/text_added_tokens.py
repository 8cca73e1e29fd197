"""Encodes random texts with random sets of added tokens: every combination of flags, ids that collide, leave gaps or
lie in the vocabulary, and the same token twice, under the kinds of pipelines in use.

Writes test/fixtures/text/added-tokens.json: {pipelines: {name: tokenizer.json}, sets: [{pipeline, tokens, rows: [[text, ids]]}]}.
"""

import json
import pathlib
import random
import sys

from tokenizers import Tokenizer

OUT = pathlib.Path(__file__).parent.parent / "fixtures/text/added-tokens.json"
SETS = int(sys.argv[1]) if len(sys.argv) > 1 else 120
draw = random.Random(17)
LETTERS = ["a", "b", "c", "A", "B", "C", "é", "e", "1", "_", "-", "<", ">", "x", "漢", "#", "i", "I", "ﬁ", "f", "s", "ß"]
WORDS = {t: i for i, t in enumerate(["[UNK]", *LETTERS, *["##" + t for t in LETTERS], "ab", "##ab", "abc"])}
PIECES = [["<unk>", 0.0], ["▁", -2.0], *[[t, -3.0 - i / 100] for i, t in enumerate(LETTERS)], ["▁a", -2.5], ["ab", -2.6], ["▁ab", -2.7], [" ", -5.0]]
BYTES = [chr(c) for c in [*range(33, 127), *range(161, 173), *range(174, 256)]]
BYTES += [chr(256 + i) for i in range(256 - len(BYTES))]


def pipeline(normalizer, pre_tokenizer, model):
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": normalizer, "pre_tokenizer": pre_tokenizer,
        "post_processor": None, "decoder": None, "model": model}


def metaspace(scheme):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": True}


def sequence(*steps):
    return {"type": "Sequence", "normalizers": list(steps)}


bert = lambda lowercase: {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": lowercase}
word_piece = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": WORDS}
unigram = {"type": "Unigram", "unk_id": 0, "vocab": PIECES, "byte_fallback": False}
bpe = {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": False, "byte_fallback": False,
    "vocab": {t: i for i, t in enumerate([*BYTES, "ab", "Ġa"])}, "merges": ["a b", "Ġ a"]}
byte_level = lambda prefix: {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": True}
PIPELINES = {
    "bert uncased": pipeline(bert(True), {"type": "BertPreTokenizer"}, word_piece),
    "bert cased": pipeline(bert(False), {"type": "BertPreTokenizer"}, word_piece),
    "first": pipeline(sequence({"type": "NFKC"}, {"type": "Strip", "strip_left": True, "strip_right": True}), metaspace("first"), unigram),
    "always": pipeline(sequence({"type": "NFC"}, {"type": "Strip", "strip_left": False, "strip_right": True}), metaspace("always"), unigram),
    "split": pipeline({"type": "Lowercase"}, {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace("always")]}, unigram),
    "prepend": pipeline(sequence({"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}), None, unigram),
    "bytes": pipeline(None, byte_level(False), bpe),
    "bytes, prefix": pipeline({"type": "NFD"}, byte_level(True), bpe),
}
CONTENTS = ["Ab", "ab", "a", "abc", "<x>", "é", "e\u0301", "É", " b", "b ", " ", "İ", "漢", "#", "a b", "▁", "▁a", "ﬁ", "ß", "SS", "1_", "\u0301", "-", "x x", "[UNK]"]
PARTS = [*CONTENTS, "A", "B", "c", " ", "  ", "\u00a0", "\u0085", "\u200b", "\n", "_", "-", "1", "ß", "<", "\u200d", "", "😀", "fi", "i", "I", "\u3000"]
FLAGS = ("single_word", "lstrip", "rstrip", "normalized", "special")



def encode(tokenizer, text):
    """None where the library itself panics."""
    try:
        return [text, tokenizer.encode(text).ids]
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise


sets = []
for _ in range(SETS):
    name = draw.choice(list(PIPELINES))
    json_ = PIPELINES[name]
    size = len(json_["model"]["vocab"])
    tokens = [{"id": draw.choice([size + i, size + i, size + i, draw.randint(0, size + 9)]), "content": content, **{flag: draw.random() < 0.4 for flag in FLAGS}}
        for i, content in enumerate(draw.choices(CONTENTS, k=draw.randint(1, 6)))]
    # The library runs out of memory where a token's normal form is empty, and of two tokens with the same normal form
    # it finds one at random.
    normalizer = Tokenizer.from_str(json.dumps(json_)).normalizer
    form = lambda content: normalizer.normalize_str(content) if normalizer else content
    forms = {}
    tokens = [t for t in tokens if form(t["content"]) != "" and forms.setdefault(form(t["content"]), t["content"]) == t["content"]]
    tokenizer = Tokenizer.from_str(json.dumps({**json_, "added_tokens": tokens}))
    texts = ["".join(draw.choices(PARTS, k=draw.randint(1, 12))) for _ in range(12)]
    texts += ["".join(draw.choices([*(t["content"] for t in tokens), " ", "b"], k=draw.randint(1, 6))) for _ in range(6)]
    sets.append({"pipeline": name, "tokens": tokens, "rows": [row for text in texts if (row := encode(tokenizer, text))]})

OUT.write_text(json.dumps({"pipelines": PIPELINES, "sets": sets}, ensure_ascii=True) + "\n")
