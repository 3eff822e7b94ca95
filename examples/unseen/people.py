"""Human movements by the recorder that they come from."""

from itertools import pairwise
from pathlib import Path

import numpy as np

from examples.common.study_data import read_movements
from sklearn_ffrnn.datasets import load_mouse_movements

FAST_CLOCK = 12.0  # ms; the usual interval of cursory's recordings is about 7 ms or about 16 ms
FINE = ("user7", "user9")  # of Balabit, at 16 ms; the others are at 110 ms
SHORTEST = 150.0  # ms


def mouse_movements(seed):
    """Return the package's mouse movements in random order."""
    movements = load_mouse_movements().data
    order = np.random.default_rng(seed).permutation(len(movements))
    return [movements[i] for i in order]


def is_fast(movement):
    """Return whether the clock of a movement of cursory is the fast one."""
    return bool(np.median(np.diff(movement[:, 2])) < FAST_CLOCK)


def other_recorders(data, n, seed):
    """Return {recorder: up to n movements} of other data sets, as far as a folder has them."""
    found = {}
    if (path := Path(data, "mouse-operation.npz")).is_file():
        table = read_movements(path, single_strokes=True, min_points=15)
        found["mouse-operation"] = table.loc[table["label"] == 1, "movement"].tolist()
    if (path := Path(data, "balabit.npz")).is_file():
        with np.load(path) as archive:
            points, offsets, user = (archive[name] for name in ("points", "offsets", "user"))
        movements = [points[a:b].astype(float) for a, b in pairwise(offsets)]
        for name, wanted in (("Balabit, 16 ms", True), ("Balabit, 110 ms", False)):
            found[name] = [
                m
                for m, who in zip(movements, user, strict=True)
                if (who in FINE) == wanted and np.ptp(m[:, :2], axis=0).any()
            ]
    rng = np.random.default_rng(seed)
    return {
        name: [m for m in (X[i] for i in rng.permutation(len(X))) if lasts(m)][:n]
        for name, X in found.items()
    }


def lasts(movement):
    return movement[-1, 2] - movement[0, 2] >= SHORTEST
