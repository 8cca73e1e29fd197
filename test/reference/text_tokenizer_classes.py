"""Encodes texts with every tokenizer class of transformers that textune knows, from SentencePiece models,
tokenizer.json and older files, under random settings in tokenizer_config.json.

Writes test/fixtures/text/tokenizer-classes.json: {shared: {name: content}, folders: [{files, rows}]}, where a file's
content is JSON, text, {"shared": name} or {"base64": bytes}, and a row is {text, pair?, maxLength?, ids, typeIds}.
"""

import base64
import json
import pathlib
import random
import tempfile

import sentencepiece
from transformers import AutoTokenizer

OUT = pathlib.Path(__file__).parent.parent / "fixtures/text/tokenizer-classes.json"
CORPUS = ["the cat sat on the mat.", "a dog, a cat & the bird", "Don't say ``never'' again", "the café is open", "le chat est là", "MATS and cats",
    "ﬁne print ½", "1,000 cats in 2024", "no more cats, no more dogs", "the 猫 sat"] * 12
TEXTS = ["the cat sat", "  The  Café\tis open \n", "Don't ``say'' it, 1,000 [MASK] cats", "ﬁne ½ print <mask>  <mask> dog", "cats[URL]and <user>dogs", "猫 the\u0301 \u00a0bird 😀", "", "MATS & <s> [SEP] mats </s>"]
PAIRS = [("the cat sat on the mat", "a dog", 9), ("a dog", "the cat sat on the mat again", 9), ("the cat", "the dog", None), ("the cat sat on", "a dog and a bird", 10)]
draw = random.Random(11)


def spm(specials, user=()):
    """A unigram model of 110 pieces, with a small character map of its own."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "corpus.txt").write_text("\n".join(CORPUS))
        (folder / "rules.tsv").write_text("FB01\t66 69\nBD\t31 2F 32\nA0\t20\n")
        sentencepiece.SentencePieceTrainer.train(input=str(folder / "corpus.txt"), model_prefix=str(folder / "m"), vocab_size=110, model_type="unigram",
            normalization_rule_tsv=str(folder / "rules.tsv"), user_defined_symbols=list(user), minloglevel=2, hard_vocab_limit=False, **specials)
        return (folder / "m.model").read_bytes()


SPM = {
    "fairseq": spm(dict(unk_id=0, bos_id=1, eos_id=2)),
    "deberta": spm(dict(pad_id=0, bos_id=1, eos_id=2, unk_id=3, pad_piece="[PAD]", bos_piece="[CLS]", eos_piece="[SEP]", unk_piece="[UNK]"), ["<user>"]),
    "albert": spm(dict(pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, control_symbols=["[CLS]", "[SEP]", "[MASK]"])),
}
shared = {name: {"base64": base64.b64encode(data).decode()} for name, data in SPM.items()}
CLASSES = {"DebertaV2": ("deberta-v2", "spm.model", "deberta"), "XLMRoberta": ("xlm-roberta", "sentencepiece.bpe.model", "fairseq"),
    "Camembert": ("camembert", "sentencepiece.bpe.model", "fairseq"), "Albert": ("albert", "spiece.model", "albert")}


def write(folder, files):
    for name, content in files.items():
        if isinstance(content, dict) and "shared" in content:
            content = shared[content["shared"]]
        if isinstance(content, dict) and "base64" in content:
            (folder / name).write_bytes(base64.b64decode(content["base64"]))
        else:
            (folder / name).write_text(content if isinstance(content, str) else json.dumps(content))


def token(content, **flags):
    return {"content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": False, **flags}


def settings(mask):
    """Some of the keys that change ids."""
    flag = lambda: draw.random() < 0.5
    choices = {
        "do_lower_case": flag(), "split_by_punct": flag(), "add_prefix_space": flag(), "keep_accents": flag(),
        "strip_accents": draw.choice([True, False, None]), "tokenize_chinese_chars": flag(),
        "mask_token": {"__type": "AddedToken", **token(mask, lstrip=flag(), normalized=flag())},
        "additional_special_tokens": ["[URL]", "cat"], "extra_special_tokens": ["<user>"], "truncation_side": draw.choice(["left", "right"]),
        "added_tokens_decoder": {str(i): token(c, **{f: flag() for f in ("single_word", "lstrip", "rstrip", "normalized", "special")})
            for i, c in draw.sample([(0, "cat"), (130, "[URL]"), (131, "<user>"), (140, "dog"), (150, mask)], 3)},
    }
    return {key: choices[key] for key in draw.sample(list(choices), draw.randint(0, 4))}


def older():
    files = {"added_tokens.json": {"[URL]": 200, "<user>": 201}, "special_tokens_map.json": {"additional_special_tokens": ["[URL]"]}}
    return {name: files[name] for name in draw.sample(list(files), draw.randint(1, 2))}


folders = []


def add(files, pairs=PAIRS):
    with tempfile.TemporaryDirectory() as folder:
        write(pathlib.Path(folder), files)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        saved = pathlib.Path(folder) / "saved"
        tokenizer.save_pretrained(saved)
        result = json.loads((saved / "tokenizer.json").read_text())
    rows = []
    for text, pair, limit in [(text, None, None) for text in TEXTS] + list(pairs):
        encoded = tokenizer(text, pair, truncation=limit is not None, max_length=limit, return_token_type_ids=True)
        row = {"text": text, "ids": encoded["input_ids"], "typeIds": encoded["token_type_ids"]}
        rows.append({**row, **({"pair": pair} if pair else {}), **({"maxLength": limit} if limit else {})})
    folders.append({"files": files, "rows": rows})
    return result


def named(name, model_type):
    """The class by its name, old or new, or by the model's type."""
    how = draw.choice(["class", "fast", "type"])
    config = {} if how == "type" else {"tokenizer_class": f"{name}Tokenizer" + ("Fast" if how == "fast" else "")}
    return config, {"config.json": {"model_type": model_type}}


