"""Trains small tokenizers of four kinds and encodes awkward texts with each.

Writes test/fixtures/text/<kind>/ (the tokenizer's files) and test/fixtures/text/encodings.json.
"""

import json
import pathlib
import shutil

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

FIXTURES = pathlib.Path(__file__).parent.parent / "fixtures/text"

CORPUS = [
    "The quick brown fox jumps over the lazy dog, then sleeps until noon.",
    "Oil prices rose sharply on Monday as traders feared a shortage of supply.",
    "She didn't say that they'd won; he'll tell you what it's all about, won't he?",
    "Scientists at the university have found a new way of storing energy in cells.",
    "The striker scored twice in the second half and the home side won 3-1.",
    "Please visit https://example.org/a?b=c&d=e#f or write to someone@example.org!",
    "Zürich, São Paulo, Kraków and Málaga are cities; naïve cafés serve crème brûlée.",
    "日本語のテキストと中文文本 are mixed with English words.",
    "ΟΔΥΣΣΕΥΣ και Αθήνα, Москва и Київ, القاهرة, नमस्ते दुनिया, 안녕하세요",
    "Prices: $19.99, €20, £7.50 (20% off!) — buy 1, get 2…",
    "<p>Hello, <b>world</b>&nbsp;&amp; friends</p><br />",
    "running runner runs ran unbelievable believable unbelievably storing stored restores",
]

TEXTS = CORPUS + [
    "",
    " ",
    "\t\r\n",
    "a",
    "  leading and trailing spaces   ",
    "several     spaces\u00a0and\u2003kinds\u3000of\u0085white\u2028space",
    "control\u0000char\u0007acters\u200b and zero\u200dwidth \u00adsoft hyphens\ufeff bom",
    "replacement \ufffd character and private \ue000 use",
    "😀 emoji 👩‍👩‍👧‍👦 family 🇨🇭 flag 👍🏽 skin ❤️",
    "CJK: 漢字かな交じり文 and beyond: 𠀀𠮷野家 𪜀 𫝀 𫠠 𬺰",
    "e\u0301 combining, É precomposed, ﬁ ligature, Å Ångström, İstanbul ıSPARTA ẞ ß",
    "ΟΔΥΣΣΕΥΣ ΣΑΣ Σ",
    "x" * 99 + " " + "y" * 100 + " " + "z" * 101,
    "supercalifragilisticexpialidocious" * 5,
    "[CLS] a [SEP] literal [MASK] and [UNK] tokens [PAD]",
    "<s> RoBERTa's own </s> <mask> <pad> tokens <unk>",
    "don't DON'T o'clock 'tis rock'n'roll we're I'm you've she'd they'll",
    "3.14159 1,000,000 ½ ² Ⅷ ٣ १२३ 1st 2nd",
    "snake_case camelCase kebab-case path/to/file.txt C++ C# @user #tag ~^`|",
    "“quotes” ‘single’ «guillemets» — – … ¿que? ¡hola!",
    "नमस्ते दुनिया ไทย ภาษา עברית עִבְרִית العَرَبِيَّة",
    "line one\nline two\r\nline three\tand a tab",
    "MiXeD CaSe AND ALLCAPS",
    "▁ underscore ▁▁ blocks ▁x",
    "unbelievableness storingly foxes dogs' sleepers",
    "a\u0300\u0301\u0302b zalgo t̷e̷x̷t̷",
    "…!!!???---***",
    "&lt;script&gt;alert('x')&lt;/script&gt; <!-- comment -->",
]

PAIRS = [
    ["A first sentence.", "And a second, longer sentence follows the first."],
    ["", "Only the second side has words."],
    ["Only the first side has words.", ""],
    ["", ""],
    ["Oil prices rose sharply on Monday as traders feared a shortage.", "Prices rose."],
    [TEXTS[8], TEXTS[6]],
    [TEXTS[20], TEXTS[29]],
    ["the fox " * 20, "the dog " * 20],
    ["the fox " * 21, "the dog " * 20],
    ["the fox " * 3, "the dog " * 20],
]
LIMITS = [4, 5, 6, 7, 8, 15, 16, 17, 31, 32, 64]


def specials(names, mask):
    tokens = [AddedToken(n, special=True, normalized=False) for n in names]
    return tokens + [AddedToken(mask, special=True, normalized=False, lstrip=mask == "<mask>")]


