"""Runs every part that a tokenizer.json can name over random Unicode, and digests what comes out.

Writes test/fixtures/text/components.json: each part's JSON, and digests of its output, one for every 100 of 1,000 texts.
The texts come from the same small generator in test/text/components.test.ts. `--full FILE` writes the outputs
themselves, to look for what differs.
"""

import hashlib
import itertools
import json
import pathlib
import sys

import tokenizers
from tokenizers import Tokenizer

ROOT = pathlib.Path(__file__).parent.parent.parent
TEXTS, BLOCK = 1000, 100

POOLS = [
    "abcdefghij",
    "ABCSTKſK",
    "    ",
    "0123456789",
    ".,;:!?'\"-_()[]{}<>#$%&*+/=@\\^`|~",
    "\t\n\r\x0b\x0c\x1c\x85\u00a0\u1680\u2003\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u3000\ufeff\u2060",
    "\u0000\u0001\u0007\u001b\u007f\u008f\u009f\u00ad\ufffd\ue000\u061c\u0600",
    "\u0301\u0308\u0327\u0334\u0345\u0e38\u0e48\u05b4\u064b\u3099\u1dfa\U0001e8d0\u20e3\ufe0f\u0903\u07fd\u1abf",
    "ΣσςΑΣİIıßẞǅŉÅÅéÉñöüﬁﬃ",
    "привет МИР ёЁ",
    "漢字かなカナーｶﾞ々〆が한국어ᄒ\u1161\u11ab、。「」",
    "नमस्ते\u094d\u0937العربيةעִבְ\u0e44\u0e17\u0e22",
    "😀👩\u200d👧🇨🇭👍🏽❤️𝔘𠀀🫠",
    "½²³¹ⅧⅣ①٣१㎏℡™ﷺ…‥〜～％ＡＢａｂ１",
    "▁▁▁##</w>@@",
    "\u1c89\u10d6e\ua7cb\U00010d50\U000105c9\U000105d2\u0307\u32ff\ua7f2\U00016d68\U000113c5\u0295\U0001e6c0\u088f\u0c5c",
]


class Random:
    """A linear congruential generator with the constants of Numerical Recipes, modulo 2 ** 32."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 8) % limit

    def text(self, pools):
        characters = []
        for _ in range(1 + self.below(24)):
            kind = self.below(len(pools) + 4)
            if kind < len(pools):
                characters.append(pools[kind][self.below(len(pools[kind]))])
            elif kind == len(pools) and characters:
                characters.append(characters[-1])
            elif kind == len(pools) + 1 and len(pools) > 4:
                characters.append(chr(self.below(0xD800)))
            elif kind == len(pools) + 2 and len(pools) > 4:
                characters.append(chr(0x10000 + self.below(0x20000)))
            else:
                characters.append(pools[0][self.below(len(pools[0]))])
        return "".join(characters)


def charsmap(rules):
    """SentencePiece's map of such rules, by a double array whose units are placed first fit (as darts-clone reads it)."""
    replacements, places = b"", {}
    for value in rules.values():
        if value not in places:
            places[value] = len(replacements)
            replacements += value.encode() + b"\0"
    trie = {}
    for key, value in rules.items():
        node = trie
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[0] = places[value]
    units = {}
    used = set()

    def place(node, at):
        # The unit at `at` says where its children are: at `at ^ offset ^ label`.
        labels = sorted(node)
        base = next(
            b for b in itertools.count(1)
            if b not in used and all((b ^ label) not in units and (b ^ label) != 0 for label in labels)
        )
        used.add(base)
        offset = at ^ base
        while offset >= 1 << 21:
            raise ValueError("too large")
        units[at] = (units.get(at, 0) & 0x800000FF) | (offset << 10) | ((1 << 8) if 0 in node else 0)
        for label in labels:
            units[base ^ label] = node[0] | 1 << 31 if label == 0 else label
        for label in labels:
            if label:
                place(node[label], base ^ label)

    units[0] = 0
    place(trie, 0)
    size = max(units) + 257
    import base64
    import struct

    array = struct.pack(f"<{size}I", *(units.get(i, 0x80000000 | 1) for i in range(size)))
    return base64.b64encode(struct.pack("<I", len(array)) + array + replacements).decode()


