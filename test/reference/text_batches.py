"""Golden order of Hugging Face's group_by_length: writes test/fixtures/text/length-grouped.json."""

import json
import pathlib
import random

import torch
from transformers.trainer_pt_utils import get_length_grouped_indices

random.seed(0)


def golden(rows, batch_size, seed):
    # Distinct lengths, so that the longest row is the longest by itself.
    lengths = random.sample(range(3, 3 + 4 * rows), rows)
    generator = torch.Generator().manual_seed(seed)
    order = get_length_grouped_indices(lengths, batch_size, generator=generator)
    return {"seed": seed, "batchSize": batch_size, "lengths": lengths, "order": order}


goldens = [golden(7, 4, 1), golden(100, 4, 42), golden(500, 2, 7), golden(64, 16, 3)]
path = pathlib.Path(__file__).parent.parent / "fixtures/text/length-grouped.json"
path.write_text(json.dumps(goldens))
