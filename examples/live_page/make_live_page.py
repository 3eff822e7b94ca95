"""The detector of the live page: trained in under a minute, exported, with a card beside it.

    python -m examples.live_page.make_live_page        # or make page, which serves the page too

Learns from recorded mouse movements of ``cursory`` and from machines that it makes of them (the
recipe of docs/unseen_machines.md, in small), takes for its threshold the probability that one in a
hundred of other people stays below, and says how it does on yet others and on a dozen scripts that
it has not seen. Into the folder of the page go model.onnx, the same pipeline for Python
(model.skops), the card (model.md) and what the page has to know (model.json).
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline

from examples.common.simple_machines import make_machines
from sklearn_ffrnn import (
    AbstainingClassifier,
    FFRNNClassifier,
    MixedNegativeSampler,
    TrajectoryAugmenter,
    VelocityTransformer,
    save,
)
from sklearn_ffrnn.datasets import load_mouse_movements
from sklearn_ffrnn.export import to_onnx, write_model_card

FALSE_ALARMS = 0.01  # people taken for machines that the threshold puts up with
SCRIPTED = 30  # movements of each script
FEWEST = 5  # points of a movement that the page cuts


def detector(people, epochs):
    """Return a detector that declines what is unlike all that it is to learn from."""
    pipeline = make_pipeline(
        MixedNegativeSampler(2, random_state=0),
        TrajectoryAugmenter(random_state=0),
        VelocityTransformer(16.0, keep_lattice=True, channels="intrinsic", max_length=100),
        FFRNNClassifier(max_iter=epochs, random_state=0),
    )
    return AbstainingClassifier(pipeline, **limits(people))


def limits(people):
    """Return the shortest movement and the coarsest clock that the detector knows, in ms."""
    durations = [np.ptp(x[:, 2]) for x in people]
    ticks = [np.median(np.diff(np.unique(x[:, 2]))) for x in people]
    return {
        "shortest": float(np.quantile(durations, 0.01)),
        "coarsest": float(2 * np.quantile(ticks, 0.99)),
        "fewest": FEWEST,
    }


def verdicts(model, movements):
    """Return the probabilities of a human, of the movements that can be judged."""
    probability = model.predict_proba(movements)[:, 1]
    return probability[~np.isnan(probability)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=600, help="movements to learn from")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()
    started = time.perf_counter()

    people = load_mouse_movements().data
    order = np.random.default_rng(0).permutation(len(people))
    cuts = np.cumsum([options.people, (len(people) - options.people) // 2])
    training, calibration, others = ([people[i] for i in part] for part in np.split(order, cuts))
    model = detector(training, options.epochs).fit(training)
    threshold = np.quantile(verdicts(model, calibration), FALSE_ALARMS)
    judge = FixedThresholdClassifier(
        FrozenEstimator(model), threshold=threshold, response_method="predict_proba"
    ).fit(training[:2], [0, 1])

    machines = make_machines(others, SCRIPTED, seed=0)
    human, scripted = (
        verdicts(model, X) for X in (others, [m for ms in machines.values() for m in ms])
    )
    figures = {
        "AUC, other people against scripts": roc_auc_score(
            np.repeat([1, 0], [len(human), len(scripted)]), np.append(human, scripted)
        ),
        "other people taken for machines": f"{np.mean(human < threshold):.1%} of {len(human)}",
        "scripts taken for people": f"{np.mean(scripted >= threshold):.1%} of {len(scripted)}",
    }
    description = (
        f"{len(training)} mouse movements of the package cursory, and machines made of them by "
        "MixedNegativeSampler. For trying out the live page, not for guarding anything."
    )
    options.out.mkdir(exist_ok=True, parents=True)
    save(model, options.out / "model.skops")
    to_onnx(judge, options.out / "model.onnx", training=description)
    write_model_card(
        judge, options.out / "model.md", training, figures=figures, description=description
    )
    settings = {"threshold": float(threshold), **limits(training)}
    (options.out / "model.json").write_text(json.dumps(settings, indent=1) + "\n")
    for name, value in figures.items():
        print(f"{name}: {value if isinstance(value, str) else format(value, '.3f')}")
    print(f"In {options.out} after {time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