REGEXES = [
    r"\s+", r"\w+", r"\d", r"\p{L}+", r"[^\w\s]+", r" {2,}", r"\s{2,}|[\n\r\t]", r"[0-9]{1,3}", r"\p{N}{1,3}", r"a*b?", "",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t)?|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s+",
    r" ?[^(\s|[.,!?…。，、।۔،])]+", r"[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s*[\r\n]|\s+(?!\S)|\s",
    r"(?<=\p{L})\p{N}|(?<!\s)[A-C]", r"\b\w", r"\B.", r"^.|.$", r"\A\S|\S\z|\S\Z", r"(?:\d{1,3})(?=(?:\d{3})*\b)",
    r"[\p{P}\p{S}&&[^,.]]", r"(?m:a.)", r"\p{Han}+|\p{Hiragana}|\p{Cyrillic}+|\P{Latin}", r"[一-龥ࠀ-一가-퟿]+", r"\p{^L}",
    r"(?>a|ab)c|\h", r"(a|b)+?c|(?:x{0,2}?y)", r"\p{Cn}|\p{Co}|\p{Cf}|\p{Mn}", r"(?=\d)|(?=[A-Z])", r"\p{Lo}|\p{Ll}", "a(?i)b|c|k",
]
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
RULES = {
    "\t": " ", "\n": " ", "\u3000": " ", "\u2003": " ", "\u200b": "", "\u00ad": "", "½": "1/2", "²": "2", "ﬁ": "fi", "Å": "Å",
    "Å": "Å", "e": "E", "é": "é", "ｶﾞ": "ガ", "が": "が", "ｶ": "カ", "\u0301": "'", "漢": "汉", "😀": ":)", "👩": "w",
    "\u0600": "", "ﷺ": "صلى الله", "…": "...", "\ufeff": "", "a\u0308": "ä", "\r": " ", "\r\n": " ", "\U00016d68": "x",
}


def regex(pattern):
    return {"Regex": pattern}


