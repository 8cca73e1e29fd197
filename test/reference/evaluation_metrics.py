"""Scores of scikit-learn and scipy for test/evaluation, written to test/fixtures/evaluation/metrics.json.

Run from the repository's root: python test/reference/evaluation_metrics.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.special import expit, log_softmax, softmax
from scipy.stats import binomtest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_recall_fscore_support,
)

BINS = 15


def round_logits(values):
    """Few decimals keep the file small; float32 is what the product holds."""
    return np.round(values, 3).astype(np.float32)


def calibration(probabilities, labels):
    """Expected calibration error over bins (a, b], and the bins' rows, mean confidence and accuracy."""
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    edges = np.linspace(0, 1, BINS + 1)
    bins, error = [], 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            bins.append([int(inside.sum()), confidence[inside].mean(), right[inside].mean()])
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
        else:
            bins.append([0, None, None])
    return error, bins


def score(name, logits, labels):
    classes = logits.shape[1]
    everything = range(classes)
    probabilities = softmax(logits.astype(np.float64), axis=1)
    predictions = logits.argmax(axis=1)
    per_class = precision_recall_fscore_support(labels, predictions, labels=everything, zero_division=0)
    macro = precision_recall_fscore_support(labels, predictions, average="macro", zero_division=0)
    error, bins = calibration(probabilities, labels)
    # log_loss clips at the smallest step of a double; where it would, only the exact value is recorded.
    exact = -log_softmax(logits.astype(np.float64), axis=1)[np.arange(len(labels)), labels]
    loss = log_loss(labels, probabilities, labels=everything) if exact.max() < 30 else exact.mean()
    assert abs(loss - exact.mean()) < 1e-9, (name, loss, exact.mean())
    return {
        "name": name,
        "classes": classes,
        "logits": [round(float(v), 3) for v in logits.ravel()],
        "labels": labels.tolist(),
        "predictions": predictions.tolist(),
        "accuracy": accuracy_score(labels, predictions),
        "loss": loss,
        "macroPrecision": macro[0],
        "macroRecall": macro[1],
        "macroF1": f1_score(labels, predictions, average="macro", zero_division=0),
        "microF1": f1_score(labels, predictions, average="micro", zero_division=0),
        "weightedF1": f1_score(labels, predictions, average="weighted", zero_division=0),
        "precision": per_class[0].tolist(),
        "recall": per_class[1].tolist(),
        "f1": per_class[2].tolist(),
        "support": per_class[3].tolist(),
        "confusion": confusion_matrix(labels, predictions, labels=everything).tolist(),
        "calibrationError": error,
        "bins": bins,
    }


def informative(rng, rows, classes, strength):
    labels = rng.integers(0, classes, rows)
    logits = rng.normal(0, 1.5, (rows, classes))
    logits[np.arange(rows), labels] += strength
    return round_logits(logits), labels


def reports():
    rng = np.random.default_rng(7)
    four, four_labels = informative(rng, 120, 4, 2.0)
    yield score("four classes", four, four_labels)
    two, two_labels = informative(rng, 60, 2, 1.0)
    yield score("two classes", two, two_labels)

    absent, absent_labels = informative(rng, 50, 5, 1.0)
    absent_labels[absent_labels == 2] = 0  # never a label, sometimes predicted
    absent_labels[absent_labels == 4] = 1  # never a label
    absent[:, 4] = -20  # and never predicted
    absent[:, 3] = -20  # a label, never predicted: precision has no denominator
    yield score("absent classes", absent, absent_labels)

    ties = round_logits(rng.integers(-1, 2, (40, 3)).astype(float))
    ties[:5] = 0
    yield score("ties", ties, rng.integers(0, 3, 40))

    yield score("one class for everything", round_logits(np.tile([0.5, 0.1, 0.2], (30, 1))), rng.integers(0, 3, 30))
    yield score("all wrong", round_logits(np.eye(3)[[0, 1, 2] * 4] * 4), np.array([1, 2, 0] * 4))
    yield score("all right", round_logits(np.eye(3)[[0, 1, 2] * 4] * 4), np.array([0, 1, 2] * 4))
    yield score("one row", round_logits(np.array([[0.25, -1.5]])), np.array([1]))
    yield score("huge logits", round_logits(rng.normal(0, 1, (20, 3)) * 1e4), rng.integers(0, 3, 20))


