"""Solved heads: python test/reference/training_logistic.py

Writes test/fixtures/training/logistic.json: scikit-learn's logistic regression on the same features, its strength C given
and chosen by cross-validation, for several classes, two classes, class weights, and one regression a class.
"""

import warnings

import numpy as np
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.model_selection import PredefinedSplit, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from training_optimizers import write

# The default solver stops short of the minimum on features of such different scales.
SOLVER = {"solver": "newton-cholesky", "tol": 1e-9, "max_iter": 1000}
GRID = np.logspace(-4, 4, 10)


def layer(fit):
    return {"weight": fit.coef_.ravel().tolist(), "bias": fit.intercept_.tolist()}


def unscaled(pipeline):
    """The regression of a pipeline with a StandardScaler, for features as they are."""
    scaler, fit = pipeline[0], pipeline[-1]
    weight = fit.coef_ / scaler.scale_
    return {"weight": weight.ravel().tolist(), "bias": (fit.intercept_ - weight @ scaler.mean_).tolist()}


def main():
    warnings.simplefilter("ignore", FutureWarning)
    generator = np.random.default_rng(29)
    rows, size, classes = 45, 12, 3
    centres = 0.6 * generator.standard_normal((classes, size))
    labels = np.arange(rows) % classes
    labels[:6] = 2
    # float32, as an encoder gives them; far from mean 0 and deviation 1
    features = (3 + 0.5 * (centres[labels] + generator.standard_normal((rows, size)))).astype(np.float32)
    features[:, 3] *= 20
    features = features.astype(np.float64)
    flags = np.stack([labels == 0, labels != 1, generator.random(rows) < 0.3], axis=1).astype(int)
    weights = {0: 0.5, 1: 1.0, 2: 4.0}
    binary = labels == 2

    folds = np.zeros(rows, dtype=int)
    for fold, (_, unseen) in enumerate(StratifiedKFold(5, shuffle=True, random_state=3).split(features, labels)):
        folds[unseen] = fold
    standardized = StandardScaler().fit_transform(features)
    cv = LogisticRegressionCV(
        Cs=GRID, cv=PredefinedSplit(folds), scoring="neg_log_loss", use_legacy_attributes=True, **SOLVER
    ).fit(standardized, labels)
    # Folds have 9 rows each, so the mean of their means is the mean over rows.
    losses = -cv.scores_[cv.classes_[0]].mean(axis=0)

    given = {
        str(C): layer(LogisticRegression(C=C, **SOLVER).fit(features, labels)) for C in (0.01, 1.0, 100.0)
    }
    write(
        "logistic.json",
        {
            "features": features.ravel().tolist(),
            "size": size,
            "labels": labels.tolist(),
            "flags": flags.tolist(),
            "folds": folds.tolist(),
            "given": given,
            "binary": layer(LogisticRegression(C=2.0, **SOLVER).fit(features, binary)),
            "classWeights": list(weights.values()),
            "weighted": layer(LogisticRegression(C=1.0, class_weight=weights, **SOLVER).fit(features, labels)),
            "oneVsRest": [layer(LogisticRegression(C=1.0, **SOLVER).fit(features, flag)) for flag in flags.T],
            "standardized": unscaled(
                make_pipeline(StandardScaler(), LogisticRegression(C=1.0, **SOLVER)).fit(features, labels)
            ),
            "crossValidated": {"grid": GRID.tolist(), "losses": losses.tolist(), "C": float(cv.C_[0])},
        },
    )


if __name__ == "__main__":
    main()
