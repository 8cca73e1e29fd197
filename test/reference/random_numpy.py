"""Golden values of numpy's default_rng: writes test/fixtures/random/numpy.json."""

import json
import pathlib

import numpy

SEEDS = [0, 7, 42, 2**32 + 5, 2**63, 2**100 + 3, 10**50 + 1]

goldens = []
for seed in SEEDS:
    generator = numpy.random.default_rng(seed)
    lengths = [1, 2, 10, 257, 1000, 33]
    goldens.append(
        {"seed": str(seed), "permutations": [generator.permutation(n).tolist() for n in lengths]}
    )

choices = []
for seed in SEEDS[:4]:
    generator = numpy.random.default_rng(seed)
    draws = [(1, 1), (2, 1), (7, 3), (12, 12), (100, 60), (10_000, 400), (10_001, 201)]
    choices.append(
        {
            "seed": str(seed),
            "draws": [
                {"n": n, "size": size, "chosen": generator.choice(n, size, replace=False).tolist()}
                for n, size in draws
            ],
        }
    )

large = numpy.random.default_rng(42).permutation(120_000)
result = {
    "numpy": numpy.__version__,
    "sequences": goldens,
    "choices": choices,
    "large": {
        "seed": 42,
        "n": 120_000,
        "head": large[:100].tolist(),
        "tail": large[-100:].tolist(),
        # Depends on every position, and fits a double exactly.
        "checksum": int((large.astype("int64") * (numpy.arange(120_000) + 1) % 1_000_003).sum()),
    },
}
path = pathlib.Path(__file__).parent.parent / "fixtures/random/numpy.json"
path.write_text(json.dumps(result))
