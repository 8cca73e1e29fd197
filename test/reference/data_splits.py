"""Row choices of Hugging Face `datasets`: shuffle, train_test_split and split slicing.

Writes test/fixtures/data/splits.json. Run with `datasets` installed: python test/reference/data_splits.py
"""

import json
import pathlib

import datasets
import numpy
from datasets import Dataset, ReadInstruction
from datasets.arrow_reader import _rel_to_abs_instr

OUT = pathlib.Path(__file__).parents[1] / "fixtures" / "data" / "splits.json"


def rows(n):
    return Dataset.from_dict({"id": list(range(n))})


def shuffles():
    for n, seed in [(10, 7), (1, 3), (100, 0), (257, 42), (1000, 2**40)]:
        yield {"n": n, "seed": seed, "rows": rows(n).shuffle(seed=seed)["id"][:60]}


def splits():
    cases = [
        {"n": 10, "testSize": 0.3, "seed": 42},
        {"n": 101, "testSize": 0.25, "seed": 1},
        {"n": 101, "trainSize": 0.33, "seed": 1},
        {"n": 101, "testSize": 0.1, "trainSize": 0.7, "seed": 5},
        {"n": 50, "testSize": 7, "seed": 9},
        {"n": 50, "testSize": 5, "trainSize": 11, "seed": 9},
        {"n": 33, "seed": 2},
        {"n": 33, "testSize": 0.2, "shuffle": False},
    ]
    for case in cases:
        parts = rows(case["n"]).train_test_split(
            test_size=case.get("testSize"),
            train_size=case.get("trainSize"),
            seed=case.get("seed"),
            shuffle=case.get("shuffle", True),
        )
        yield {**case, "train": parts["train"]["id"][:], "test": parts["test"]["id"][:]}


def stratified():
    """Labels are drawn from few classes with very unequal weights, so that remainders tie in some cases."""
    random = numpy.random.default_rng(0)
    cases = [
        {"labels": [0, 1] * 10, "testSize": 0.2, "seed": 42},
        {"labels": [0] * 15 + [1] * 5 + [2] * 10, "testSize": 0.25, "seed": 3},
        {"labels": [2, 2, 0, 0, 1, 1, 1, 0, 2], "trainSize": 4, "testSize": 4, "seed": 1},
        {"labels": [-1, 0, 1] * 8, "trainSize": 0.5, "seed": 8},
    ]
    for seed in range(24):
        classes = int(random.integers(2, 9))
        weights = random.dirichlet([0.7] * classes)
        labels = random.choice(classes, size=int(random.integers(40, 160)), p=weights).tolist()
        labels = [label for label in labels if labels.count(label) > 1]
        sizes = [{"testSize": 0.2}, {"testSize": 0.37, "trainSize": 0.3}, {"trainSize": 12}]
        cases.append({"labels": labels, **sizes[seed % 3], "seed": seed})
    for case in cases:
        names = [f"class {i}" for i in range(max(case["labels"]) + 1)]
        features = datasets.Features({"id": datasets.Value("int64"), "label": datasets.ClassLabel(names=names)})
        data = {"id": list(range(len(case["labels"]))), "label": case["labels"]}
        parts = Dataset.from_dict(data, features=features).train_test_split(
            test_size=case.get("testSize"),
            train_size=case.get("trainSize"),
            seed=case["seed"],
            stratify_by_column="label",
        )
        yield {**case, "train": parts["train"]["id"][:], "test": parts["test"]["id"][:]}


def slices():
    terms = [
        "[:5%]", "[5%:]", "[10%:15%]", "[-5%:]", "[:-20%]", "[33%:66%]", "[:1%]", "[0%:100%]",
        "[:7]", "[3:9]", "[-4:]", "[:-3]", "[100_0:]", "[5:2]", "[:]", "[-100:-2]", "",
    ]  # fmt: skip
    for n in [1, 7, 10, 50, 99, 101, 250, 7600, 25000]:
        for term in terms:
            instruction = ReadInstruction.from_spec(f"train{term}")._relative_instructions[0]
            absolute = _rel_to_abs_instr(instruction, {"train": n})
            yield {"n": n, "slice": term, "from": absolute.from_, "to": absolute.to}


def main():
    golden = {
        "datasets": datasets.__version__,
        "shuffle": list(shuffles()),
        "trainTestSplit": list(splits()),
        "stratified": list(stratified()),
        "slice": list(slices()),
    }
    lines = [f'"datasets": {json.dumps(golden["datasets"])}']
    for key in ["shuffle", "trainTestSplit", "stratified", "slice"]:
        cases = ",\n".join(json.dumps(case) for case in golden[key])
        lines.append(f'"{key}": [\n{cases}\n]')
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
