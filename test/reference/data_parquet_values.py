"""Values at the edges of what Parquet holds: times of every unit, whole numbers beyond 2^53, text that is not UTF-8.

Writes test/fixtures/data/parquet-values.parquet, parquet-values.json and parquet-not-utf8.parquet. Run with `pyarrow`
and numpy installed: python test/reference/data_parquet_values.py
"""

import json
import pathlib

import numpy
import pyarrow as pa
import pyarrow.parquet as pq

OUT = pathlib.Path(__file__).parents[1] / "fixtures" / "data"


def iso(value, unit):
    """ISO 8601 with milliseconds, and with all digits of the unit where those behind them are not 0."""
    if value is None:
        return None
    text = str(numpy.datetime64(value, unit))
    head, _, digits = text.partition(".")
    digits = digits.ljust(3, "0")
    return f"{head}.{digits if digits[3:].strip('0') else digits[:3]}Z"


def main():
    times = {
        "ms": [0, 1_700_000_000_123, -1, None],
        "us": [1_700_000_000_123_456, 1_700_000_000_123_000, -1, None],
        "ns": [1_700_000_000_123_456_789, 1_700_000_000_000_000_000, -1, None],
    }
    integers = {
        "int64": [2**53 + 1, -(2**63), 7, None],
        "uint64": [2**64 - 1, 2**53, 7, None],
    }
    table = pa.table(
        {unit: pa.array(values, pa.timestamp(unit)) for unit, values in times.items()}
        | {name: pa.array(values, getattr(pa, name)()) for name, values in integers.items()}
    )
    pq.write_table(table, OUT / "parquet-values.parquet", version="2.6")
    golden = {unit: [iso(value, unit) for value in values] for unit, values in times.items()}
    golden |= {name: [None if value is None else str(value) for value in values] for name, values in integers.items()}
    (OUT / "parquet-values.json").write_text(json.dumps(golden, indent=1) + "\n")

    bad = pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(numpy.array([0, 4, 8], "int32").tobytes()), pa.py_buffer(b"finecaf\xe9")])
    pq.write_table(pa.table({"text": bad}), OUT / "parquet-not-utf8.parquet")


main()
