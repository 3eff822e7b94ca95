"""How soon each classifier is fitted, and how well it ranks then.

    python -m examples.benchmarks.bench_fit --data DIR [--rows dollar-one-20ms] [--all]

Forward-Forward and the baseline at their defaults beside MiniRocket with a ridge classifier (left
out where aeon is not installed) and boosting on features of the dynamics: processor seconds of
`fit` from raw movements on one thread, which other programs hardly change, and the area under the
ROC curve on other writers. Medians of three splits by writer. Each model is fitted on a few
movements first, so that nobody's compiler is timed. ``--all`` takes whole data sets in place of
1,233 and 3,006 training movements. The peak of the memory that each fit adds is measured in a
process of its own.
"""

import argparse
import multiprocessing
import os
import resource
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from examples.benchmarks.bench_rivals import models
from examples.benchmarks.bench_study_data import load

# Data set, clock in ms, and how many movements to train on.
ROWS = {
    "dollar-one-recorded": ("dollar-one", None, 1233),
    "dollar-one-20ms": ("dollar-one", 20.0, 1233),
    "mobiletouchdb-20ms": ("mobiletouchdb", 20.0, 3006),
}
N_WARM_UP = 60
MIB = 2**20 if os.uname().sysname == "Darwin" else 2**10  # in the units of ru_maxrss


def splits(folder, name, n_train, n_splits, seed):
    """Yield training and test movements with their labels, from different writers."""
    X, y, writer = load(folder / f"{name}.npz", None, seed)
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed)
    for train, test in list(folds.split(y, y, writer))[:n_splits]:
        chosen = np.random.default_rng(seed).permutation(train)[:n_train]
        yield [X[i] for i in chosen], y[chosen], [X[i] for i in test], y[test]


def measure(name, clock, seed, X, y, X_test, y_test):
    """Return seconds of a fit, its AUC, its epochs, and the MiB that it added to the peak."""
    torch.set_num_threads(1)
    if "numba" in sys.modules:  # which compiles MiniRocket
        sys.modules["numba"].set_num_threads(1)
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # a warm-up of few movements has much to warn of
        models(clock, None, seed)[name].fit(X[:N_WARM_UP], y[:N_WARM_UP])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        model, start = models(clock, None, seed)[name], time.process_time()
        model.fit(X, y)
        seconds = time.process_time() - start
        added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        auc = roc_auc_score(y_test, model.decision_function(X_test))
    return seconds, auc, getattr(model[-1], "n_iter_", np.nan), added / MIB


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the .npz files")
    parser.add_argument("--rows", nargs="+", default=list(ROWS), choices=list(ROWS))
    parser.add_argument("--models", nargs="+", default=list(models(None, None, 0)))
    parser.add_argument("--samples", type=int, default=None, help="other than the table's")
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--all", action="store_true", help="train on all movements")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    table = []
    context = multiprocessing.get_context("spawn")
    for title in options.rows:
        name, clock, n_train = ROWS[title]
        n_train = None if options.all else options.samples or n_train
        runs = {model: [] for model in options.models}
        for data in splits(options.data, name, n_train, options.splits, options.seed):
            for model in options.models:
                with context.Pool(1) as pool:
                    run = pool.apply(measure, (model, clock, options.seed, *data))
                runs[model].append(run)
                figures = "{:.1f} s, AUC {:.4f}, {} epochs, {:.0f} MiB".format(*run)
                print(title, model, figures, flush=True)
        for model, of_model in runs.items():
            columns = ("fit s", "AUC", "epochs", "peak MiB")
            medians = dict(zip(columns, np.median(of_model, axis=0), strict=True))
            table.append({"data": title, "n": len(data[1]), "model": model, **medians})
    table = pd.DataFrame(table)
    rival = table[table["model"] == "MiniRocket"].set_index("data")["fit s"]
    table["x MiniRocket"] = table["fit s"] / table["data"].map(rival)
    print(f"\nOne thread, median of {options.splits} splits by writer")
    print(table.to_string(index=False, float_format="{:.4g}".format))


if __name__ == "__main__":
    main()
