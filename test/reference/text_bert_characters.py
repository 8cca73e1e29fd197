"""Asks Hugging Face's BertNormalizer and BertPreTokenizer about every code point.

Writes src/core/text/bert-ranges.ts (which characters they drop, pad or split at) and
test/fixtures/text/bert-characters.json (digests of their output, for the test).
"""

import hashlib
import json
import pathlib

import tokenizers
from tokenizers import normalizers, pre_tokenizers

ROOT = pathlib.Path(__file__).parent.parent.parent
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
OFF = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)

clean = normalizers.BertNormalizer(**{**OFF, "clean_text": True})
chinese = normalizers.BertNormalizer(**{**OFF, "handle_chinese_chars": True})
accents = normalizers.BertNormalizer(**{**OFF, "strip_accents": True})
cased = normalizers.BertNormalizer(**{**OFF, "clean_text": True, "handle_chinese_chars": True})
uncased = normalizers.BertNormalizer()
pre_tokenizer = pre_tokenizers.BertPreTokenizer()


def words(text):
    return [word for word, _ in pre_tokenizer.pre_tokenize_str(text)]


def ranges(code_points):
    found = []
    for code_point in code_points:
        if found and found[-1][1] == code_point - 1:
            found[-1][1] = code_point
        else:
            found.append([code_point, code_point])
    return " ".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in found)


def constant(name, comment, code_points):
    lines, line = [], ""
    for item in ranges(code_points).split(" "):
        if len(line) + len(item) > 96:
            lines.append(line)
            line = ""
        line += item + " "
    lines.append(line.rstrip())
    body = " +\n".join(f'  "{line}"' for line in lines)
    return f"/** {comment} */\nexport const {name} =\n{body};\n"


classes = [
    ("REMOVED", "Control, format and private-use characters, which cleaning drops.",
     [c for c in CODE_POINTS if clean.normalize_str(chr(c)) == ""]),
    ("WHITESPACE", "Characters that separate words.",
     [c for c in CODE_POINTS if len(words("x" + chr(c) + "y")) == 2 and words(chr(c)) == []]),
    ("CHINESE", "Ideographs, each a word of its own.",
     [c for c in CODE_POINTS if chinese.normalize_str(chr(c)) == f" {chr(c)} "]),
    ("NONSPACING_MARKS", "Accents, dropped after canonical decomposition.",
     [c for c in CODE_POINTS if accents.normalize_str(chr(c)) == ""]),
    ("PUNCTUATION", "Each a word of its own.",
     [c for c in CODE_POINTS if len(words("x" + chr(c) + "y")) == 3]),
]
source = f"""// Written by test/reference/text_bert_characters.py from tokenizers {tokenizers.__version__}: the character classes of its BERT
// normalizer, as hexadecimal ranges. They follow an older Unicode than Node's own tables.

""" + "\n".join(constant(*c) for c in classes)
(ROOT / "src/core/text/bert-ranges.ts").write_text(source)


def digest(transform, code_points):
    sha256 = hashlib.sha256()
    for c in code_points:
        if not 0xD800 <= c <= 0xDFFF:
            sha256.update((transform("x" + chr(c) + "y") + "\n").encode())
    return sha256.hexdigest()


def digests(transform):
    """One for each plane of 65,536 code points."""
    return [digest(transform, range(p * 0x10000, (p + 1) * 0x10000)) for p in range(17)]


# Lowercasing and decomposition are Node's own and change with its Unicode version: only scripts that are settled.
UNCASED_RANGES = [(0, 0x1C00), (0x1E00, 0x2C00), (0x3000, 0xA640), (0xF900, 0x10000)]


(ROOT / "test/fixtures/text/bert-characters.json").write_text(
    json.dumps(
        {
            "tokenizers": tokenizers.__version__,
            "cased": digests(cased.normalize_str),
            "words": digests(lambda text: "|".join(words(text))),
            "uncased": [
                {"from": a, "to": b, "sha256": digest(uncased.normalize_str, range(a, b))}
                for a, b in UNCASED_RANGES
            ],
        },
        indent=1,
    )
)
