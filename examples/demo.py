"""
Human or machine: both classifiers on recorded mouse movements
===============================================================

Trains the Forward-Forward classifier and its backpropagation baseline to tell 2,356 recorded human
mouse movements from synthetic ones, and prints how well each does on movements that it has not
seen. The synthetic ones are made of the human ones' strokes (the Sigma-Lognormal model), perturbed,
on the same clock and the same pixels, so that only the movement can give them away. The default
perturbation is a coarse one, so that there is something to learn in two minutes; with
``--strength 1``, which a random forest on fifty features hardly tells from human either, neither
does better than chance. A synthetic movement and its source always fall on the same side of a
split.
"""

import argparse
import time
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements
from sklearn_ffrnn.sigma_lognormal import make_evaluation_set


def evaluate(name, classifier, X, y, source, n_folds):
    """Return one row of the table, and the model of the last fold."""
    scores = []
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=0)
    for fold, (train, test) in enumerate(folds.split(X, y, source), start=1):
        model = make_pipeline(VelocityTransformer(), classifier)
        started = time.perf_counter()
        model.fit([X[i] for i in train], y[train])
        decision = model.decision_function([X[i] for i in test])
        epochs = model[-1].history_
        scores.append(
            {
                "AUC": roc_auc_score(y[test], decision),
                "accuracy": accuracy_score(y[test], decision > 0),
                "epochs": len(epochs),
                "s/epoch": np.mean([epoch["dur"] for epoch in epochs]),
            }
        )
        print(
            f"  {name} fold {fold}/{n_folds}: AUC {scores[-1]['AUC']:.4f} "
            f"after {time.perf_counter() - started:.0f} s",
            flush=True,
        )
    return pd.DataFrame(scores).mean().rename(name), model


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movements", type=int, default=None, help="use only the first N")
    parser.add_argument("--strength", type=float, default=8.0, help="of the perturbation")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10, help="at most")
    parser.add_argument("--output", type=Path, default=Path("demo_output"))
    options = parser.parse_args()

    human = load_mouse_movements().data[: options.movements]
    X, y, source = make_evaluation_set(human, strength=options.strength, random_state=0, verbose=1)
    print(f"{(y == 1).sum()} human and {(y == 0).sum()} synthetic mouse movements")
    settings = {"max_iter": options.epochs, "random_state": 0}
    rows = []
    for name, classifier in {
        "FF": FFRNNClassifier(**settings),
        "BPTT": BPTTRNNClassifier(**settings),
    }.items():
        row, model = evaluate(name, classifier, X, y, source, options.folds)
        rows.append(row)
        if name == "FF":
            options.output.mkdir(exist_ok=True)
            path = options.output / "ff_mouse.joblib"
            joblib.dump(model, path)

    table = pd.DataFrame(rows)
    table["epochs"] = table["epochs"].round(1)
    print(f"\n{options.folds}-fold cross-validation, split by source")
    print(table.to_string(float_format=lambda value: f"{value:.3f}"))
    print(f"\nThe last FF pipeline is saved in {path}; use it with joblib.load and predict_proba.")


if __name__ == "__main__":
    main()
