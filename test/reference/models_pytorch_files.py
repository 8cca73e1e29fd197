"""Files that torch.save writes: python test/reference/models_pytorch_files.py

Writes test/fixtures/models/pytorch-files: the same tensors as the zip file that PyTorch writes today and as the row
of pickles that it wrote before 1.6, with their values in tensors.json; files that must be refused; and the folder
test/fixtures/models/deberta-pytorch, the classifier of "deberta" as pytorch_model.bin in two shards.
"""

import json
import shutil
from collections import OrderedDict

import torch
from safetensors.torch import load_file

from models_common import FIXTURES

FOLDER = FIXTURES / "pytorch-files"


class Call:
    """Pickles as a call, as an attack would."""

    def __reduce__(self):
        return print, ("this ran",)


def tensors():
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 8 - 1
    return OrderedDict(
        f32=base,
        parameter=torch.nn.Parameter(base[0].clone()),
        f16=torch.tensor([[0.1, -65504, 6e-8], [1, 0, -2]], dtype=torch.float16),
        bf16=torch.tensor([0.1, -3e38, 1e-38, 7], dtype=torch.bfloat16),
        shared_part=base[1, 1:],
        transposed=base.permute(2, 0, 1),
        every_other=base[:, ::2, 1::2],
        f16_column=torch.arange(12, dtype=torch.float16).reshape(4, 3)[:, 1],
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        many=torch.arange(300, dtype=torch.float32),
    )


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    values = tensors()
    expected = {name: {"shape": list(t.shape), "values": t.float().flatten().tolist()} for name, t in values.items()}
    (FOLDER / "tensors.json").write_text(json.dumps(expected) + "\n")
    values["position_ids"] = torch.arange(4)
    values["f64"] = torch.ones(2, dtype=torch.float64)
    values._metadata = {"": {"version": 1}}  # as a module's state_dict has
    torch.save(values, FOLDER / "archive.bin")
    torch.save(values, FOLDER / "before-1.6.bin", _use_new_zipfile_serialization=False)
    torch.save({"weight": Call()}, FOLDER / "call.bin")
    torch.save(torch.ones(2), FOLDER / "no-dictionary.bin")

    source, target = FIXTURES / "deberta", FIXTURES / "deberta-pytorch"
    target.mkdir(exist_ok=True)
    shutil.copy(source / "config.json", target)
    weights = load_file(source / "model.safetensors")
    shards = {"pytorch_model-00001-of-00002.bin": {}, "pytorch_model-00002-of-00002.bin": {}}
    for name, tensor in weights.items():
        shards["pytorch_model-0000{}-of-00002.bin".format(1 if "embeddings" in name else 2)][name] = tensor
    for file, part in shards.items():
        torch.save(part, target / file)
    index = {"metadata": {}, "weight_map": {name: file for file, part in shards.items() for name in part}}
    (target / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    main()
