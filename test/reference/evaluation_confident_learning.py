"""Label errors that cleanlab finds, for test/evaluation, written to test/fixtures/evaluation/confident-learning.json.

Run from the repository's root: python test/reference/evaluation_confident_learning.py
"""

import json
from pathlib import Path

import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues
from scipy.special import softmax


def case(name, rows, prior, signal, flips, seed):
    """Logits that know the true class more or less, and labels of which some are flipped."""
    rng = np.random.default_rng(seed)
    classes = len(prior)
    true = rng.choice(classes, rows, p=prior)
    given = true.copy()
    flipped = rng.choice(rows, round(flips * rows), replace=False)
    given[flipped] = (given[flipped] + rng.integers(1, classes, len(flipped))) % classes
    assert len(np.unique(given)) == classes
    logits = rng.normal(0, 1, (rows, classes))
    logits[np.arange(rows), true] += signal
    logits = np.round(logits, 3).astype(np.float32)
    probabilities = softmax(logits.astype(np.float64), axis=1)

    thresholds = get_confident_thresholds(given, probabilities)
    by_hand = [probabilities[given == k, k].mean() for k in range(classes)]
    np.testing.assert_allclose(thresholds, by_hand, atol=1e-12)
    joint = compute_confident_joint(given, probabilities, calibrate=False)
    errors = find_label_issues(
        given,
        probabilities,
        return_indices_ranked_by="normalized_margin",
        filter_by="confident_learning",
        min_examples_per_class=0,
        n_jobs=1,
    )
    return {
        "name": name,
        "classes": classes,
        "logits": [float(value) for value in logits.ravel()],
        "labels": given.tolist(),
        "thresholds": thresholds.tolist(),
        "joint": joint.tolist(),
        "errors": errors.tolist(),
        "suggested": probabilities.argmax(axis=1)[errors].tolist(),
    }


cases = [
    case("balanced", 240, [0.25] * 4, 3, 0.08, seed=1),
    case("skewed", 240, [0.8, 0.15, 0.05], 2, 0.1, seed=2),
    case("two classes", 120, [0.6, 0.4], 2.5, 0.05, seed=3),
    case("a model that knows little", 160, [0.4, 0.3, 0.3], 0.5, 0.1, seed=4),
]
path = Path("test/fixtures/evaluation/confident-learning.json")
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
for entry in cases:
    off = np.array(entry["joint"])
    print(entry["name"], len(entry["errors"]), "errors,", int(off.sum() - np.trace(off)), "off the diagonal")
