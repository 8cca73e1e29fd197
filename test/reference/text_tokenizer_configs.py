"""Encodes texts with tokenizers whose tokenizer_config.json and older files disagree with their tokenizer.json or
vocabulary, as transformers' AutoTokenizer reads the folder, and with random added tokens.

Writes test/fixtures/text/tokenizer-configs.json: {files, rows: [{text, pair?, maxLength?, ids}]} a folder, and
`added`: {tokens, rows: [[text, ids]]} for sets of added tokens with random flags.
"""

import json
import pathlib
import random
import tempfile

from tokenizers import Tokenizer
from transformers import AutoTokenizer

VOCAB = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "Good", "cafe", "café", "a", "b", "##a", "##b", "漢", "字", "漢字", "new", "url"]
OUT = pathlib.Path(__file__).parent.parent / "fixtures/text/tokenizer-configs.json"


def special(content):
    return {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}


def tokenizer_json(lowercase, added=()):
    template = lambda i, t=0: {"SpecialToken": {"id": i, "type_id": t}}
    text = lambda i, t=0: {"Sequence": {"id": i, "type_id": t}}
    single = [template("[CLS]"), text("A"), template("[SEP]")]
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, **special(t)} for i, t in enumerate(VOCAB[:5])] + list(added),
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": lowercase},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": single, "pair": single + [text("B", 1), template("[SEP]", 1)],
            "special_tokens": {t: {"id": t, "ids": [VOCAB.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")}},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
            "vocab": {t: i for i, t in enumerate(VOCAB)}},
    }


ROLES = {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]", "mask_token": "[MASK]"}
bert = {"tokenizer_class": "BertTokenizer", **ROLES}
generic = {"tokenizer_class": "PreTrainedTokenizerFast", **ROLES}
decoder = {"added_tokens_decoder": {"19": {**special("[URL]")}, "20": {**special("<Tag>"), "normalized": True, "special": False, "lstrip": True}}}
CASES = {}
for lowercase in (True, False):
    for name, config in {
        "lower": {**bert, "do_lower_case": True}, "cased": {**bert, "do_lower_case": False}, "unsaid": bert,
        "keeps accents": {**bert, "strip_accents": False}, "cased without accents": {**bert, "do_lower_case": False, "strip_accents": True},
        "whole Chinese": {**bert, "tokenize_chinese_chars": False}, "generic": {**generic, "do_lower_case": not lowercase},
        "DistilBERT": {**bert, "tokenizer_class": "DistilBertTokenizerFast", "do_lower_case": False},
        "decoder": {**bert, **decoder}, "generic decoder": {**generic, **decoder}, "new pad": {**bert, "pad_token": "<pad>"},
        "cut at the start": {**bert, "truncation_side": "left"}, "extra": {**bert, "additional_special_tokens": ["[URL]", "new"]},
    }.items():
        CASES[f"{name}, file {'lower' if lowercase else 'cased'}"] = {"tokenizer.json": tokenizer_json(lowercase), "tokenizer_config.json": config}
for name, files in {
    "both": {"added_tokens.json": {"[URL]": 19, "@user": 20}, "special_tokens_map.json": {**ROLES, "additional_special_tokens": ["[URL]"]}},
    "added alone": {"added_tokens.json": {"[URL]": 19, "@user": 20}},
    "map alone": {"special_tokens_map.json": {**ROLES, "additional_special_tokens": ["[URL]"]}},
}.items():
    CASES[f"older files: {name}"] = {"vocab.txt": "\n".join(VOCAB) + "\n", "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "do_lower_case": False}, **files}

TEXTS = ["Good bad", "café cafe CAFÉ", "see [URL] good", "@user good", "good <Tag> bad<tag>", "漢字 漢", "new Url <pad>"]


def write(folder, files):
    for name, content in files.items():
        (pathlib.Path(folder) / name).write_text(content if isinstance(content, str) else json.dumps(content))


folders = {}
for name, files in CASES.items():
    with tempfile.TemporaryDirectory() as folder:
        write(folder, files)
        (pathlib.Path(folder) / "config.json").write_text('{"model_type": "bert"}')
        tokenizer = AutoTokenizer.from_pretrained(folder)
    rows = [{"text": t, "ids": tokenizer(t)["input_ids"]} for t in TEXTS]
    rows += [{"text": a, "pair": b, "maxLength": 7, "ids": tokenizer(a, b, truncation=True, max_length=7)["input_ids"]}
        for a, b in [("good bad a b ab", "bad good"), ("a", "good bad a b ab ba"), ("good a b ba", "bad b a ab")]]
    folders[name] = {"files": files, "rows": rows}

draw = random.Random(3)
CONTENTS = ["Ab", "ab", "a", "abc", "<x>", "é", "É", " b", "b ", "İ", "漢", "#", "a b"]
PIECES = CONTENTS + ["A", "B", "c", " ", "\u00a0", "\u0085", "\n", "_", "-", "1", "\u0301", "ß", "<", "\u200d", ""]
added = []
for _ in range(60):
    contents = draw.sample(CONTENTS, draw.randint(1, 5))
    tokens = [{"id": len(VOCAB) + i, "content": c, **{f: draw.random() < 0.4 for f in ("single_word", "lstrip", "rstrip", "normalized", "special")}}
        for i, c in enumerate(contents) if c not in VOCAB]
    for i, token in enumerate(tokens):
        token["id"] = len(VOCAB) + i
    tokenizer = Tokenizer.from_str(json.dumps(tokenizer_json(draw.random() < 0.5, tokens)))
    lowercase = json.loads(tokenizer.to_str())["normalizer"]["lowercase"]
    texts = ["".join(draw.choices(PIECES, k=draw.randint(1, 12))) for _ in range(12)]
    added.append({"lowercase": lowercase, "tokens": tokens, "rows": [[t, tokenizer.encode(t).ids] for t in texts]})

OUT.write_text(json.dumps({"base": tokenizer_json(True), "folders": folders, "added": added}, ensure_ascii=True) + "\n")
