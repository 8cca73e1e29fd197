"""scikit-learn's logistic regression on the features that few-rows.ts writes: python few_rows.py FOLDER"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler


def calibration_error(probabilities, labels, bins=15):
    sure = probabilities.max(1)
    right = probabilities.argmax(1) == labels
    places = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    gaps = [abs(right[places == b].sum() - sure[places == b].sum()) for b in range(bins)]
    return sum(gaps) / len(labels)


def main(folder):
    def read(name, dtype):
        return np.fromfile(folder / name, dtype=dtype)

    labels, expected = read("train.i32", np.int32), read("test.i32", np.int32)
    features = read("train.f32", np.float32).reshape(len(labels), -1).astype(np.float64)
    unseen = read("test.f32", np.float32).reshape(len(expected), -1).astype(np.float64)
    arms = {
        "scikit-learn": LogisticRegression(max_iter=1000),
        "scikit-learn, StandardScaler": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        "scikit-learn, Normalizer": make_pipeline(Normalizer(), LogisticRegression(max_iter=1000)),
        "scikit-learn, LogisticRegressionCV": LogisticRegressionCV(
            cv=5, scoring="neg_log_loss", max_iter=1000, use_legacy_attributes=True
        ),
    }
    scores = {}
    for name, model in arms.items():
        start = time.perf_counter()
        probabilities = model.fit(features, labels).predict_proba(unseen)
        scores[name] = {
            "accuracy": float((probabilities.argmax(1) == expected).mean()),
            "loss": float(log_loss(expected, probabilities)),
            "calibration": float(calibration_error(probabilities, expected)),
            "seconds": time.perf_counter() - start,
        }
    print(json.dumps(scores))


main(Path(sys.argv[1]))