for name, (model_type, file, model) in CLASSES.items():
    mask = "[MASK]" if name in ("DebertaV2", "Albert") else "<mask>"
    for i in range(8):
        config, other = named(name, model_type)
        files = {file: {"shared": model}, "tokenizer_config.json": {**config, **(settings(mask) if i else {})}, **other, **(older() if draw.random() < 0.3 else {})}
        result = add(files)
        if i == 0:
            shared[name] = {**result, "normalizer": {"type": "Sequence", "normalizers": [*([n for n in [result["normalizer"]] if n and n["type"] == "Precompiled"]), {"type": "Lowercase"}]}}
    for i in range(5):
        config, other = named(name, model_type)
        add({"tokenizer.json": {"shared": name}, "tokenizer_config.json": {**config, **settings(mask)}, **other, **(older() if draw.random() < 0.3 else {})})

BERT = json.loads((OUT.parent / "bert-cased/tokenizer.json").read_text())
shared["Bert"] = {**BERT, "normalizer": {"type": "NFC"}, "pre_tokenizer": {"type": "Whitespace"}, "post_processor": None}
shared["Roberta"] = {**json.loads((OUT.parent / "roberta/tokenizer.json").read_text()), "post_processor": None}
shared["Deberta"] = {**json.loads((OUT.parent / "deberta/tokenizer.json").read_text())}
shared["Bert"]["model"].pop("type")
for name, model_type, mask in [("Bert", "bert", "[MASK]"), ("DistilBert", "distilbert", "[MASK]"), ("Roberta", "roberta", "<mask>"), ("Longformer", "roberta", "<mask>"), ("Deberta", "deberta", "[MASK]"), ("PreTrained", "bert", "[MASK]")]:
    for _ in range(6):
        config, other = named(name, model_type)
        if name == "PreTrained":
            config = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]"}
        source = {"DistilBert": "Bert", "Longformer": "Roberta", "PreTrained": "Bert"}.get(name, name)
        files = {"tokenizer.json": {"shared": source}, "tokenizer_config.json": {**config, **settings(mask)}, **other, **(older() if draw.random() < 0.3 else {})}
        # DeBERTa's pairs: transformers 5 puts two [SEP] between the texts, the model was trained with one.
        add(files, [] if name == "Deberta" else PAIRS)

OUT.write_text(json.dumps({"shared": shared, "folders": folders}, ensure_ascii=True) + "\n")
