"""Machines and recorders that nobody trained on.

    python -m examples.unseen.catch_unseen_machines [--data DIR] [--seed 0] [--out ROWS]
        [--tables machines families recorders] [--detectors NAME ...] [--kinds NAME ...]
    python -m examples.unseen.catch_unseen_machines --merge ROWS

HumanMovementDetector, IsolationForest and boosting on KinematicFeatures, and MiniRocket (where aeon
is installed) learn from the same people; all but the forest also from the same negatives made of
them. They are scored on other people and on some thirty kinds of machines of
examples/unseen/machines.py, which no negatives are made like. From DIR come people behind other
recorders: mouse-operation.npz and balabit.npz.

- "machines": learn from cursory. "kept" is the share of people behind another recorder above the
  score that keeps 90 % of new people of the training's; "accuracy" is the mean of both classes'
  on the nine function-based machines, at the best threshold, from a single movement. The pieces of
  HumanMovementDetector take part: each of its networks alone, and all of it without one piece.
- "families": leave out one family of negatives and judge movements made by it.
- "recorders": leave out one recorder and judge its people (leave_one_recorder_out).

All figures are of the movements that HumanMovementDetector judges, for all detectors alike; how
many it declines stands beside them. One run may be of one seed, table and detector: its rows go to
ROWS, and --merge prints the tables of all rows there, in Markdown.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from examples.unseen.detectors import DETECTORS, OURS, PARTS, PIECES
from examples.unseen.families import KINDS, families, is_of
from examples.unseen.figures import COLUMNS, accuracy, auc, load, markdown, rows, save
from examples.unseen.machines import FUNCTIONS, make_unseen_machines
from examples.unseen.people import is_fast, lasts, mouse_movements, other_recorders
from sklearn_ffrnn import HumanMovementDetector
from sklearn_ffrnn._outliers._operating_point import operating_point
from sklearn_ffrnn.inspection import leave_one_recorder_out
from sklearn_ffrnn.negatives import SigmaLognormalFamily

STRENGTHS = (1.0, 2.0, 4.0)
FEWEST = 20  # people behind a recorder that a figure is worth giving of


def judged(movements):
    """Return the movements that hold enough to be judged, by the detector's defaults."""
    detector = HumanMovementDetector()
    return [m for m, why in zip(movements, detector._reasons(movements), strict=True) if not why]


def negatives_of(made, people):
    """Return a negative of each person's movement, of the families in turn."""
    found = [made[i % len(made)](movement, i) for i, movement in enumerate(people)]
    return judged([negative for negative in found if negative is not None])


class Trial:
    """What all detectors of one seed learn from and are judged by."""

    def __init__(self, options):
        self.seed, self.n_negatives = options.seed, options.negatives
        movements = mouse_movements(options.seed)
        self.train, rest = movements[: options.train], movements[options.train :]
        self.test, others = judged(rest[: options.test]), rest[options.test :]
        made = make_unseen_machines(others, options.each, options.seed)
        self.machines = {name: judged(X) for name, X in made.items()}
        data, seed = options.data, options.seed
        found = {} if data is None else other_recorders(data, options.people, seed)
        self.recorders = {name: judged(X) for name, X in found.items()}
        declined = {
            "machines": 1 - np.mean([len(self.machines[name]) / len(made[name]) for name in made]),
            **{name: 1 - len(self.recorders[name]) / len(X) for name, X in found.items()},
        }
        print("declined:", {name: round(float(share), 3) for name, share in declined.items()})
        self.recorders = {name: X for name, X in self.recorders.items() if len(X) >= FEWEST}

    def detector(self, name, without=None):
        """Return an untrained detector that learns from all families but one kind."""
        return (DETECTORS | PIECES)[name](families(without), self.n_negatives, self.seed)


def summary(score, trial, lognormal):
    """Return how a score fares on machines and on people behind other recorders."""
    human = score(trial.test)
    scores = {name: score(X) for name, X in trial.machines.items()}
    aucs = pd.Series({name: auc(human, s) for name, s in scores.items()})
    print(f"hardest: {aucs.sort_values()[:3].round(3).to_dict()}")
    functions = np.concatenate([scores[name] for name in FUNCTIONS])
    figures = {"mean": aucs.mean(), "worst": aucs.min(), "accuracy": accuracy(human, functions)}
    figures |= {f"SL {s:g}": auc(human, score(X)) for s, X in lognormal.items()}
    keeps = np.quantile(human, 0.1)
    return figures | {
        f"kept, {name}": np.mean(score(X) > keeps) for name, X in trial.recorders.items()
    }


