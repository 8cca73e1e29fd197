"""DeBERTa v2's logarithmic position buckets: python test/reference/models_log_buckets.py

Writes test/fixtures/models/log-buckets.json: the bucket of every distance 0 ... positions - 1.
"""

import json

import torch
from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position

from models_common import FIXTURES

SIZES = [(256, 512), (8, 32), (32, 128), (320, 640)]  # the first is that of every published checkpoint


def main():
    golden = []
    for buckets, positions in SIZES:
        expected = make_log_bucket_position(torch.arange(positions), buckets, positions)
        golden.append({"buckets": buckets, "positions": positions, "expected": expected.long().tolist()})
    lines = ",\n".join(json.dumps(each) for each in golden)
    (FIXTURES / "log-buckets.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