def template(tokenizer, cls, sep):
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{cls}:0 $A:0 {sep}:0",
        pair=f"{cls}:0 $A:0 {sep}:0 $B:1 {sep}:1",
        special_tokens=[(cls, tokenizer.token_to_id(cls)), (sep, tokenizer.token_to_id(sep))],
    )


def bert(lowercase):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(
        vocab_size=400, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    template(tokenizer, "[CLS]", "[SEP]")
    return tokenizer


def byte_level(names, mask):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=specials(names, mask),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def deberta():
    tokenizer = byte_level(["[PAD]", "[CLS]", "[SEP]", "[UNK]"], "[MASK]")
    template(tokenizer, "[CLS]", "[SEP]")
    return tokenizer


def roberta():
    tokenizer = byte_level(["<s>", "<pad>", "</s>", "<unk>"], "<mask>")
    token = lambda name: (name, tokenizer.token_to_id(name))
    tokenizer.post_processor = processors.RobertaProcessing(token("</s>"), token("<s>"), add_prefix_space=False)
    return tokenizer


def unigram():
    """As transformers builds DeBERTa v3's."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(tokenizers.Regex(r"\s{2,}|[\n\r\t]"), " "),
            normalizers.NFC(),
            normalizers.Strip(left=False, right=True),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=350,
        special_tokens=["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"],
        unk_token="[UNK]",
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    template(tokenizer, "[CLS]", "[SEP]")
    return tokenizer


def config(tokenizer, **extra):
    names = [t.content for t in tokenizer.get_added_tokens_decoder().values()]
    roles = {"pad": "pad", "unk": "unk", "cls": "cls", "sep": "sep", "mask": "mask"}
    result = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512}
    for name in names:
        role = {"<s>": "cls", "</s>": "sep"}.get(name) or roles[name.strip("[]<>").lower()]
        result[f"{role}_token"] = name
    return {**result, **extra}


def encode(tokenizer, text, pair, limit):
    tokenizer.no_truncation()
    if limit:
        tokenizer.enable_truncation(limit, strategy="longest_first")
    encoding = tokenizer.encode(text, pair) if pair is not None else tokenizer.encode(text)
    row = {"text": text, "ids": encoding.ids, "typeIds": encoding.type_ids}
    if pair is not None:
        row["pair"] = pair
    if limit:
        row["maxLength"] = limit
    return row


def goldens(tokenizer):
    rows = [encode(tokenizer, text, None, None) for text in TEXTS]
    rows += [encode(tokenizer, first, second, None) for first, second in PAIRS]
    rows += [encode(tokenizer, text, None, limit) for text in TEXTS[:6] for limit in LIMITS]
    rows += [
        encode(tokenizer, *pair, limit)
        for pair in PAIRS
        for limit in LIMITS
        if limit > tokenizer.num_special_tokens_to_add(True)
    ]
    tokenizer.no_truncation()
    for row in rows[: len(TEXTS)]:
        row["decoded"] = tokenizer.decode(row["ids"])
    return rows


kinds = {
    "bert-uncased": bert(True),
    "bert-cased": bert(False),
    "roberta": roberta(),
    "deberta": deberta(),
    "deberta-v3": unigram(),
}
encodings = {}
for kind, tokenizer in kinds.items():
    folder = FIXTURES / kind
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    encodings[kind] = goldens(tokenizer)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    (folder / "tokenizer_config.json").write_text(json.dumps(config(tokenizer), indent=1))

# The older files of the same vocabularies.
for kind, config_extra in (("bert-cased", {"do_lower_case": False}), ("bert-uncased", {})):
    folder = FIXTURES / f"{kind}-vocab"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    vocab = sorted(kinds[kind].get_vocab().items(), key=lambda item: item[1])
    (folder / "vocab.txt").write_text("".join(token + "\n" for token, _ in vocab))
    (folder / "tokenizer_config.json").write_text(json.dumps(config_extra))
for kind in ("roberta", "deberta"):
    folder = FIXTURES / f"{kind}-vocab"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    kinds[kind].model.save(str(folder))

(FIXTURES / "encodings.json").write_text(
    json.dumps({"tokenizers": tokenizers.__version__, "encodings": encodings}, ensure_ascii=True)
)
