"""More than two classes: which of the 16 gestures of $1 is it, by a writer not trained on?

    python -m examples.benchmarks.bench_gestures --data DIR [--folds 3]

The human rows of $1, whose names hold the gesture, on a clock of 20 ms. Forward-Forward (the label
rides along the input) and the baseline at their defaults beside MiniRocket with a ridge classifier
(left out where aeon is not installed) and boosting on the features of the dynamics: accuracy, and
processor seconds of `fit` on one thread. Each fold leaves out one writer.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.model_selection import LeaveOneGroupOut
from threadpoolctl import threadpool_limits

from examples.benchmarks.bench_rivals import PERIOD, models


def read_gestures(path):
    """Return the human movements, the gesture of each and its writer."""
    with np.load(path) as archive:
        points, offsets = archive["points"].astype(np.float64), archive["offsets"]
        human = np.flatnonzero(archive["label"] == 1)
        # Such as s04-arrow-fast-t01: writer, gesture, speed, try.
        gesture = np.array([name.split("-")[1] for name in archive["name"][human]])
        writer = archive["writer"][human]
    movements = [points[offsets[i] : offsets[i + 1]] for i in human]
    for movement in movements:
        movement[:, 2] = np.maximum.accumulate(movement[:, 2])
    return movements, gesture, writer


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of dollar-one.npz")
    parser.add_argument("--models", nargs="+", default=list(models(None, None, 0)))
    parser.add_argument("--folds", type=int, default=6, help="how many of six")
    parser.add_argument("--samples", type=int, default=None, help="train on fewer")
    parser.add_argument("--epochs", type=int, default=None, help="other than the defaults'")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()

    torch.set_num_threads(1)
    X, y, writer = read_gestures(options.data / "dollar-one.npz")
    rng = np.random.default_rng(options.seed)
    runs = {model: [] for model in options.models}
    for train, test in list(LeaveOneGroupOut().split(y, y, writer))[: options.folds]:
        chosen = rng.permutation(train)[: options.samples]
        for name in options.models:
            model, start = models(PERIOD, options.epochs, options.seed)[name], time.process_time()
            with threadpool_limits(1):
                model.fit([X[i] for i in chosen], y[chosen])
            seconds = time.process_time() - start
            accuracy = model.score([X[i] for i in test], y[test])
            runs[name].append((accuracy, seconds))
            print(f"{writer[test][0]} {name}: {accuracy:.4f}, {seconds:.1f} s", flush=True)
    table = pd.DataFrame(
        {name: np.mean(of_model, axis=0) for name, of_model in runs.items()},
        index=["accuracy", "fit s"],
    ).T
    print(f"\nMean of {options.folds} folds, one writer left out of each")
    print(table.to_string(float_format="{:.4g}".format))


if __name__ == "__main__":
    main()
