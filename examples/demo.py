"""
Human or machine: both classifiers on recorded mouse movements
===============================================================

Trains the Forward-Forward classifier and its backpropagation baseline to tell 1,200 recorded human
mouse movements from synthetic ones, and prints how well each does on movements that were not in
training. The synthetic ones are made from the perturbed strokes of the human ones (the
Sigma-Lognormal model), on the same clock and the same pixels, so that only the movement can give
them away. The default perturbation is coarse, so that there is something to learn in two minutes.
With ``--strength 1`` neither does better than chance; even a random forest on fifty features hardly
does. A synthetic movement and its source always fall on the same side of a split.
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
from sklearn_ffrnn.negatives import make_evaluation_set


def evaluate_fold(name, classifier, X, y, train, test):
    """Return the figures of one fold, and its model."""
    model = make_pipeline(VelocityTransformer(), classifier)
    started = time.perf_counter()
    model.fit([X[i] for i in train], y[train])
    decision = model.decision_function([X[i] for i in test])
    epochs = model[-1].history_
    scores = {
        "AUC": roc_auc_score(y[test], decision),
        "accuracy": accuracy_score(y[test], decision > 0),
        "epochs": len(epochs),
        "s/epoch": np.mean([epoch["dur"] for epoch in epochs]),
    }
    seconds = time.perf_counter() - started
    print(f"  a fold of {name}: AUC {scores['AUC']:.4f} after {seconds:.0f} s", flush=True)
    return scores, model


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--movements", type=int, default=1200, help="of 2,356")
    parser.add_argument("--strength", type=float, default=8.0, help="of the perturbation")
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10, help="at most")
    parser.add_argument("--jobs", type=int, default=2, help="folds at the same time")
    parser.add_argument("--output", type=Path, default=Path("demo_output"))
    options = parser.parse_args()

    human = load_mouse_movements().data[: options.movements]
    X, y, source = make_evaluation_set(human, strength=options.strength, random_state=0, verbose=1)
    print(f"{(y == 1).sum()} human and {(y == 0).sum()} synthetic mouse movements")
    settings = {"max_iter": options.epochs, "random_state": 0}
    classifiers = {"FF": FFRNNClassifier(**settings), "BPTT": BPTTRNNClassifier(**settings)}
    folds = StratifiedGroupKFold(options.folds, shuffle=True, random_state=0)
    splits = list(folds.split(X, y, source))
    rows = {}
    # Folds side by side, one thread each: the matrices are too small to share between threads.
    with joblib.Parallel(n_jobs=options.jobs) as parallel:
        for name, classifier in classifiers.items():
            results = parallel(
                joblib.delayed(evaluate_fold)(name, classifier, X, y, train, test)
                for train, test in splits
            )
            rows[name] = pd.DataFrame([scores for scores, _ in results]).mean()
            if name == "FF":
                options.output.mkdir(exist_ok=True)
                path = options.output / "ff_mouse.joblib"
                joblib.dump(results[-1][1], path)

    table = pd.DataFrame(rows).T
    table["epochs"] = table["epochs"].round(1)
    print(f"\n{options.folds}-fold cross-validation, split by source")
    print(table.to_string(float_format=lambda value: f"{value:.3f}"))
    print(f"\nThe last FF pipeline is saved in {path}; use it with joblib.load and predict_proba.")


if __name__ == "__main__":
    main()
