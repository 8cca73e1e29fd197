"""What pandas, tokenizers and plain Python say of a dataset: lengths, classes, duplicates, overlap, vocabulary.

Writes test/fixtures/profiling: a small dataset of its own (reviews/), its golden values, a long Parquet file, and
golden values of AG News and IMDB where the files lie in ../shared/data (the values are committed, the texts are not).

Run: python test/reference/profiling_description.py
"""

import json
import pathlib
import random
import unicodedata

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Tokenizer

ROOT = pathlib.Path(__file__).parents[2]
OUT = ROOT / "test" / "fixtures" / "profiling"
SHARED = ROOT.parent / "shared"

UNSPACED = ["CJK UNIFIED", "CJK COMPAT", "HIRAGANA", "KATAKANA", "THAI", "LAO ", "KHMER", "MYANMAR"]
WEIRD = [
    "tabs\tand\nlines\r\nand  many   spaces ",
    "no\u00a0break, thin\u2009space, ideographic\u3000space, next\u0085line",
    "file\u001cseparators\u001fcount\ufeffbut no BOM",
    "emoji 👍🏽 and flags 🇩🇪 are 🎬",
    "Straße, ﬁne, ÀÉÎ, cafe\u0301, İstanbul",
    "日本語の映画 good 電影",
    ":-)",
    "   ",
]


def reviews():
    """A small dataset with everything that goes wrong: repeats, contradictions, gaps, rows shared by the splits."""
    rng = random.Random(7)
    words = {
        "good": "wonderful fine clever moving warm bright honest brilliant funny sharp".split(),
        "bad": "dull slow empty loud weak cold awful boring flat clumsy".split(),
    }
    filler = "the film and its cast with a plot that never ends in this old town by the sea of all things".split()

    def text(label, n):
        return " ".join(rng.choice(words[label]) if rng.random() < 0.3 else rng.choice(filler) for _ in range(n))

    rows = []
    for i in range(160):
        label = "bad" if i % 3 else "good"
        rows.append([i, text(label, rng.randint(2, 70)), label])
    for i, weird in enumerate(WEIRD):
        rows.append([160 + i, weird, "good" if i % 2 else "bad"])
    train = [list(row) for row in rows]
    train[10][1] = train[3][1]
    train[11][1] = train[3][1].upper() + "!"
    train[20][1] = train[5][1]
    train[20][2] = "good" if train[5][2] == "bad" else "bad"
    train[30][1] = ""
    train[31][2] = ""
    test = [[i, text("bad" if i % 2 else "good", rng.randint(30, 70)), "bad" if i % 2 else "good"] for i in range(60)]
    test[4][1] = train[40][1]
    test[5][1] = train[40][1]
    test[6][1] = train[41][1].replace(" ", ", ").title()
    near = train[42][1].split()
    while len(near) < 50:
        near += text("bad", 10).split()
    train[42][1] = " ".join(near)
    near[20] = "something"
    test[7][1] = " ".join(near)
    columns = ["id", "text", "label"]
    return pd.DataFrame(train, columns=columns), pd.DataFrame(test, columns=columns)


def words_of(text):
    """Runs of letters, digits and marks in lower case; characters of unspaced scripts one by one."""
    words, run = [], ""
    for c in unicodedata.normalize("NFKC", text).lower() + " ":
        name = unicodedata.name(c, "")
        part = unicodedata.category(c)[0] in "LNM" or ord(c) > 0xFFFF
        alone = part and ord(c) <= 0xFFFF and (any(name.startswith(p) for p in UNSPACED) or c == "々")
        if part and not alone:
            run += c
            continue
        if run:
            words.append(run)
            run = ""
        if alone:
            words.append(c)
    return words


def normalized(text):
    words = words_of(text)
    return tuple(words) if words else text


def shingles(text):
    words = words_of(text)
    if not words:
        return frozenset()
    return frozenset(tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2)))


def summary(lengths):
    d = pd.Series(lengths).describe()
    names = {"count": "count", "mean": "mean", "std": "std", "min": "min", "25%": "q25", "50%": "median",
             "75%": "q75", "max": "max"}  # fmt: skip
    return {ours: float(d[theirs]) for theirs, ours in names.items()}


def tokens(texts, tokenizer, limit):
    encodings = tokenizer.encode_batch(texts)
    lengths = np.array([len(e.ids) for e in encodings])
    ids = np.concatenate([e.ids for e in encodings])
    unknown = tokenizer.token_to_id("[UNK]")
    special = len(tokenizer.encode("").ids)
    split = sum(len(t.split()) for t in texts)
    return {
        "summary": summary(lengths),
        "limit": limit,
        "truncatedRows": int((lengths > limit).sum()),
        "truncatedTokens": float(np.maximum(0, lengths - limit).sum() / lengths.sum()),
        "unknownTokens": float((ids == unknown).sum() / lengths.sum()),
        "vocabulary": tokenizer.get_vocab_size(),
        "vocabularyUsed": int(len(np.unique(ids))),
        "tokensPerWord": float((lengths.sum() - special * len(texts)) / split),
    }


