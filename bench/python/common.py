"""Shared by the PyTorch side of the benchmarks: data, tokens, the machine's matrix-multiply limit, memory."""

import json
import platform
import resource
import statistics
import time
from pathlib import Path

import pandas
import torch
import transformers
from torch import nn
from transformers import AutoTokenizer, BertTokenizerFast

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


class LinearOnCls(nn.Module):
    """The notebooks' classifier: one linear layer on the encoder's first hidden state, no dropout after it."""

    def __init__(self, encoder, classes):
        super().__init__()
        self.encoder = encoder
        self.classifier = nn.Linear(encoder.config.hidden_size, classes)

    def forward(self, batch):
        return self.classifier(self.encoder(**batch).last_hidden_state[:, 0])


def read_csv(path):
    return pandas.read_csv(path, keep_default_na=False)


def load_tokenizer(folder):
    """The tokenizer.json in `folder`, free of the truncation and padding that some checkpoints store in it."""
    if (Path(folder) / "tokenizer_config.json").exists():
        tokenizer = AutoTokenizer.from_pretrained(folder)
    else:
        tokenizer = BertTokenizerFast(tokenizer_file=str(Path(folder) / "tokenizer.json"))
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    return tokenizer


def median_seconds(run, count, warm_up):
    """Seconds of each of `count` calls of `run(i)`, after `warm_up` calls that are not timed."""
    times = []
    for index in range(warm_up + count):
        start = time.perf_counter()
        run(index)
        if index >= warm_up:
            times.append(time.perf_counter() - start)
    return {"median": statistics.median(times), "mean": statistics.fmean(times), "all": times}


def gemm_gflops(size=2048, repeats=7):
    """GFLOP/s of a plain f32 matrix product, the limit that a training step is held against."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    out = torch.empty(size, size)
    seconds = median_seconds(lambda _: torch.mm(a, b, out=out), repeats, warm_up=2)
    return 2 * size**3 / seconds["median"] / 1e9


def encoder_gflop(config, batch, length, backward):
    """Matrix-multiply work of a plain transformer encoder, 1e9 operations; a backward pass is twice a forward.

    The same count for every architecture: DeBERTa's relative-position products are not in it, so that its
    rate says what they cost.
    """
    hidden = config.hidden_size
    feed_forward = getattr(config, "intermediate_size", None) or config.hidden_dim
    projections = 2 * batch * length * (4 * hidden * hidden + 2 * hidden * feed_forward)
    attention = 4 * batch * length * length * hidden
    forward = config.num_hidden_layers * (projections + attention)
    return (3 if backward else 1) * forward / 1e9


def peak_memory_bytes():
    """High-water mark of this process."""
    scale = 1 if platform.system() == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def environment():
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "threads": torch.get_num_threads(),
        "platform": platform.platform(),
    }


def print_result(result):
    print(json.dumps({**result, "peakMemory": peak_memory_bytes(), "environment": environment()}, indent=1))
