"""Detectors that learn from human movements alone, against machines that were not in training.

    python -m examples.benchmarks.bench_one_class [--data DIR] [--compare]

Humans are recorded mouse movements of the package cursory: some to learn from, others to test on.
Machines are the scripts of ``simple_machines.py`` between the end points of the test humans, and
Sigma-Lognormal movements made from these. All are on one clock of 16 ms and on whole pixels. With
--data, the human part of mouse-operation.npz, cut at rests, tells how many people of another source
are kept.

"IsolationForest" works on ``KinematicFeatures``. With --compare, other ways to make negatives are
compared with the default: each distortion alone; all of them but "mix"; and self-contrastive pairs
as published, a sample beside itself against a sample beside another.
"""

import argparse
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from examples.common.simple_machines import make_machines
from examples.common.study_data import read_movements
from sklearn_ffrnn import FFRNNClassifier, FFRNNOutlierDetector, SequenceBatch, VelocityTransformer
from sklearn_ffrnn._outliers._distortions import DISTORTIONS
from sklearn_ffrnn.datasets import load_mouse_movements
from sklearn_ffrnn.negatives import make_evaluation_set
from sklearn_ffrnn.preprocessing import KinematicFeatures

PERIOD = 16.0  # ms
MIN_POINTS = 10
CONTAMINATION = 0.1
MIN_CHORD = 50  # pixels; shorter ways give a machine nothing to do


def on_clock(movement):
    """Return a movement at steps of PERIOD and on whole pixels."""
    movement = movement[np.append(np.diff(movement[:, 2]) > 0, True)]
    t = np.arange(movement[0, 2], movement[-1, 2], PERIOD)
    x, y = (np.interp(t, movement[:, 2], movement[:, i]).round() for i in (0, 1))
    return np.column_stack([x, y, t - t[0]])


def prepared(movements):
    """Return the movements that go somewhere, on the clock."""
    movements = [on_clock(m) for m in movements]
    return [
        m
        for m in movements
        if len(m) >= MIN_POINTS and np.hypot(*(m[-1, :2] - m[0, :2])) >= MIN_CHORD
    ]


def machines(humans, seed):
    """Return {kind: movements} made from human ones."""
    scripts = make_machines(humans, len(humans), seed)
    kinds = {name: prepared(movements) for name, movements in scripts.items()}
    for strength in (1.0, 2.0):
        X, y, _ = make_evaluation_set(humans, strength=strength, random_state=seed, on_error="skip")
        kinds[f"Sigma-Lognormal {strength:g}"] = [
            np.column_stack([m[:, :2].round(), m[:, 2]])
            for m, label in zip(X, y, strict=True)
            if label == 0
        ]
    return kinds


class SelfContrast(BaseEstimator):
    """FFRNNClassifier on pairs of a row with itself, against pairs of two rows."""

    def __init__(self, classifier):
        self.classifier = classifier

    def fit(self, X, y=None):
        rows = without_padding(X)
        negatives, source = beside_another(rows, np.random.RandomState(0))
        batch = SequenceBatch([beside_itself(row) for row in rows], negatives, source)
        self.classifier_ = clone(self.classifier).fit(batch, np.ones(len(rows), dtype=int))
        return self

    def score_samples(self, X):
        return self.classifier_.decision_function([beside_itself(s) for s in without_padding(X)])


def without_padding(X):
    return [s[np.isfinite(s[:, 0])] for s in X]


def beside_itself(row):
    return np.hstack([row, row])


def beside_another(rows, random_state):
    """Return each row paired with another; the longer is cut to the shorter."""
    source = np.arange(len(rows))
    others = np.roll(source, 1 + random_state.randint(len(rows) - 1))
    pairs = [(rows[i], rows[j]) for i, j in zip(source, others, strict=True)]
    lengths = [min(map(len, pair)) for pair in pairs]
    return [np.hstack([a[:n], b[:n]]) for (a, b), n in zip(pairs, lengths, strict=True)], source


def detectors(settings, compare, seed):
    """Return {name: untrained detector of movements}."""

    def forward_forward(**chosen):
        chosen |= {"contamination": CONTAMINATION, "random_state": seed}
        detector = FFRNNOutlierDetector(FFRNNClassifier(**settings), **chosen)
        return make_pipeline(VelocityTransformer(), detector)

    found = {
        "IsolationForest": make_pipeline(
            KinematicFeatures(),
            IsolationForest(n_estimators=300, contamination=CONTAMINATION, random_state=seed),
        ),
        "FFRNNOutlierDetector": forward_forward(),
    }
    if compare:
        found |= {f"only {name}": forward_forward(distortions=[name]) for name in DISTORTIONS}
        found["without mix"] = forward_forward(distortions=list(DISTORTIONS)[:-1])
        found["pairs (SCFF)"] = make_pipeline(
            VelocityTransformer(), SelfContrast(FFRNNClassifier(random_state=seed, **settings))
        )
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of mouse-operation.npz")
    parser.add_argument("--compare", action="store_true", help="with other ways to make negatives")
    parser.add_argument("--train", type=int, default=1000, help="movements to learn from")
    parser.add_argument("--test", type=int, default=500, help="movements to test on")
    parser.add_argument("--epochs", type=int, default=40, help="at most")
    parser.add_argument("--units", type=int, nargs="+", default=[96, 96, 96])
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    rng = np.random.default_rng(options.seed)
    humans = prepared(load_mouse_movements().data)
    order = rng.permutation(len(humans))[: options.train + options.test]
    train, test = ([humans[i] for i in part] for part in np.split(order, [options.train]))
    others = []
    if options.data is not None:
        table = read_movements(options.data / "mouse-operation.npz", single_strokes=True)
        others = prepared(table.movement[table.label == 1])
        others = [others[i] for i in rng.permutation(len(others))[: options.test]]
    kinds = machines(test, options.seed)

    rows = {}
    settings = {"hidden_layer_sizes": options.units, "max_iter": options.epochs}
    for name, detector in detectors(settings, options.compare, options.seed).items():
        start = perf_counter()
        detector.fit(train)
        human = detector.score_samples(test)
        auc = {}
        for kind, movements in kinds.items():
            machine = detector.score_samples(movements)
            y = np.repeat([1, 0], [len(human), len(machine)])
            auc[kind] = roc_auc_score(y, np.concatenate([human, machine]))
        crude = [value for kind, value in auc.items() if "Lognormal" not in kind]
        row = {**auc, "mean without SL": np.mean(crude), "worst without SL": min(crude)}
        if others:
            kept = detector.score_samples(others) >= np.quantile(human, CONTAMINATION)
            row["others kept"] = kept.mean()
        if hasattr(detector, "predict"):
            row["kept by predict"] = np.mean(detector.predict(test) == 1)
        rows[name] = row
        figures = ", ".join(f"{kind} {value:.3f}" for kind, value in row.items())
        print(f"{name} ({perf_counter() - start:.0f} s): {figures}", flush=True)
    print("\nAUC against each kind of machine; humans of another source kept at the score that")
    print("keeps 90 % of the test humans")
    print(pd.DataFrame(rows).to_string(float_format="{:.3f}".format))


if __name__ == "__main__":
    main()