def describe(df, tokenizer=None, limit=None):
    text = df.text
    labelled = df[df.label.astype(str) != ""]
    per_text = labelled.groupby("text").label.nunique()
    conflicting = per_text[per_text > 1].index
    keys = text.map(normalized)
    counts = labelled.label.astype(str).value_counts()
    vocabulary = {word for key in keys if isinstance(key, tuple) for word in key}
    golden = {
        "rows": len(df),
        "labels": {name: int(counts[name]) for name in sorted(counts.index)},
        "missingLabels": len(df) - len(labelled),
        "characters": summary(text.str.len()),
        "words": summary(text.str.split().str.len()),
        "empty": int((text.str.strip() == "").sum()),
        "vocabulary": len(vocabulary),
        "duplicates": int(text.duplicated().sum()),
        "normalizedDuplicates": int(keys.duplicated().sum()),
        "conflictingTexts": len(conflicting),
        "conflictingRows": int(text.isin(conflicting).sum()),
    }
    if tokenizer is not None:
        golden["tokens"] = tokens(list(text), tokenizer, limit)
    return golden


def compare(train, test):
    exact = test.text.isin(set(train.text))
    train_keys = set(train.text.map(normalized))
    alike = test.text.map(normalized).isin(train_keys) & ~exact
    index = {}
    train_shingles = [shingles(t) for t in train.text]
    for i, s in enumerate(train_shingles):
        for shingle in s:
            index.setdefault(shingle, []).append(i)
    near = 0
    for text in test.text[~exact & ~alike]:
        own = shingles(text)
        common = {}
        for shingle in own:
            for i in index.get(shingle, []):
                common[i] = common.get(i, 0) + 1
        near += any(n / (len(own) + len(train_shingles[i]) - n) >= 0.7 for i, n in common.items())
    seen = {word for t in train.text for word in words_of(t)}
    words = [word for t in test.text for word in words_of(t)]
    return {
        "exact": int(exact.sum()),
        "normalized": int(alike.sum()),
        "near": near,
        "unseenWords": sum(word not in seen for word in words) / len(words),
    }


def read(path):
    return pd.read_csv(path, keep_default_na=False)


def long_parquet():
    """140,000 rows in one row group of many pages: more than the reader decodes at once."""
    n = 140_000
    rows = pa.table({"id": pa.array(range(n), pa.int32()), "text": [f"text {i // 1000}" for i in range(n)]})
    pq.write_table(
        rows, OUT / "long.parquet", row_group_size=n, data_page_size=4096, use_dictionary=["text"],
        column_encoding={"id": "DELTA_BINARY_PACKED"},
    )  # fmt: skip


def main():
    long_parquet()
    folder = OUT / "reviews"
    folder.mkdir(parents=True, exist_ok=True)
    for name, df in zip(["train", "test"], reviews()):
        df.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    # Line breaks inside cells must come back as they were written.
    train, test = (pd.read_csv(folder / f"{n}.csv", keep_default_na=False, lineterminator="\n") for n in ["train", "test"])
    small = Tokenizer.from_file(str(ROOT / "test/fixtures/text/bert-uncased/tokenizer.json"))
    golden = {
        "pandas": pd.__version__,
        "words": [{"text": t, "characters": len(t), "words": len(t.split())} for t in WEIRD],
        "reviews": {
            "train": describe(train, small, 48),
            "test": describe(test, small, 48),
            "comparison": compare(train, test),
        },
    }
    (OUT / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")

    data = SHARED / "data"
    if not data.exists():
        return
    bert = Tokenizer.from_file(str(SHARED / "tokenizers/bert-base-uncased/tokenizer.json"))
    ag_test = read(data / "ag_news/test.csv")
    imdb_train, imdb_test = (read(data / f"imdb/{n}.csv.gz") for n in ["train", "test"])
    golden = {
        "agNewsTest": describe(ag_test, bert, 128),
        "agNewsOverlap": compare(read(data / "ag_news/train.csv"), ag_test),
        "imdbTrain": describe(imdb_train, bert, 400),
        "imdbTest": describe(imdb_test),
        "imdbExactOverlap": int(imdb_test.text.isin(set(imdb_train.text)).sum()),
    }
    (OUT / "golden-shared.json").write_text(json.dumps(golden, indent=1) + "\n")


main()
