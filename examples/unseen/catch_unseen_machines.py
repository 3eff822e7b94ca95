"""Machines and recorders that nobody trained on.

    python -m examples.unseen.catch_unseen_machines [--data DIR]
        [--tables machines families recorders]

HumanMovementDetector, IsolationForest and boosting on KinematicFeatures, and MiniRocket (where aeon
is installed) learn from the same people; all but the forest also from the same negatives made of
them. They are scored on other people and on some thirty kinds of machines of
examples/unseen/machines.py, which no negatives are made like. From DIR come people behind other
recorders: mouse-operation.npz and balabit.npz.

- "machines": learn from cursory. "kept" is the share of people behind another recorder above the
  score that keeps 90 % of new people of the training's; "accuracy" is the mean of both classes'
  on the nine function-based machines, at the best threshold, from a single movement. Below stand
  the pieces: each of the two networks alone, and all of it without families on their own clocks.
- "families": leave out one family of negatives and judge movements made by it.
- "recorders": leave out one recorder and judge its people (leave_one_recorder_out).

All figures are of the movements that HumanMovementDetector judges, for all detectors alike; how
many it declines stands beside them.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score, roc_curve

from examples.unseen.detectors import detectors
from examples.unseen.machines import FUNCTIONS, make_unseen_machines
from examples.unseen.people import is_fast, lasts, mouse_movements, other_recorders
from sklearn_ffrnn import HumanMovementDetector
from sklearn_ffrnn.inspection import leave_one_recorder_out
from sklearn_ffrnn.negatives import (
    AlteredHumanFamily,
    MinimumJerkFamily,
    PursuitFamily,
    RetimedFamily,
    SigmaLognormalFamily,
    SmoothPaceFamily,
    SplineFamily,
)

# Those of HumanMovementDetector, by kind, each as often as it is drawn.
KINDS = {
    "Sigma-Lognormal": [SigmaLognormalFamily()],
    "minimum jerk": [
        MinimumJerkFamily(),
        RetimedFamily(MinimumJerkFamily(), duration=(100.0, 3000.0)),
    ],
    "spline": [SplineFamily(), RetimedFamily(SplineFamily())],
    "pursuit": [PursuitFamily(), RetimedFamily(PursuitFamily(), pace=(1.3, 4.0))],
    "altered human": [
        AlteredHumanFamily(),
        *2 * [AlteredHumanFamily(("calmed",))],
        RetimedFamily(AlteredHumanFamily(), pace=(1.2, 4.0)),
    ],
    "retimed human": [*5 * [RetimedFamily()], SmoothPaceFamily()],
}
STRENGTHS = (1.0, 2.0, 4.0)
FEWEST = 20  # people behind a recorder that a figure is worth giving of


def families(without=()):
    return [family for kind, made in KINDS.items() if kind not in without for family in made]


def judged(movements):
    """Return the movements that hold enough to be judged, by the detector's defaults."""
    detector = HumanMovementDetector()
    return [m for m, why in zip(movements, detector._reasons(movements), strict=True) if not why]


def auc(human, machine):
    return roc_auc_score(np.repeat([1, 0], [len(human), len(machine)]), [*human, *machine])


def accuracy(human, machine):
    """Return the mean of both classes' accuracy at the best threshold."""
    y = np.repeat([1, 0], [len(human), len(machine)])
    false, true, _ = roc_curve(y, [*human, *machine])
    return float(np.max((true + 1 - false) / 2))


def summary(score, people, machines, lognormal, recorders):
    """Return how a score fares on machines and on people behind other recorders."""
    human = score(people)
    scores = {name: score(X) for name, X in machines.items()}
    aucs = pd.Series({name: auc(human, s) for name, s in scores.items()})
    functions = np.concatenate([scores[name] for name in FUNCTIONS])
    row = {
        "mean": aucs.mean(),
        "worst": aucs.min(),
        "worst is": aucs.idxmin(),
        "accuracy": accuracy(human, functions),
    }
    row |= {f"SL {strength:g}": auc(human, score(X)) for strength, X in lognormal.items()}
    keeps = np.quantile(human, 0.1)
    for name, X in recorders.items():
        row[f"{name} kept"] = np.mean(score(X) > keeps)
    return row


def member(detector, i):
    """Return the score of one network of a fitted HumanMovementDetector."""
    return lambda X: detector._member_scores(X)[:, i]


def sigma_lognormal(people):
    """Return {strength: movements} made of people's strokes, with up to 30 % of their tremor."""
    return {
        s: judged(
            [
                m
                for i, x in enumerate(people)
                if (m := SigmaLognormalFamily((s, s))(x, i)) is not None
            ]
        )
        for s in STRENGTHS
    }


