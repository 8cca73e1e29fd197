"""Opens a folder that `textune export` wrote in the tools that it is for, and compares their answers with textune's.

    textune predict RUN --json < texts.txt > answers.jsonl
    python test/reference/export_consumers.py FOLDER answers.jsonl [--allowed 0.15]

Each line of the answers is what `textune predict --json` prints: the text (and pair) and the probability of every class.
ONNX Runtime is given each file with what transformers' tokenizer makes of the text; optimum and transformers' pipeline
open each file too, where optimum is installed. Prints the largest difference of a probability for each file and tool,
and fails where float32 differs by more than 1e-4, or another precision by more than is allowed.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from transformers import AutoTokenizer, pipeline

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
parser.add_argument("answers", type=Path)
parser.add_argument("--allowed", type=float, default=0.15)
arguments = parser.parse_args()

config = json.loads((arguments.folder / "config.json").read_text())
labels = [config["id2label"][str(i)] for i in range(len(config["id2label"]))]
several = config["problem_type"] == "multi_label_classification"
answers = [json.loads(line) for line in arguments.answers.read_text().splitlines()]
expected = np.array([[answer["scores"][label] for label in labels] for answer in answers])
tokenizer = AutoTokenizer.from_pretrained(arguments.folder)


def probabilities(logits):
    if several:
        return 1 / (1 + np.exp(-logits))
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def with_onnxruntime(path):
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [one.name for one in session.get_inputs()]
    assert [one.name for one in session.get_outputs()] == ["logits"]
    for answer in answers:
        texts = [answer["text"]] + ([answer["pair"]] if "pair" in answer else [])
        tokens = tokenizer(*texts, truncation=True, return_token_type_ids=True, return_tensors="np")
        feeds = {name: tokens[name].astype(np.int64) for name in names}
        yield probabilities(session.run(["logits"], feeds)[0][0])


def with_optimum(path):
    from optimum.onnxruntime import ORTModelForSequenceClassification

    model = ORTModelForSequenceClassification.from_pretrained(arguments.folder, subfolder="onnx", file_name=path.name)
    classify = pipeline("text-classification", model=model, tokenizer=tokenizer)
    for answer in answers:
        inputs = {"text": answer["text"], **({"text_pair": answer["pair"]} if "pair" in answer else {})}
        found = classify(inputs, top_k=None, truncation=True)
        scores = {one["label"]: one["score"] for one in (found[0] if isinstance(found[0], list) else found)}
        yield [scores[label] for label in labels]


try:
    import optimum.onnxruntime  # noqa: F401

    tools = [with_onnxruntime, with_optimum]
except ImportError:
    print("optimum: not installed (optimum-onnx)")
    tools = [with_onnxruntime]

failed = False
for path in sorted((arguments.folder / "onnx").glob("*.onnx")):
    allowed = 1e-4 if path.name == "model.onnx" else arguments.allowed
    for tool in tools:
        given = np.array(list(tool(path)))
        difference = np.abs(given - expected).max()
        if several:
            agreement = ((given > 0.5) == (expected > 0.5)).all(axis=1).mean()
        else:
            agreement = (given.argmax(axis=1) == expected.argmax(axis=1)).mean()
        failed |= difference > allowed
        print(f"{path.name:24} {tool.__name__:18} largest difference {difference:.2e}  same answer {agreement:.1%}")
sys.exit(1 if failed else 0)
