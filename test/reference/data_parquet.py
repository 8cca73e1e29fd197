"""Parquet files as `datasets`, pyarrow and pandas write them, with what they hold as JSON beside them.

Writes test/fixtures/data/*.parquet and parquet.json. Run: python test/reference/data_parquet.py
"""

import json
import pathlib

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Dataset, Features, List, Value

OUT = pathlib.Path(__file__).parents[1] / "fixtures" / "data"

TEXTS = ["Wall St. rises", "naïve café ☕", "日本語のニュース", "", "line one\nline two", 'a "quoted" word', None, "x" * 300]


def hugging_face(name):
    features = Features(
        {
            "text": Value("string"),
            "label": ClassLabel(names=["World", "Sports", "Sci/Tech"]),
            "score": Value("float32"),
            "id": Value("int64"),
            "checked": Value("bool"),
            "tags": List(Value("string")),
        }
    )
    n = len(TEXTS)
    columns = {
        "text": TEXTS,
        "label": [0, 1, 2, 1, 0, 2, -1, None],
        "score": [0.5, -1.25, 3.0, None, 0.0, 1e10, 2.5, 7.0],
        "id": [1, 2**53 + 1, 3, -4, 5, 6, 7, None],
        "checked": [True, False, None, True, True, False, False, True],
        "tags": [["a", "b"], [], ["c"], None, ["d"], ["e", "f", "g"], [], ["h"]],
    }
    Dataset.from_dict(columns, features=features).to_parquet(OUT / name, batch_size=3)
    return {"columns": {**columns, "id": [str(v) if v and abs(v) > 2**53 else v for v in columns["id"]]}, "rows": n}


def recompressed(name, source, compression):
    pq.write_table(pq.read_table(OUT / source), OUT / name, compression=compression)
    return {"columns": source}


def plain(name, compression):
    columns = {"sentence": [f"sentence number {i % 17} {'word ' * (i % 5)}".strip() for i in range(500)]}
    columns["label"] = [i % 3 for i in range(500)]
    pq.write_table(pa.table(columns), OUT / name, compression=compression, row_group_size=200)
    return {"columns": columns, "rows": 500}


def categories(name):
    frame = pd.DataFrame({"text": ["good", "bad", "fine", "awful"], "label": ["pos", "neg", "pos", "neg"]})
    frame["label"] = frame["label"].astype("category")
    frame["day"] = pd.to_datetime(["2024-01-01", "2024-02-29", None, "2023-12-31"])
    frame.to_parquet(OUT / name)
    return {"columns": {"text": list(frame["text"]), "label": list(frame["label"])}, "rows": 4}


def encoded(name, version):
    """Every encoding that has lengths of its own inside its pages, with values missing."""
    columns = {
        "text": [None if i % 11 == 5 else f"headline {i // 3} of the day{' and more' * (i % 4)}" for i in range(200)],
        "source": [f"paper {i % 13}" for i in range(200)],
        "label": [i % 3 for i in range(200)],
        "id": [None if i % 7 == 1 else i * i for i in range(200)],
        "checked": [None if i % 9 == 4 else i % 2 == 0 for i in range(200)],
        "score": [i / 8 for i in range(200)],
        "tags": [[f"tag {j}" for j in range(i % 3)] for i in range(200)],
    }
    table = pa.table(columns).set_column(2, "label", pa.array(columns["label"], pa.int32()))
    encoding = {
        "text": "DELTA_BYTE_ARRAY",
        "source": "DELTA_LENGTH_BYTE_ARRAY",
        "label": "DELTA_BINARY_PACKED",
        "id": "DELTA_BINARY_PACKED",
        "checked": "RLE",
        "score": "BYTE_STREAM_SPLIT",
    }
    settings = {"data_page_version": version, "use_dictionary": ["tags.list.element"], "compression": "none"}
    pq.write_table(table, OUT / name, column_encoding=encoding, row_group_size=120, **settings)
    return {"columns": columns, "rows": 200}


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    golden = {
        "datasets.parquet": hugging_face("datasets.parquet"),
        "datasets-zstd.parquet": recompressed("datasets-zstd.parquet", "datasets.parquet", "zstd"),
        "pandas-categories.parquet": categories("pandas-categories.parquet"),
    }
    for compression in ["snappy", "zstd", "gzip", "brotli", "lz4", "none"]:
        name = f"pyarrow-{compression}.parquet"
        golden[name] = plain(name, compression)
    shared = golden["pyarrow-snappy.parquet"]["columns"]
    for name in golden:
        if name.startswith("pyarrow-"):
            golden[name] = {"columns": "pyarrow"}
    golden["pyarrow"] = {"columns": shared, "rows": 500}
    for version in ["1.0", "2.0"]:
        name = f"encodings-v{version[0]}.parquet"
        golden[name] = encoded(name, version)
    golden["encodings-v2.parquet"] = {"columns": "encodings-v1.parquet"}
    text = json.dumps(golden, ensure_ascii=False)
    (OUT / "parquet.json").write_text(text + "\n", encoding="utf-8")


main()
