"""Goodness and objectives of Forward-Forward compared, with a candidate that was not kept.

    python -m examples.benchmarks.bench_objectives --data DIR [--sets dollar-one mobiletouchdb]

AUC by writer of every pair of goodness and objective that FFRNNClassifier offers, at the same
settings otherwise, and of a candidate that did not earn a place in the package: "divergence"
maximises the Jeffreys divergence, KL(p || n) + KL(n || p), of the goodness of positives and
negatives in a batch, each taken as normal, in the place of the comparison of pairs.

Learnt weights on the units of a ReLU layer are no candidate: multiplying a unit's input weights by
s and its output weights by 1/s multiplies its squared activity by s^2, so the layer has them.
"""

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from examples.benchmarks.bench_study_data import load_folds, parse_options
from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.nn._losses import OBJECTIVES, signed_margin, sum_of_class_means

VARIANTS = {  # goodness, objective, threshold; the first is the default
    "log_ratio, symmetric": ("log_ratio", "symmetric", 2.0),
    "log_ratio, logistic": ("log_ratio", "logistic", 2.0),
    "mean, symmetric": ("mean", "symmetric", 2.0),
    "mean, logistic": ("mean", "logistic", 2.0),
    "sum, symmetric": ("sum", "symmetric", 192.0),
    "sum, logistic": ("sum", "logistic", 192.0),
    "log_ratio, divergence": ("log_ratio", "divergence", 2.0),
}


def divergence_objective(goodness, positive, weight, theta_pos, theta_neg):
    """-+ log(1 + J) of normal distributions, anchored at the threshold like "symmetric"."""
    goodness = goodness.per_sequence
    anchor = torch.nn.functional.softplus(-signed_margin(goodness, positive, theta_pos, theta_neg))
    p, n = goodness[positive], goodness[~positive]
    if min(len(p), len(n)) < 2:
        return sum_of_class_means(anchor, positive, weight)
    gap, var_p, var_n = p.mean() - n.mean(), p.var() + 1e-3, n.var() + 1e-3
    jeffreys = 0.5 * ((var_p + gap**2) / var_n + (var_n + gap**2) / var_p) - 1
    return sum_of_class_means(anchor, positive, weight) - gap.sign() * torch.log1p(jeffreys)


def auc_of_fold(variant, X, y, train, test, epochs, seed):
    """Fit one variant on one fold; return the AUC of each number of layers."""
    goodness, objective, threshold = VARIANTS[variant]
    model = make_pipeline(
        VelocityTransformer(),
        FFRNNClassifier(
            goodness=goodness,
            objective=objective,
            threshold=threshold,
            max_iter=epochs,
            random_state=seed,
        ),
    )
    model.fit([X[i] for i in train], y[train])
    velocities = model[:-1].transform([X[i] for i in test])
    stages = model[-1].staged_predict_proba(velocities)
    return [roc_auc_score(y[test], stage[:, 1]) for stage in stages]


def main():
    options = parse_options(__doc__)

    OBJECTIVES["divergence"] = divergence_objective
    FFRNNClassifier._parameter_constraints["objective"] = [str]
    rows = []
    for name in options.sets:
        X, y, _, splits = load_folds(options.data, name, options.samples, 5, options.seed)
        for variant in VARIANTS:
            aucs = np.array(
                [
                    auc_of_fold(variant, X, y, *split, options.epochs, options.seed)
                    for split in splits[: options.folds]
                ]
            )
            layers = [f"{auc:.3f}" for auc in aucs.mean(axis=0)]
            row = {"data": name, "variant": variant, "AUC": aucs[:, -1].mean()}
            rows.append({**row, "after each layer": " ".join(layers)})
            print(rows[-1], flush=True)
    print(f"\nMean of {options.folds} folds by writer")
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:.4f}".format))


if __name__ == "__main__":
    main()