def of_machines(trial, names):
    """Yield the rows of machines that were not in the training."""
    lognormal = {s: negatives_of([SigmaLognormalFamily((s, s))], trial.test) for s in STRENGTHS}
    for name in names:
        detector = trial.detector(name).fit(trial.train)
        scores = {name: detector.score_samples}
        if name == OURS:
            scores |= {part: partial(score, detector) for part, score in PARTS.items()}
            caught = [np.mean(detector.predict(X) == -1) for X in trial.machines.values()]
            kept = np.mean(detector.predict(trial.test) == 1)
            print(f"predict keeps {kept:.3f} of new people and catches {np.mean(caught):.3f}")
        for what, score in scores.items():
            yield from rows("machines", trial.seed, what, "", summary(score, trial, lognormal))


def of_families(trial, names, kinds):
    """Yield the rows of negatives of a kind that the training had none of."""
    for kind in kinds:
        made = [family for family in dict.fromkeys(families()) if is_of(kind, family)]
        negatives = negatives_of(made, trial.test)
        for name in names:
            score = trial.detector(name, kind).fit(trial.train).score_samples
            figures = {"AUC": auc(score(trial.test), score(negatives))}
            yield from rows("families", trial.seed, name, kind, figures)


class AtNinety:
    """Give a detector the operating point of HumanMovementDetector, told the recorders.

    Every fifth movement is held out for it.
    """

    def __init__(self, detector):
        self.detector = detector

    def get_params(self, deep=False):
        return {"detector": self.detector}

    def fit(self, X, y=None, groups=None):
        held = np.arange(len(X)) % 5 == 0
        self.detector.fit([x for x, out in zip(X, held, strict=True) if not out])
        scores = self.score_samples([x for x, out in zip(X, held, strict=True) if out])
        self.offset_ = operating_point(scores, np.asarray(groups)[held], 0.1)
        return self

    def score_samples(self, X):
        return self.detector.score_samples(X)

    def predict(self, X):
        return np.where(self.score_samples(X) >= self.offset_, 1, -1)


def of_recorders(trial, names, n_each):
    """Yield the rows of people whose recorder the training had none of."""
    people = [m for m in trial.train if lasts(m)]
    sources = {
        "cursory, 7 ms": [m for m in people if is_fast(m)][:n_each],
        "cursory, 16 ms": [m for m in people if not is_fast(m)][:n_each],
        **{name: X[:n_each] for name, X in trial.recorders.items()},
    }
    X = [m for movements in sources.values() for m in movements]
    recorders = np.repeat([*sources], [len(movements) for movements in sources.values()])
    every = [m for movements in trial.machines.values() for m in movements]
    for name in names:
        detector = trial.detector(name)
        table = leave_one_recorder_out(
            detector if name == OURS else AtNinety(detector), X, recorders, every
        )
        for left_out, row in table[["kept", "caught", "auc"]].iterrows():
            yield from rows("recorders", trial.seed, name, left_out, row.to_dict())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of the .npz files")
    parser.add_argument("--out", type=Path, help="folder for the rows")
    parser.add_argument("--merge", type=Path, help="print the tables of the rows in this folder")
    tables = ("machines", "families", "recorders")
    parser.add_argument("--tables", nargs="+", choices=tables, default=("machines",))
    parser.add_argument("--detectors", nargs="+", choices=[*DETECTORS, *PIECES])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=[*KINDS], help="to leave out")
    parser.add_argument("--train", type=int, default=1400, help="movements of people")
    parser.add_argument("--test", type=int, default=400, help="others")
    parser.add_argument("--people", type=int, default=500, help="behind each other recorder")
    parser.add_argument("--each", type=int, default=100, help="movements of each machine")
    parser.add_argument("--negatives", type=int, default=4, help="of each movement")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.merge is not None:
        print(markdown(load(options.merge, [*DETECTORS, *PARTS, *PIECES])))
        return

    trial = Trial(options)
    found = []
    if "machines" in options.tables:
        found += of_machines(trial, options.detectors or [*DETECTORS, *PIECES])
    names = options.detectors or [*DETECTORS]
    if "families" in options.tables:
        found += of_families(trial, names, options.kinds)
    if "recorders" in options.tables:
        found += of_recorders(trial, names, options.train // 2)
    frame = pd.DataFrame(found, columns=COLUMNS)
    print(markdown(frame))
    if options.out is not None:
        save(frame, options.out)


if __name__ == "__main__":
    main()
