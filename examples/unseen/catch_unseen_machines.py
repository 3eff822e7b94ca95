"""Detectors against machines that were not in training, and on people with other devices.

    python -m examples.unseen.catch_unseen_machines [--data DIR] [--plot FILE.png]
        [--pieces | --strengths | --sources]

Detectors learn from 1,000 mouse movements of people and the negatives that MixedNegativeSampler
makes of them, and are scored on 756 others and on data that were not in training:

- "leave one family out": each family of negatives in turn is kept out of the training and then
  made from the other people;
- "scripts": a dozen machines (examples/common/simple_machines.py) that no family imitates;
- "leave one source out": people of one recorder or data set in turn. "kept" is their share above
  the score that keeps 90 % of people of the training's sources; "false alarms" their share below
  the score that catches 95 % of the scripts.

Sources are the recordings with a clock of about 16 ms, those with a faster one and, from DIR with
the study's data sets as NAME.npz, the mouse data; touch screens are scored too, never trained on.
With --pieces the parts of the recipe are added and taken away one at a time, for Forward-Forward
alone. With --strengths Sigma-Lognormal movements of several strengths and shares of their source's
tremor are scored one by one, with and without that family in training, by Forward-Forward and by
boosting. MiniRocket takes part where aeon is installed.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from examples.common.simple_machines import make_machines
from examples.unseen.detectors import detectors, representation, train
from examples.unseen.people import MOUSE, mouse_movements, other_sources
from sklearn_ffrnn import FFRNNClassifier, SigmaLognormalNegativeSampler
from sklearn_ffrnn.negatives import (
    AlteredHumanFamily,
    MinimumJerkFamily,
    MixedNegativeSampler,
    PursuitFamily,
    SigmaLognormalFamily,
    SplineFamily,
)
from sklearn_ffrnn.preprocessing import TrajectoryAugmenter

FAMILIES = {
    "Sigma-Lognormal": SigmaLognormalFamily(),
    "minimum jerk": MinimumJerkFamily(),
    "spline": SplineFamily(),
    "pursuit": PursuitFamily(),
    "altered human": AlteredHumanFamily(),
}
WEIGHTS = {"Sigma-Lognormal": 1, "minimum jerk": 1, "spline": 2, "pursuit": 1, "altered human": 2}


def training_set(people, names, options, augment=True):
    """Return people and negatives of the families named, labels and sources.

    Without names there are fine Sigma-Lognormal negatives alone.
    """
    settings = {"mode": "resample", "on_error": "skip", "random_state": options.seed}
    if names:
        sampler = MixedNegativeSampler(
            options.negatives,
            families=[FAMILIES[name] for name in names],
            weights=[WEIGHTS[name] for name in names],
            **settings,
        )
    else:
        sampler = SigmaLognormalNegativeSampler(options.negatives, **settings)
    X, y = sampler.fit_resample(people)
    if augment:
        X = TrajectoryAugmenter(random_state=options.seed).fit_transform(X)
    return X, y, np.concatenate([np.arange(len(people)), sampler.source_])


def chosen_detectors(options):
    """Return the detectors that were asked for, untrained, by name."""
    every = detectors(options.epochs, options.seed)
    return {name: every[name] for name in options.detectors or every}


def scores_of(detector):
    """Return a function from movements to scores, high for people."""
    score = getattr(detector, "decision_function", None) or detector.score_samples
    return lambda X: np.asarray(score(X))


def auc(human, machine):
    return roc_auc_score(np.repeat([1, 0], [len(human), len(machine)]), [*human, *machine])


def summary(score, people, scripts, sources):
    """Return the scores of a detector on scripts and on people of other sources."""
    human = score(people)
    machine = {name: score(X) for name, X in scripts.items()}
    aucs = pd.Series({name: auc(human, s) for name, s in machine.items()})
    keeps, catches = np.quantile(human, 0.1), np.quantile(np.concatenate([*machine.values()]), 0.95)
    row = {"scripts, mean": aucs.mean(), "scripts, worst": aucs.min(), "worst is": aucs.idxmin()}
    row["false alarms"] = np.mean(human <= catches)
    for name, X in sources.items():
        s = score(X)
        row |= {f"{name} kept": np.mean(s > keeps), f"{name} false alarms": np.mean(s <= catches)}
    return row, aucs


def compare(people, others, scripts, sources, options):
    """Print the two tables; return the AUC of each detector on each unseen machine."""
    names = list(FAMILIES)
    unseen = {
        name: [m for i, x in enumerate(others) if (m := FAMILIES[name](x, i)) is not None]
        for name in options.leave_out
    }
    whole = training_set(people, names, options)
    without = {
        left_out: training_set(people, [n for n in names if n != left_out], options)
        for left_out in options.leave_out
    }
    rows, all_aucs = {}, {}
    for title, detector in chosen_detectors(options).items():
        row = {}
        for left_out, data in without.items():
            score = scores_of(train(clone(detector), *data))
            row[left_out] = auc(score(others), score(unseen[left_out]))
            print(f"{title} without {left_out}: {row[left_out]:.3f}", flush=True)
        more, aucs = summary(scores_of(train(detector, *whole)), others, scripts, sources)
        all_aucs[title] = pd.concat([pd.Series(row), aucs])
        row |= more
        rows[title] = row
        print(title, row, flush=True)
    show("Leave one family out, and scripts (AUC)", rows, [*options.leave_out, *SCRIPT_COLUMNS])
    of_people = [column for column in row if "kept" in column or "alarms" in column]
    show("People of other sources", rows, of_people)
    return pd.DataFrame(all_aucs)


SCRIPT_COLUMNS = ("scripts, mean", "scripts, worst", "worst is")


def leave_one_source_out(sources, scripts, options):
    """Print the scores of detectors on people of a source that was left out of training."""
    rows = {}
    for left_out in sources:
        seen = [m for name, X in sources.items() if name != left_out for m in X]
        rng = np.random.default_rng(options.seed)
        order = rng.permutation(len(seen))
        people = [seen[i] for i in order[: options.train]]
        held = [seen[i] for i in order[options.train :][:500]]
        data = training_set(people, list(FAMILIES), options)
        for title, detector in chosen_detectors(options).items():
            score = scores_of(train(detector, *data))
            row, _ = summary(score, held, scripts, {"": sources[left_out][:500]})
            human = score(sources[left_out][:500])
            rows.setdefault(title, {}).update(
                {
                    f"{left_out}, AUC": np.mean([auc(human, score(m)) for m in scripts.values()]),
                    f"{left_out}, kept": row[" kept"],
                    f"{left_out}, false alarms": row[" false alarms"],
                }
            )
            print(left_out, title, rows[title], flush=True)
    show("Leave one source out", rows)


def pieces(people, others, scripts, sources, options):
    """Print the gain of Forward-Forward by each part of the recipe."""
    names = list(FAMILIES)
    bare = {"keep_lattice": False, "channels": "velocity", "resample": None}
    recipes = {
        "Sigma-Lognormal at strength 1, velocities": ((), bare, False),
        "all families, velocities": (names, bare, False),
        "+ clock of 16 ms": (names, bare | {"resample": 16.0}, False),
        "+ lattice": (names, {"channels": "velocity"}, False),
        "+ intrinsic channels": (names, {}, False),
        "+ augmentation": (names, {}, True),
        **{f"only {name}": ([name], {}, True) for name in names},
    }
    rows = {}
    for title, (families, view, augment) in recipes.items():
        model = make_pipeline(
            representation(**view),
            FFRNNClassifier(max_iter=options.epochs, random_state=options.seed),
        )
        data = training_set(people, families, options, augment)
        rows[title], _ = summary(scores_of(train(model, *data)), others, scripts, sources)
        print(title, rows[title], flush=True)
    columns = [*SCRIPT_COLUMNS, *(c for c in rows[title] if "kept" in c)]
    show("Gain by each piece (FF)", rows, columns)


def strengths(people, others, options):
    """Print the AUC of Sigma-Lognormal movements against people, by strength and residual."""
    known = list(FAMILIES)
    trained = {
        "in training": training_set(people, known, options),
        "left out": training_set(people, [n for n in known if n != "Sigma-Lognormal"], options),
    }
    scores = {
        f"{name}, {title}": scores_of(train(detectors(options.epochs, options.seed)[name], *data))
        for title, data in trained.items()
        for name in ("FF", "boosting")
    }
    rows = {}
    for strength, residual in product((1.0, 2.0, 4.0, 8.0), (0.0, 0.3, 1.0)):
        family = SigmaLognormalFamily((strength, strength), (residual, residual))
        machines = [m for i, x in enumerate(others) if (m := family(x, i)) is not None]
        rows[f"strength {strength:g}, residual {residual:g}"] = {
            title: auc(score(others), score(machines)) for title, score in scores.items()
        }
    show("Sigma-Lognormal movements (AUC)", rows)


def show(title, rows, columns=None):
    table = pd.DataFrame.from_dict(rows, orient="index")
    table = table if columns is None else table[list(columns)]
    print(f"\n{title}\n{table.to_string(float_format='{:.3f}'.format)}\n", flush=True)


def plot(aucs, path):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(9, 5), layout="constrained")
    for title, marker in zip(aucs, "osv^D", strict=False):
        axes.plot(aucs[title], range(len(aucs)), marker, label=title, alpha=0.8)
    axes.set_yticks(range(len(aucs)), [name.replace("_", " ") for name in aucs.index])
    axes.axvline(0.97, color="0.7", zorder=0)
    axes.set(xlabel="ROC AUC against people not in training", title="Machines not in training")
    axes.invert_yaxis()
    axes.legend()
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder of the study's .npz files")
    parser.add_argument("--train", type=int, default=1000, help="movements of people")
    parser.add_argument("--test", type=int, default=756, help="others")
    parser.add_argument("--negatives", type=int, default=3, help="of each movement")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--each", type=int, default=200, help="movements of each script")
    parser.add_argument("--detectors", nargs="+", help="names of some; all by default")
    parser.add_argument(
        "--leave-out", nargs="*", choices=FAMILIES, default=list(FAMILIES), help="in turn"
    )
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--pieces", action="store_true", help="gain by each part of the recipe")
    instead.add_argument("--strengths", action="store_true", help="AUC of Sigma-Lognormal")
    instead.add_argument("--sources", action="store_true", help="leave one source out")
    parser.add_argument("--plot", type=Path, help="file for a plot of the AUCs")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    movements, fast = mouse_movements(options.seed)
    people, others = movements[: options.train], movements[options.train :][: options.test]
    scripts = make_machines(others, options.each, options.seed)
    sources = other_sources(options.data, 500, options.seed) if options.data else {}
    if options.pieces:
        pieces(people, others, scripts, sources, options)
    elif options.strengths:
        strengths(people, others, options)
    elif options.sources:
        mice = {
            "16 ms": [m for m, f in zip(movements, fast, strict=True) if not f],
            "7 ms": [m for m, f in zip(movements, fast, strict=True) if f],
            **{name: X for name, X in sources.items() if name in MOUSE},
        }
        leave_one_source_out(mice, scripts, options)
    else:
        aucs = compare(people, others, scripts, sources, options)
        if options.plot:
            plot(aucs, options.plot)


if __name__ == "__main__":
    main()