def of_machines(train, test, machines, recorders, options, seed):
    """Print the tables of machines and of the pieces."""
    lognormal = sigma_lognormal(test[: options.each])
    rows, fitted = {}, {}
    for name, detector in detectors(families(), options.negatives, seed).items():
        fitted[name] = detector.fit(train)
        score = detector.score_samples
        rows[name] = summary(score, test, machines, lognormal, recorders)
        print(name, rows[name], flush=True)
    ours = fitted["HumanMovementDetector"]
    rows["network on sequences"] = summary(member(ours, 0), test, machines, lognormal, recorders)
    rows["network on features"] = summary(member(ours, 1), test, machines, lognormal, recorders)
    plain = [f for f in families() if not isinstance(f, (RetimedFamily, SmoothPaceFamily))]
    without = HumanMovementDetector(
        families=plain, n_negatives=options.negatives, random_state=seed
    ).fit(train)
    rows["sources' clocks alone"] = summary(
        without.score_samples, test, machines, lognormal, recorders
    )
    show(f"Machines that were not in the training (AUC), seed {seed}", rows)
    kept = np.mean(ours.predict(test) == 1)
    caught = np.mean([np.mean(ours.predict(X) == -1) for X in machines.values()])
    print(f"predict keeps {kept:.3f} of new people and catches {caught:.3f} of machines")


def of_families(train, test, options, seed):
    """Print how negatives fare that the training had none of."""
    rows = {}
    people = judged(test)
    for kind in options.kinds:
        made = KINDS[kind]
        different = list(dict.fromkeys(made))
        negatives = judged(
            [
                m
                for i, x in enumerate(people)
                if (m := different[i % len(different)](x, i)) is not None
            ]
        )
        for name, detector in detectors(families([kind]), options.negatives, seed).items():
            score = detector.fit(train).score_samples
            rows.setdefault(name, {})[kind] = auc(score(people), score(negatives))
        print(kind, {name: row[kind] for name, row in rows.items()}, flush=True)
    show("Families that were not in the training (AUC)", rows)


class AtNinety:
    """Give a detector the threshold that keeps 90 % of a part of its people, recorder by recorder.

    Every fifth movement is held out for it, and the lowest threshold of a recorder counts.
    """

    def __init__(self, detector):
        self.detector = detector

    def get_params(self, deep=False):
        return {"detector": self.detector}

    def fit(self, X, y=None, groups=None):
        held = np.arange(len(X)) % 5 == 0
        self.detector.fit([x for x, out in zip(X, held, strict=True) if not out])
        scores = self.score_samples([x for x, out in zip(X, held, strict=True) if out])
        groups = np.asarray(groups)[held]
        self.offset_ = min(np.quantile(scores[groups == g], 0.1) for g in np.unique(groups))
        return self

    def score_samples(self, X):
        return self.detector.score_samples(X)

    def predict(self, X):
        return np.where(self.score_samples(X) >= self.offset_, 1, -1)


def of_recorders(sources, machines, options, seed):
    """Print what people lose whose recorder the training had none of."""
    every = [m for X in machines.values() for m in X]
    X = [m for movements in sources.values() for m in movements]
    recorders = np.repeat([*sources], [len(movements) for movements in sources.values()])
    for name, detector in detectors(families(), options.negatives, seed).items():
        ours = isinstance(detector, HumanMovementDetector)
        table = leave_one_recorder_out(
            detector if ours else AtNinety(detector), X, recorders, every
        )
        print(f"\n{name}, one recorder left out\n{table.round(3)}\n", flush=True)


def show(title, rows):
    table = pd.DataFrame.from_dict(rows, orient="index")
    print(f"\n{title}\n{table.to_string(float_format='{:.3f}'.format)}\n", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of the .npz files")
    parser.add_argument(
        "--tables",
        nargs="+",
        choices=("machines", "families", "recorders"),
        default=("machines",),
    )
    parser.add_argument(
        "--kinds", nargs="+", choices=KINDS, default=[*KINDS], help="to leave out, one at a time"
    )
    parser.add_argument("--train", type=int, default=1400, help="movements of people")
    parser.add_argument("--test", type=int, default=400, help="others")
    parser.add_argument("--each", type=int, default=100, help="movements of each machine")
    parser.add_argument("--negatives", type=int, default=4, help="of each movement")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    options = parser.parse_args()

    for seed in options.seeds:
        movements = mouse_movements(seed)
        train, rest = movements[: options.train], movements[options.train :]
        test, others = judged(rest[: options.test]), rest[options.test :]
        raw = make_unseen_machines(others, options.each, seed)
        machines = {name: judged(X) for name, X in raw.items()}
        recorders = {} if options.data is None else other_recorders(options.data, 500, seed)
        declined = {
            "machines": 1 - np.mean([len(machines[name]) / len(raw[name]) for name in raw]),
            **{name: 1 - len(judged(X)) / len(X) for name, X in recorders.items()},
        }
        print("declined:", {name: round(float(share), 3) for name, share in declined.items()})
        recorders = {name: judged(X) for name, X in recorders.items()}
        recorders = {name: X for name, X in recorders.items() if len(X) >= FEWEST}
        if "machines" in options.tables:
            of_machines(train, test, machines, recorders, options, seed)
        if "families" in options.tables:
            of_families(train, test, options, seed)
        if "recorders" in options.tables:
            half = options.train // 2
            sources = {
                "cursory, 7 ms": [m for m in train if is_fast(m) and lasts(m)][:half],
                "cursory, 16 ms": [m for m in train if not is_fast(m) and lasts(m)][:half],
                **{name: X[:half] for name, X in recorders.items()},
            }
            of_recorders(sources, machines, options, seed)


if __name__ == "__main__":
    main()
