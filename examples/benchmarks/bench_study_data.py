"""Forward-Forward against backpropagation on the study's data, split by writer.

Reads `NAME.npz` files (see `study_data.py`) from a folder and prints, for each data set
and classifier, the mean over five folds in which no writer stands on both sides. Everything is at
its default setting, the same for all data sets; nothing is chosen on a test fold.

    python -m examples.benchmarks.bench_study_data --data DIR [--sets dollar-one mcyt] [--jobs 2]

Mind what the figures mean: in these data sets the clock and the number format alone tell synthetic
from human. ``--resample 20`` takes the clock away.
"""

import argparse
from ast import literal_eval
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline

from examples.common.study_data import read_movements
from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier, VelocityTransformer

CLASSIFIERS = {"FF": FFRNNClassifier, "BPTT": BPTTRNNClassifier}
# The study's AUC of FF and BPTT, with splits by sample.
PUBLISHED = {
    "dollar-one": {"FF": 0.932, "BPTT": 0.993},
    "mobiletouchdb": {"FF": 0.906, "BPTT": 0.950},
    "mcyt": {"FF": 0.960, "BPTT": 0.997},
    "mouse-operation": {"FF": 0.975, "BPTT": 0.995},
}


def load(path, n_samples, random_state):
    """Return trajectories, labels and writers; time never runs backwards."""
    table = read_movements(path)
    table = table.iloc[np.random.default_rng(random_state).permutation(len(table))[:n_samples]]
    for movement in table["movement"]:
        # As in datasets.load_study_folder: some recorded clocks step back.
        movement[:, 2] = np.maximum.accumulate(movement[:, 2])
    return table["movement"].to_list(), table["label"].to_numpy(), table["writer"].to_numpy()


def load_folds(folder, name, n_samples, n_folds, seed):
    """Return trajectories, labels, writers and the rows of each fold, which shares no writer."""
    X, y, writer = load(folder / f"{name}.npz", n_samples, seed)
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=seed)
    return X, y, writer, list(folds.split(y, y, writer))


def parse_options(doc):
    """Return what the command line asks of a comparison of variants by writer."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the .npz files")
    parser.add_argument("--sets", nargs="+", default=["dollar-one", "mobiletouchdb"])
    parser.add_argument("--samples", type=int, default=3000, help="of each data set")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--folds", type=int, default=3, help="how many of five")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def calibration_error(y, probability, n_bins=15):
    """Expected calibration error: mean gap between confidence and truth in equal-count bins."""
    parts = np.array_split(np.argsort(probability, kind="stable"), n_bins)
    return sum(len(p) * abs(y[p].mean() - probability[p].mean()) for p in parts) / len(y)


def score_fold(name, settings, X, y, train, test, transformer):
    """Fit on one fold; return its figures."""
    model = make_pipeline(VelocityTransformer(**transformer), CLASSIFIERS[name](**settings))
    model.fit([X[i] for i in train], y[train])
    probability = model.predict_proba([X[i] for i in test])[:, 1]
    decision = model.decision_function([X[i] for i in test])
    history = model[-1].history_
    cuts = np.quantile(decision, np.linspace(0, 1, 501))
    return {
        "AUC": roc_auc_score(y[test], decision),
        "accuracy": ((decision > 0) == y[test]).mean(),
        "best accuracy": max(((decision > cut) == y[test]).mean() for cut in cuts),
        "ECE": calibration_error(y[test], probability),
        "epochs": len(history),
        "s/epoch": np.mean([epoch["dur"] for epoch in history]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the .npz files")
    parser.add_argument("--sets", nargs="+", default=["dollar-one"], choices=list(PUBLISHED))
    parser.add_argument("--classifiers", nargs="+", default=list(CLASSIFIERS))
    parser.add_argument("--samples", type=int, default=None, help="use only N of each data set")
    parser.add_argument("--resample", type=float, default=None, help="uniform clock, in ms")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--first", type=int, default=None, help="only so many of the folds")
    parser.add_argument("--epochs", type=int, default=None, help="other than the defaults'")
    parser.add_argument("--jobs", type=int, default=None, help="folds at the same time")
    parser.add_argument("--set", nargs="*", default=[], help="parameters, like threshold=7.0")
    options = parser.parse_args()

    settings = {"random_state": 0}
    if options.epochs is not None:
        settings["max_iter"] = options.epochs
    for assignment in options.set:
        key, value = assignment.split("=")
        try:
            settings[key] = literal_eval(value)
        except ValueError:
            settings[key] = value  # a name
    transformer = {"resample": options.resample}
    rows = []
    for data_set in options.sets:
        X, y, _, splits = load_folds(options.data, data_set, options.samples, options.folds, 0)
        splits = splits[: options.first]
        for name in options.classifiers:
            scores = Parallel(n_jobs=options.jobs)(
                delayed(score_fold)(name, settings, X, y, train, test, transformer)
                for train, test in splits
            )
            mean = pd.DataFrame(scores).mean()
            row = {
                "data": data_set,
                "classifier": name,
                **mean,
                "study AUC": PUBLISHED[data_set].get(name),
            }
            rows.append(row)
            print(
                pd.DataFrame([row]).to_string(index=False, float_format="{:.3f}".format), flush=True
            )
            print("  AUC by fold:", *(f"{score['AUC']:.4f}" for score in scores), flush=True)
    print(f"\nMean of {options.first or options.folds} of {options.folds} folds by writer")
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
