"""Lists of classes as Hugging Face datasets and pyarrow write them: python test/reference/data_multi_label.py

Writes test/fixtures/data/multi-label-*.parquet.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import ClassLabel, Dataset, Features, List, Value

FOLDER = Path("test/fixtures/data")
ROWS = {
    "text": ["so happy for you", "thank you, my friend", "the meeting is at noon", "I hate this", "ok"],
    "labels": [[0], [0, 2], [], [1], [2]],
}
NAMES = ["joy", "anger", "gratitude"]


def main():
    features = Features({"text": Value("string"), "labels": List(ClassLabel(names=NAMES))})
    Dataset.from_dict(ROWS, features=features).to_parquet(str(FOLDER / "multi-label-datasets.parquet"))
    # The same as names, without a word on what they are.
    names = [[NAMES[i] for i in row] for row in ROWS["labels"]]
    table = pa.table({"text": ROWS["text"], "labels": pa.array(names, pa.list_(pa.string()))})
    pq.write_table(table, FOLDER / "multi-label-pyarrow.parquet", compression="snappy")
    ids = pa.table({"text": ROWS["text"], "labels": pa.array(ROWS["labels"], pa.list_(pa.int64()))})
    pq.write_table(ids, FOLDER / "multi-label-ids.parquet", compression="snappy")


if __name__ == "__main__":
    main()
