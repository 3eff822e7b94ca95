"""Options of FFRNNClassifier against its defaults: AUC and seconds on the study's data sets.

    python -m examples.benchmarks.bench_options --data DIR [--sets dollar-one mobiletouchdb]

By writer, on a common clock of 20 ms (without which the recording gives the classes away), one
thread. An option that wins on no data set should not be a parameter.
"""

import time

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from examples.benchmarks.bench_study_data import load_folds, parse_options
from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer

OPTIONS = {
    "defaults": {},
    "learning_rate='adaptive', max_iter=200": {"learning_rate": "adaptive", "max_iter": 200},
    "average=True": {"average": True},
    "n_differences=0": {"n_differences": 0},
    "normalization='layer_norm'": {"normalization": "layer_norm"},
    "dtype='mixed_bfloat16'": {"dtype": "mixed_bfloat16"},
    "batch_size=600": {"batch_size": 600},
    "batch_size=600, dtype='mixed_bfloat16'": {"batch_size": 600, "dtype": "mixed_bfloat16"},
}


def measure(parameters, X, y, train, test, epochs, seed):
    """Fit on one fold; return the AUC and the seconds of fit."""
    model = make_pipeline(
        VelocityTransformer(resample=20, max_length=300),
        FFRNNClassifier(**{"max_iter": epochs, "random_state": seed, **parameters}),
    )
    start = time.perf_counter()
    model.fit([X[i] for i in train], y[train])
    seconds = time.perf_counter() - start
    return roc_auc_score(y[test], model.decision_function([X[i] for i in test])), seconds


def main():
    options = parse_options(__doc__)
    torch.set_num_threads(1)
    rows = []
    for name in options.sets:
        X, y, _, splits = load_folds(options.data, name, options.samples, 5, options.seed)
        for option, parameters in OPTIONS.items():
            figures = [
                measure(parameters, X, y, *split, options.epochs, options.seed)
                for split in splits[: options.folds]
            ]
            auc, seconds = np.mean(figures, axis=0)
            rows.append({"data": name, "option": option, "AUC": auc, "fit, s": seconds})
            print(rows[-1], flush=True)
    print(f"\nMean of {options.folds} folds by writer, {options.epochs} epochs")
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:.4f}".format))


if __name__ == "__main__":
    main()
