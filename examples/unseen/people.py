"""Human movements by source: the recording device, as far as a recording shows it."""

from pathlib import Path

import numpy as np

from examples.common.study_data import read_movements
from sklearn_ffrnn.datasets import load_mouse_movements

FAST_CLOCK = 12.0  # ms; the recordings' usual interval is about 7 ms or about 16 ms
SHORTEST = 150.0  # ms
MOUSE, OTHERS = ("mouse-operation",), ("dollar-one", "mobiletouchdb")


def mouse_movements(seed):
    """Return the package's mouse movements in random order, and whether their clock is fast."""
    movements = load_mouse_movements().data
    order = np.random.default_rng(seed).permutation(len(movements))
    movements = [movements[i] for i in order]
    fast = np.array([np.median(np.diff(m[:, 2])) < FAST_CLOCK for m in movements])
    return movements, fast


def other_sources(data, n, seed):
    """Return {name: up to n single human strokes} of the data sets of the study in a folder."""
    sources = {}
    for name in (*MOUSE, *OTHERS):
        path = Path(data, f"{name}.npz")
        if not path.is_file():
            continue
        table = read_movements(path, single_strokes=True, min_points=15)
        human = table.loc[table["label"] == 1, "movement"]
        human = human[human.map(lambda m: m[-1, 2] - m[0, 2] >= SHORTEST)]
        sources[name] = human.sample(min(n, len(human)), random_state=seed).tolist()
    return sources
