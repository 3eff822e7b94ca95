"""What the raw steps of a movement tell, as the device gives them."""

import numpy as np


def step_features(trajectory):
    """Return a dict of features of the raw steps from sample to sample, as the device gives them.

    Here the movement meets the device: its smallest steps, its dead bands, how often it repeats a
    coordinate. In the unit of the data; a feature that a trajectory does not have is NaN.
    """
    moves = np.diff(np.asarray(trajectory, dtype=float)[:, :2], axis=0)
    steps, signs = np.abs(moves), np.sign(moves)
    x, y = (steps > 0).T
    length = np.linalg.norm(steps, axis=1)
    features = {
        "share along one axis": np.mean(x != y),
        "share of diagonals": np.mean(x & (steps[:, 0] == steps[:, 1])),
        "share of standing": np.mean(~x & ~y),
        "share of reversals": np.mean(signs[1:] * signs[:-1] < 0) if len(signs) > 1 else np.nan,
    }
    for name, values in (("change", steps[steps > 0]), ("step", length[length > 0])):
        for q in (0.0, 0.05, 0.25, 0.5, 0.75):
            features[f"{100 * q:g} % {name}"] = np.quantile(values, q) if len(values) else np.nan
    return features
