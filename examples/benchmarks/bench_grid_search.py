"""How long does a search over threshold and normalization take?

    python -m examples.benchmarks.bench_grid_search --data DIR

`GridSearchCV` of two thresholds, two normalizations and three folds by writer, on 1,200 movements
of $1 as recorded, two processes of one thread each. Wall time, refitting included.
"""

import argparse
import time
from pathlib import Path

from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import Pipeline

from examples.benchmarks.bench_study_data import load
from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer

GRID = {
    "classifier__threshold": [2.0, 7.0],
    "classifier__normalization": ["standardize", "layer_norm"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of dollar-one.npz")
    parser.add_argument("--samples", type=int, default=1200)
    parser.add_argument("--epochs", type=int, help="other than the default")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()

    X, y, writer = load(options.data / "dollar-one.npz", options.samples, 0)
    classifier = FFRNNClassifier(max_iter=options.epochs or "auto", random_state=0)
    steps = [("velocity", VelocityTransformer()), ("classifier", classifier)]
    search = GridSearchCV(
        Pipeline(steps), GRID, scoring="roc_auc", cv=StratifiedGroupKFold(3), n_jobs=options.jobs
    )
    start = time.perf_counter()
    search.fit(X, y, groups=writer)
    print(f"{time.perf_counter() - start:.1f} s, best AUC {search.best_score_:.4f}")
    print(search.best_params_)


if __name__ == "__main__":
    main()