def binary():
    rng = np.random.default_rng(11)
    labels = rng.integers(0, 2, 50)
    values = round_logits(rng.normal(0, 2, 50) + 2 * labels - 1)
    values[3] = 0
    probabilities = expit(values.astype(np.float64))
    predictions = (values > 0).astype(int)
    return {
        "logits": [round(float(v), 3) for v in values],
        "labels": labels.tolist(),
        "predictions": predictions.tolist(),
        "probabilities": probabilities.tolist(),
        "accuracy": accuracy_score(labels, predictions),
        "loss": log_loss(labels, probabilities),
        "f1": f1_score(labels, predictions),
        "macroF1": f1_score(labels, predictions, average="macro"),
    }


def baselines():
    for counts, labels in [
        ([10, 30, 20], [0, 1, 1, 2, 2, 2, 0, 1]),
        ([5, 5], [0, 1, 1]),  # a tie
        ([0, 7, 3], [2, 2, 0, 2]),  # the most frequent class is absent from the split
        ([4, 0], [0, 0, 0]),
    ]:
        train = np.repeat(np.arange(len(counts)), counts)
        dummy = DummyClassifier(strategy="most_frequent").fit(np.zeros((len(train), 1)), train)
        predictions = dummy.predict(np.zeros((len(labels), 1)))
        yield {
            "trainLabelCounts": counts,
            "labels": labels,
            "label": int(predictions[0]),
            "accuracy": accuracy_score(labels, predictions),
            "macroF1": f1_score(labels, predictions, average="macro", zero_division=0),
        }


def mcnemar():
    for first, second in [(0, 0), (1, 0), (0, 5), (6, 6), (12, 4), (25, 41), (310, 262), (1900, 1700), (900, 100)]:
        p = binomtest(min(first, second), first + second, 0.5).pvalue if first + second else 1.0
        yield {"onlyFirstRight": first, "onlySecondRight": second, "pValue": p}


def bootstrap():
    """Quantiles of the difference over resamples: its distribution is the n-fold convolution of one row's."""
    for rows, first, second, level in [
        (10, 3, 1, 0.95),
        (380, 25, 14, 0.95),
        (380, 25, 14, 0.8),
        (1000, 90, 90, 0.99),
        (7600, 310, 262, 0.95),
        (50, 50, 0, 0.95),
        (50, 30, 20, 0.9),
    ]:
        row = np.array([second, rows - first - second, first]) / rows
        distribution = np.array([1.0])
        for bit in bin(rows)[2:]:
            distribution = np.convolve(distribution, distribution)
            if bit == "1":
                distribution = np.convolve(distribution, row)
        assert len(distribution) == 2 * rows + 1 and abs(distribution.sum() - 1) < 1e-9
        cumulative = np.cumsum(distribution)
        tail = (1 - level) / 2
        low, high = (int(np.argmax(cumulative >= q)) - rows for q in (tail, 1 - tail))
        # The same by actually resampling, to see that the convolution is the bootstrap.
        draws = np.random.default_rng(3).multinomial(rows, row, 200_000)
        sampled = np.quantile(draws[:, 2] - draws[:, 0], [tail, 1 - tail], method="inverted_cdf")
        assert np.abs(sampled - [low, high]).max() <= 2, (rows, sampled, low, high)
        yield {
            "rows": rows,
            "onlyFirstRight": first,
            "onlySecondRight": second,
            "level": level,
            "low": low / rows,
            "high": high / rows,
        }


def wilson():
    for successes, trials in [(0, 10), (10, 10), (3, 7), (348, 380), (6900, 7600)]:
        interval = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
        yield {"successes": successes, "trials": trials, "low": interval.low, "high": interval.high}


golden = {
    "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
    "reports": list(reports()),
    "binary": binary(),
    "baselines": list(baselines()),
    "mcnemar": list(mcnemar()),
    "bootstrap": list(bootstrap()),
    "wilson": list(wilson()),
}
path = Path("test/fixtures/evaluation/metrics.json")
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes")
