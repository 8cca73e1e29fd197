"""Scores of scikit-learn on sets of classes for test/evaluation, written to test/fixtures/evaluation/multi-label.json.

Run from the repository's root: python test/reference/evaluation_multi_label.py
"""

import json
import warnings
from pathlib import Path

import numpy as np
import sklearn
from scipy.special import expit
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    hamming_loss,
    log_loss,
    precision_recall_curve,
    precision_recall_fscore_support,
)

warnings.simplefilter("ignore")


def averages(truth, predictions, average):
    return precision_recall_fscore_support(truth, predictions, average=average, zero_division=0)[:3]


def best_f1(truth, probabilities):
    """The largest F1 that any threshold gives, for every class."""
    best = []
    for labels, scores in zip(truth.T, probabilities.T):
        precision, recall, _ = precision_recall_curve(labels, scores)
        total = precision + recall
        best.append(float(np.max(2 * precision * recall / np.where(total == 0, 1, total))) if labels.any() else 0.0)
    return best


def report(name, logits, truth, thresholds):
    probabilities = expit(logits.astype(np.float64))
    predictions = (probabilities > np.array(thresholds)).astype(int)
    per_class = precision_recall_fscore_support(truth, predictions, average=None, zero_division=0)
    losses = [log_loss(labels, scores, labels=[0, 1]) for labels, scores in zip(truth.T, probabilities.T)]
    micro, macro = averages(truth, predictions, "micro"), averages(truth, predictions, "macro")
    every = np.ones_like(truth)
    return {
        "name": name,
        "classes": truth.shape[1],
        "logits": [round(float(v), 3) for v in logits.ravel()],
        "labels": truth.ravel().tolist(),
        "thresholds": thresholds,
        "predictions": predictions.ravel().tolist(),
        "accuracy": accuracy_score(truth, predictions),
        "hammingLoss": hamming_loss(truth, predictions),
        "loss": float(np.mean(losses)),
        "microPrecision": micro[0],
        "microRecall": micro[1],
        "microF1": micro[2],
        "macroPrecision": macro[0],
        "macroRecall": macro[1],
        "macroF1": macro[2],
        "weightedF1": f1_score(truth, predictions, average="weighted", zero_division=0),
        "samplesF1": f1_score(truth, predictions, average="samples", zero_division=0),
        "precision": per_class[0].tolist(),
        "recall": per_class[1].tolist(),
        "f1": per_class[2].tolist(),
        "support": per_class[3].tolist(),
        "bestF1": best_f1(truth, probabilities),
        "everyClass": {
            "accuracy": accuracy_score(truth, every),
            "macroF1": f1_score(truth, every, average="macro", zero_division=0),
            "microF1": f1_score(truth, every, average="micro", zero_division=0),
        },
    }


def drawn(rng, rows, shares, strength):
    truth = (rng.random((rows, len(shares))) < shares).astype(int)
    logits = rng.normal(-1, 1.5, truth.shape) + strength * truth
    return np.round(logits, 3).astype(np.float32), truth


def main():
    rng = np.random.default_rng(11)
    logits, truth = drawn(rng, 80, [0.5, 0.3, 0.1, 0.02], 2.0)
    cases = [
        report("four classes", logits, truth, [0.5] * 4),
        report("a threshold each", logits, truth, [0.3, 0.6, 0.25, 0.1]),
    ]
    absent = truth.copy()
    absent[:, 1] = 0
    cases.append(report("a class that no row has", logits, absent, [0.5] * 4))
    silent = logits.copy()
    silent[:, 0] = -4
    cases.append(report("a class that is never predicted", silent, truth, [0.5] * 4))
    cases.append(report("nothing is predicted", np.full_like(logits, -3), truth, [0.5] * 4))
    cases.append(report("logits that are all alike", np.full_like(logits, 0.5), truth, [0.5] * 4))
    right = np.where(truth == 1, 6, -6).astype(np.float32)
    cases.append(report("all right", right, truth, [0.5] * 4))
    text = json.dumps({"versions": {"scikit-learn": sklearn.__version__}, "reports": cases})
    Path("test/fixtures/evaluation/multi-label.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
