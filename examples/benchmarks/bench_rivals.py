"""Forward-Forward against its rivals where the recording gives nothing away.

    python -m examples.benchmarks.bench_rivals --data DIR [--sets dollar-one] [--samples 2000]

Two questions for each of the study's data sets, in five folds by writer:

- "resampled": the study's own negatives, all trajectories on one clock of 20 ms;
- "fair": negatives that SigmaLognormalNegativeSampler makes at strength 1 from the same human
  trajectories, each in its source's fold.

FF and BPTT are at their defaults. "boosting" is HistGradientBoostingClassifier on
``KinematicFeatures``; "MiniRocket" is aeon's, with a ridge classifier,
on velocities cut or padded to the mean length, and is left out where aeon is not installed. The
figures are areas under the ROC curve.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import RidgeClassifierCV
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from examples.benchmarks.bench_study_data import load
from sklearn_ffrnn import BPTTRNNClassifier, FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.negatives import make_evaluation_set
from sklearn_ffrnn.preprocessing import KinematicFeatures

try:
    from aeon.transformations.collection.convolution_based import MiniRocket
except ImportError:
    MiniRocket = None

PERIOD = 20.0  # ms
SETS = ("dollar-one", "mobiletouchdb", "mcyt", "mouse-operation")


def as_collection(velocities):
    """Return (n, T, C) sequences padded with NaN in aeon's layout, (n, C, T) padded with 0."""
    return np.nan_to_num(velocities).transpose(0, 2, 1).astype(np.float64)


def models(resample, epochs, seed):
    """Return an untrained pipeline for each rival."""
    settings = {"random_state": seed}
    if epochs is not None:
        settings["max_iter"] = epochs
    pipelines = {
        "FF": make_pipeline(VelocityTransformer(resample=resample), FFRNNClassifier(**settings)),
        "BPTT": make_pipeline(
            VelocityTransformer(resample=resample), BPTTRNNClassifier(**settings)
        ),
        "boosting": make_pipeline(
            KinematicFeatures(), HistGradientBoostingClassifier(random_state=seed)
        ),
    }
    if MiniRocket is not None:
        pipelines["MiniRocket"] = make_pipeline(
            VelocityTransformer(resample=resample, max_length="mean"),
            FunctionTransformer(as_collection),
            MiniRocket(random_state=seed),
            StandardScaler(with_mean=False),
            RidgeClassifierCV(alphas=np.logspace(-3, 3, 10)),
        )
    return pipelines


def score(pipeline, X, y, train, test):
    """Return the AUC on one fold."""
    pipeline.fit([X[i] for i in train], y[train])
    return roc_auc_score(y[test], pipeline.decision_function([X[i] for i in test]))


def questions(X, y, writer, n_samples, seed):
    """Yield name, trajectories, labels, writers and clock of each question."""
    chosen = np.arange(len(X))[:n_samples]
    yield "resampled", [X[i] for i in chosen], y[chosen], writer[chosen], PERIOD
    human = np.flatnonzero(y == 1)[: None if n_samples is None else n_samples // 2]
    fair, label, source = make_evaluation_set(
        [X[i] for i in human], strength=1.0, random_state=seed, on_error="skip"
    )
    yield "fair", fair, np.asarray(label), writer[human][source], None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the .npz files")
    parser.add_argument("--sets", nargs="+", default=["dollar-one"], choices=SETS)
    parser.add_argument("--samples", type=int, default=2000, help="of each data set")
    parser.add_argument("--epochs", type=int, default=None, help="other than the defaults'")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--first", type=int, default=None, help="only so many of the folds")
    parser.add_argument("--jobs", type=int, default=None, help="folds at the same time")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    rows = []
    for name in options.sets:
        X, y, writer = load(options.data / f"{name}.npz", None, options.seed)
        for question, X_q, y_q, writer_q, clock in questions(
            X, y, writer, options.samples, options.seed
        ):
            cv = StratifiedGroupKFold(options.folds, shuffle=True, random_state=options.seed)
            splits = list(cv.split(y_q, y_q, writer_q))[: options.first]
            row = {"data": name, "negatives": question, "n": len(y_q)}
            for rival, pipeline in models(clock, options.epochs, options.seed).items():
                aucs = Parallel(n_jobs=options.jobs)(
                    delayed(score)(pipeline, X_q, y_q, *split) for split in splits
                )
                row[rival] = np.mean(aucs)
                print(name, question, rival, *(f"{auc:.4f}" for auc in aucs), flush=True)
            rows.append(row)
    print(f"\nAUC, mean of {options.first or options.folds} of {options.folds} folds by writer")
    print(pd.DataFrame(rows).to_string(index=False, float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
