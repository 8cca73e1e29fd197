"""Golden values of torch's CPU generator and of DataLoader's order: writes test/fixtures/random/torch.json."""

import json
import pathlib

import torch
from torch.utils.data import DataLoader


def generator(seed):
    return torch.Generator().manual_seed(seed)


def sequence(seed):
    """Many kinds of draws from one generator: each starts where the one before it stopped."""
    g = generator(seed)
    draws = []

    def draw(method, *arguments):
        value = {
            "rand": lambda n: torch.rand(n, generator=g).tolist(),
            "uniform": lambda n, low, high: torch.empty(n).uniform_(low, high, generator=g).tolist(),
            "randperm": lambda n: torch.randperm(n, generator=g).tolist(),
            "normal": lambda n, mean, std: torch.empty(n).normal_(mean, std, generator=g).tolist(),
            "random64": lambda: str(torch.empty((), dtype=torch.int64).random_(generator=g).item()),
        }[method](*arguments)
        draws.append({"method": method, "arguments": list(arguments), "value": value})

    draw("rand", 5)
    draw("randperm", 10)
    draw("uniform", 40, -0.036, 0.036)
    draw("uniform", 7, 2.5, 3.75)
    draw("normal", 3, 0.0, 1.0)
    draw("random64")
    draw("normal", 4, 1.0, 0.5)
    draw("normal", 16, 0.0, 1.0)
    draw("normal", 50, 0.0, 0.02)
    draw("normal", 15, 0.0, 0.02)
    draw("randperm", 1)
    draw("randperm", 700)
    draw("random64")
    return {"seed": str(seed), "draws": draws}


def epochs(rows, batch_size, seed, count, drop_last=False):
    loader = DataLoader(
        list(range(rows)), batch_size=batch_size, shuffle=True, drop_last=drop_last, generator=generator(seed)
    )
    return {
        "rows": rows,
        "seed": seed,
        "batchSize": batch_size,
        "epochs": [[row for batch in loader for row in batch.tolist()] for _ in range(count)],
    }


torch.manual_seed(42)
linear = torch.nn.Linear(768, 4)

result = {
    "torch": torch.__version__,
    "sequences": [sequence(seed) for seed in (0, 42, 2**32 + 42, 2**63 + 11)],
    "linear": {
        "weightHead": linear.weight[0, :8].tolist(),
        "weightTail": linear.weight[3, -8:].tolist(),
        "bias": linear.bias.tolist(),
    },
    "loaders": [
        epochs(37, 8, 42, 4),
        epochs(32, 8, 7, 3),
        epochs(1, 8, 3, 2),
        epochs(100, 64, 42, 3),
        epochs(37, 8, 42, 3, drop_last=True),
    ],
}
path = pathlib.Path(__file__).parent.parent / "fixtures/random/torch.json"
path.write_text(json.dumps(result))
