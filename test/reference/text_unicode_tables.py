"""Asks Hugging Face's tokenizers which characters its parts treat as what, about every code point.

Writes src/core/text/unicode-ranges.ts. The parts follow different versions of Unicode, so no single table of a
JavaScript engine fits them all. test/reference/text_unicode_tables.mjs, which this starts with node, compares the
engine's own normal forms.
"""

import json
import pathlib
import subprocess

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

ROOT = pathlib.Path(__file__).parent.parent.parent
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def pieces(pre_tokenizer, text):
    return [piece for piece, _ in pre_tokenizer.pre_tokenize_str(text)]


def ranges(code_points):
    found = []
    for code_point in code_points:
        if found and found[-1][1] == code_point - 1:
            found[-1][1] = code_point
        else:
            found.append([code_point, code_point])
    return " ".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in found)


def constant(name, comment, items):
    lines, line = [], ""
    for item in items.split(" "):
        if len(line) + len(item) > 96:
            lines.append(line)
            line = ""
        line += item + " "
    lines.append(line.rstrip())
    body = " +\n".join(f'  "{line}"' for line in lines)
    return f"/** {comment} */\nexport const {name} =\n{body};\n"


def scripts():
    """The start of each run of one script and the script's number; 0 is no script, which joins any."""
    pre_tokenizer = pre_tokenizers.UnicodeScripts()
    splits = lambda a, b: len(pieces(pre_tokenizer, a + b)) > 1
    examples = []
    runs = []
    last = None
    for c in CODE_POINTS:
        character = chr(c)
        if not splits("a", character) and not splits("\u0431", character):
            number = 0
        elif last and runs[-1][1] and not splits(last, character):
            number = runs[-1][1]
        else:
            number = next((i for i, example in enumerate(examples) if not splits(example, character)), None)
            if number is None:
                number = len(examples)
                examples.append(character)
            number += 1
        if not runs or runs[-1][1] != number:
            runs.append((c, number))
        last = character
    return " ".join(f"{start:x}:{number}" for start, number in runs)


digits = pre_tokenizers.Digits()
whitespace = pre_tokenizers.Whitespace()
strip_accents = normalizers.StripAccents()
unassigned = pre_tokenizers.Split(Regex(r"\p{Cn}"), "removed")
onig_word = pre_tokenizers.Split(Regex(r"\w"), "removed")
forms = {name: getattr(normalizers, name)() for name in ("NFC", "NFD", "NFKC", "NFKD")}

# What each form makes of every character alone and between marks of other classes, for the comparison in JavaScript.
changed = {
    name: {
        c: result
        for c in CODE_POINTS
        if (result := form.normalize_str(f"\u0345{chr(c)}\u0334\u0301")) is not None
    }
    for name, form in forms.items()
}
later = subprocess.run(
    ["node", str(pathlib.Path(__file__).parent / "text_unicode_tables.mjs")],
    input=json.dumps(changed), capture_output=True, text=True, check=True,
).stdout.strip()

constants = [
    ("WORD", "`\\\\w` of the Whitespace pre-tokenizer and of added tokens.",
     ranges([c for c in CODE_POINTS if pieces(whitespace, f"a{chr(c)}a") == [f"a{chr(c)}a"]])),
    ("PATTERN_WORD", "`\\\\w` of Split's and Replace's regular expressions.",
     ranges([c for c in CODE_POINTS if pieces(onig_word, chr(c)) == []])),
    ("NUMERIC", "What the Digits pre-tokenizer splits at.",
     ranges([c for c in CODE_POINTS if len(pieces(digits, f"aa{chr(c)}aa")) > 1])),
    ("COMBINING_MARKS", "What the StripAccents normalizer drops.",
     ranges([c for c in CODE_POINTS if strip_accents.normalize_str(f"a{chr(c)}a") == "aa"])),
    ("UNASSIGNED", "Characters that regular expressions of Split and Replace don't know.",
     ranges([c for c in CODE_POINTS if pieces(unassigned, chr(c)) == []])),
    ("UNNORMALIZED", "Characters that newer versions of Unicode normalize or reorder, and the normalizers do not.", later),
    ("SCRIPTS", "Where each run of one script begins and a number for the script; 0 is none.", scripts()),
]
source = f"""// Written by test/reference/text_unicode_tables.py from tokenizers {tokenizers.__version__}, as hexadecimal ranges.

""" + "\n".join(constant(*c) for c in constants)
(ROOT / "src/core/text/unicode-ranges.ts").write_text(source)