NORMALIZERS = [
    {"type": name} for name in ("NFC", "NFD", "NFKC", "NFKD", "Nmt", "StripAccents", "Lowercase", "ByteLevel")
] + [
    {"type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese, "strip_accents": accents, "lowercase": lower}
    for clean, chinese, accents, lower in itertools.product((True, False), (True, False), (None, True, False), (True, False))
] + [
    {"type": "Strip", "strip_left": left, "strip_right": right} for left in (True, False) for right in (True, False)
] + [
    {"type": "Prepend", "prepend": "▁"},
    {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
    {"type": "Replace", "pattern": {"String": "a.b"}, "content": "$&\\1"},
    {"type": "Replace", "pattern": {"String": ""}, "content": "-"},
    {"type": "Precompiled", "precompiled_charsmap": charsmap(RULES)},
    {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, {"type": "Strip", "strip_left": True, "strip_right": True}]},
    {"type": "Sequence", "normalizers": []},
] + [{"type": "Replace", "pattern": regex(r), "content": "<>"} for r in REGEXES]

PRE_TOKENIZERS = [
    {"type": name} for name in ("BertPreTokenizer", "Whitespace", "WhitespaceSplit", "UnicodeScripts")
] + [
    {"type": "Digits", "individual_digits": individual} for individual in (True, False)
] + [
    {"type": "Punctuation", "behavior": behavior} for behavior in BEHAVIORS
] + [
    {"type": "CharDelimiterSplit", "delimiter": delimiter} for delimiter in (" ", "▁", "😀")
] + [
    {"type": "FixedLength", "length": length} for length in (1, 3)
] + [
    {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": True, "use_regex": use} for prefix in (True, False) for use in (True, False)
] + [
    {"type": "Metaspace", "replacement": replacement, "prepend_scheme": scheme, "split": split}
    for replacement in ("▁", "_") for scheme in ("always", "first", "never") for split in (True, False)
] + [
    {"type": "Split", "pattern": regex(r), "behavior": BEHAVIORS[(i + j) % 5], "invert": j == 1}
    for i, r in enumerate(REGEXES) for j in (0, 1, 3)
] + [
    {"type": "Split", "pattern": {"String": s}, "behavior": behavior, "invert": invert}
    for s in (" ", "a", "") for behavior in BEHAVIORS for invert in (True, False)
] + [
    {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": True}]}
    for scheme in ("always", "first")
] + [
    {"type": "Sequence", "pretokenizers": [{"type": "UnicodeScripts"}, {"type": "Digits", "individual_digits": True}, {"type": "Punctuation", "behavior": "Contiguous"}]},
    {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": regex(REGEXES[11]), "behavior": "Isolated", "invert": False}, {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}]},
    {"type": "Sequence", "pretokenizers": []},
]

MODEL_POOLS = ["abcab", "abé", "漢😀x", "ab "]
LETTERS = "abcé漢😀 "


def vocabulary(random, size, prefix="", suffix="", longest=4):
    tokens = {"<unk>": 0}
    for letter in LETTERS[: 3 + random.below(4)]:
        for token in (letter, prefix + letter, letter + suffix, prefix + letter + suffix):
            tokens.setdefault(token, len(tokens))
    while len(tokens) < size:
        token = "".join(LETTERS[random.below(4)] for _ in range(1 + random.below(longest)))
        tokens.setdefault((prefix if random.below(2) else "") + token, len(tokens))
    return tokens


def byte_tokens(tokens, count=256):
    for byte in range(256 - count, 256):
        tokens.setdefault(f"<0x{byte:02X}>", len(tokens))
    return tokens


def bpe(random, prefix="", suffix="", **options):
    tokens = vocabulary(random, 20, prefix, suffix)
    if options.pop("bytes", 0):
        byte_tokens(tokens)
    known = [t for t in tokens if t != "<unk>" and not t.startswith("<0x")]
    merges = []
    for _ in range(400):
        left, right = known[random.below(len(known))], known[random.below(len(known))]
        merged = left + right[len(prefix):]
        if not right.startswith(prefix) or len(merged) > 6 or [left, right] in merges or (suffix and left.endswith(suffix)):
            continue
        if merged not in tokens:
            tokens[merged] = len(tokens)
            known.append(merged)
        merges.append([left, right])
    return {
        "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": prefix or None,
        "end_of_word_suffix": suffix or None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
        **options, "vocab": tokens, "merges": merges,
    }


def unigram(random, fallback=0, unknown=0):
    tokens = list(vocabulary(random, 30))
    if fallback:
        tokens = list(byte_tokens(dict.fromkeys(tokens), fallback))
    # Few different scores: many ways to cut a word are equally likely.
    return {
        "type": "Unigram", "unk_id": unknown, "byte_fallback": fallback > 0,
        "vocab": [[token, -float(1 + random.below(3)) / (2 if random.below(2) else 10)] for token in tokens],
    }


random = Random(8)
MODELS = [
    {"type": "WordPiece", "unk_token": "<unk>", "continuing_subword_prefix": "##", "max_input_chars_per_word": limit, "vocab": vocabulary(random, 40, "##")}
    for limit in (100, 5)
] + [
    {"type": "WordPiece", "unk_token": "<unk>", "continuing_subword_prefix": "", "max_input_chars_per_word": 100, "vocab": vocabulary(random, 40)},
    {"type": "WordLevel", "unk_token": "<unk>", "vocab": vocabulary(random, 40)},
    bpe(random), bpe(random, unk_token="<unk>"), bpe(random, unk_token="<unk>", fuse_unk=True),
    bpe(random, unk_token="<unk>", byte_fallback=True), bpe(random, unk_token="<unk>", byte_fallback=True, bytes=1),
    bpe(random, unk_token="<unk>", byte_fallback=True, bytes=1, fuse_unk=True, ignore_merges=True),
    bpe(random, prefix="##", unk_token="<unk>"), bpe(random, suffix="</w>", unk_token="<unk>"),
    bpe(random, prefix="##", suffix="</w>", unk_token="<unk>", ignore_merges=True),
] + [unigram(random) for _ in range(6)] + [unigram(random, 256), unigram(random, 200), unigram(random, unknown=3)]
MODEL_PRE_TOKENIZERS = [None, {"type": "WhitespaceSplit"}]

# Whether a row's first word gets its space depends on what the normalizer dropped before it.
FIRST = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}
STARTS = [
    (normalizer, pre_tokenizer)
    for normalizer in [
        {"type": "Strip", "strip_left": True, "strip_right": False}, {"type": "Nmt"}, {"type": "StripAccents"},
        {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        {"type": "BertNormalizer", "clean_text": False, "handle_chinese_chars": True, "strip_accents": True, "lowercase": False},
        {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": "a"}, {"type": "Replace", "pattern": {"Regex": r"[\s\p{P}]"}, "content": ""},
        {"type": "Replace", "pattern": {"Regex": r"\p{L}"}, "content": "ab"}, {"type": "Precompiled", "precompiled_charsmap": charsmap(RULES)},
        {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Strip", "strip_left": True, "strip_right": True}]},
        {"type": "NFKC"}, {"type": "Prepend", "prepend": "x"},
    ]
    for pre_tokenizer in [FIRST, {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, FIRST]}]
    # Not followed: that of a first character which becomes a space and more (¨ in NFKC), the rest still comes first.
    if pre_tokenizer is FIRST or normalizer["type"] not in ("BertNormalizer", "NFKC", "Precompiled")
]
START_MODEL = {
    "type": "BPE", "dropout": None, "unk_token": "?", "continuing_subword_prefix": None, "end_of_word_suffix": None,
    "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": {"?": 0, "▁": 1, "a": 2, "x": 3}, "merges": [],
}

DECODERS = [
    {"type": "BPEDecoder", "suffix": "</w>"}, {"type": "ByteFallback"}, {"type": "Fuse"},
    {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
    {"type": "WordPiece", "prefix": "##", "cleanup": True}, {"type": "WordPiece", "prefix": "##", "cleanup": False},
    {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
    {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never", "split": True},
    {"type": "CTC", "pad_token": "a", "word_delimiter_token": "|", "cleanup": True},
    {"type": "CTC", "pad_token": "a", "word_delimiter_token": "|", "cleanup": False},
    {"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
    {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
]
# Pieces that texts are cut from, to decode.
DECODER_PIECES = ["##ab", "a", "b</w>", "▁x", "▁", "Ġthe", "Ã", "©", "é", "<0xE2>", "<0x82>", "<0xAC>", "<0x41>", "<0xff>", ".", ",", "n't", "'", "s", "|", " do", " not", "😀", "a", " ", "##"]


def tokenizer(**parts):
    whole = {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None,
        "post_processor": None, "decoder": None, "model": {"type": "WordLevel", "unk_token": "a", "vocab": {"a": 0}}, **parts,
    }
    return Tokenizer.from_str(json.dumps(whole))


def outputs(case):
    random = Random(case["seed"])
    role, part = case["role"], case["json"]
    if role == "decoder":
        decoder = tokenizer(decoder=part).decoder
        return [
            decoder.decode([DECODER_PIECES[random.below(len(DECODER_PIECES))] for _ in range(1 + random.below(12))])
            for _ in range(TEXTS)
        ]
    texts = [random.text(MODEL_POOLS if role == "model" else POOLS) for _ in range(TEXTS)]
    if role == "normalizer":
        normalizer = tokenizer(normalizer=part).normalizer
        return [normalizer.normalize_str(text) for text in texts]
    if role == "pre_tokenizer":
        pre_tokenizer = tokenizer(pre_tokenizer=part).pre_tokenizer
        return ["\u241f".join(piece for piece, _ in pre_tokenizer.pre_tokenize_str(text)) for text in texts]
    if role == "start":
        whole = tokenizer(normalizer=part, pre_tokenizer=case["pre_tokenizer"], model=START_MODEL)
    else:
        whole = tokenizer(model=part, pre_tokenizer=case["pre_tokenizer"])
    return [" ".join(map(str, whole.encode(text).ids)) for text in texts]


cases = [
    {"role": role, "seed": i + 1, "json": part, **extra}
    for i, (role, part, extra) in enumerate(
        [("normalizer", part, {}) for part in NORMALIZERS]
        + [("pre_tokenizer", part, {}) for part in PRE_TOKENIZERS]
        + [("model", part, {"pre_tokenizer": pre}) for part in MODELS for pre in MODEL_PRE_TOKENIZERS]
        + [("decoder", part, {}) for part in DECODERS]
        + [("start", part, {"pre_tokenizer": pre}) for part, pre in STARTS]
    )
]
full = []
for case in cases:
    results = outputs(case)
    case["digests"] = [
        hashlib.sha256("\0".join(results[i : i + BLOCK]).encode()).hexdigest()[:16] for i in range(0, TEXTS, BLOCK)
    ]
    full.append({**case, "outputs": results})

(ROOT / "test/fixtures/text/components.json").write_text(
    json.dumps({
        "tokenizers": tokenizers.__version__, "pools": POOLS, "modelPools": MODEL_POOLS, "decoderPieces": DECODER_PIECES, "startModel": START_MODEL,
        "texts": TEXTS, "block": BLOCK, "cases": cases,
    })
)
if "--full" in sys.argv:
    pathlib.Path(sys.argv[sys.argv.index("--full") + 1]).write_text(json.dumps(full))
