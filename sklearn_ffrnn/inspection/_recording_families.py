"""Features of how a movement was recorded, in families; none describes how the movement went.

Each function takes one trajectory (n_points, 3 or 4) with columns x, y, t and perhaps stroke_id,
and returns its features by name. Features that the trajectory is too short for are NaN.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_SPACINGS = (1.0, 0.5, 0.1, 0.01)
_EPS = float(np.finfo(np.float32).eps)  # recordings are often stored in single precision


def clock(trajectory: np.ndarray) -> dict[str, float]:
    """Describe the steps between distinct time stamps, in the unit of the data."""
    t = trajectory[:, 2]
    every_step = np.diff(t)
    step = every_step[every_step > 0]
    if not len(step):
        return {"share of steps back in time": _share(every_step < 0)}
    quantiles = np.quantile(step, _QUANTILES)
    median = quantiles[2]
    unbroken = step[step <= 3 * median]  # without the gaps, which would drown the jitter
    return {
        "share of steps back in time": _share(every_step < 0),
        "share of whole time stamps": _share(_on_lattice(t, 1.0)),
        "share of steps like the median": _share(np.abs(step - median) <= 0.01 * median),
        "distinct steps": len(np.unique(np.round(step / median, 3))) / len(step),
        "jitter": float(unbroken.std() / unbroken.mean()),
        "correlation of a step with the next": _correlation(unbroken[:-1], unbroken[1:]),
        "share of gaps": 1.0 - len(unbroken) / len(step),
        "shortest step": float(step.min()),
        "longest step": float(step.max()),
        **{
            f"{100 * q:g} % quantile of the steps": float(value)
            for q, value in zip(_QUANTILES, quantiles, strict=True)
        },
    }


def lattice(trajectory: np.ndarray) -> dict[str, float]:
    """Describe the lattice that coordinates lie on, to single precision."""
    xy = trajectory[:, :2]
    steps = np.concatenate([np.diff(np.unique(axis)) for axis in xy.T])
    steps = steps[steps > 4 * _EPS * np.abs(xy).max()]
    features = {
        f"share of multiples of {spacing:g}": _share(_on_lattice(xy, spacing))
        for spacing in _SPACINGS
    }
    if len(steps):
        # On a lattice of any spacing all differences are multiples of the smallest one.
        spacing = float(steps.min())
        multiples = steps / spacing
        fit = _share(np.abs(multiples - np.round(multiples)) < 0.05)
        features["share of multiples of the smallest difference"] = fit
        changes = np.abs(np.diff(xy, axis=0))
        for name, value in {
            "spacing": spacing,
            "small changes of a coordinate, in spacings": _small(changes) / spacing,
            "short steps, in spacings": _small(np.hypot(*changes.T)) / spacing,
        }.items():
            features[name] = value if fit > 0.9 else np.nan
    return features


def duplicate_points(trajectory: np.ndarray) -> dict[str, float]:
    """Count points that repeat the position of the point before."""
    step = np.diff(trajectory[:, :3], axis=0)
    still = ~np.any(step[:, :2], axis=1)
    return {
        "share of points that repeat the position": _share(still),
        "share of points that repeat position and time": _share(still & (step[:, 2] == 0)),
        "longest run of one position": _longest_run(still) / len(trajectory),
    }


def rest_at_ends(trajectory: np.ndarray) -> dict[str, float]:
    """Compare the speed at both ends with the mean speed."""
    t = np.maximum.accumulate(trajectory[:, 2])
    last = np.append(np.diff(t) > 0, True)  # of points with one time stamp, keep the last
    t, xy = t[last], trajectory[last, :2]
    path = np.linalg.norm(np.diff(xy, axis=0), axis=1)
    moved = np.flatnonzero(path)
    if not len(moved):
        return {"still steps at the start": float(len(path))}
    elapsed = np.diff(t)
    mean_speed = path.sum() / elapsed.sum()
    features = {}
    for n in (1, 3):
        name = "the first step" if n == 1 else f"the first {n} steps"
        features[f"speed of {name}"] = path[:n].sum() / elapsed[:n].sum() / mean_speed
        name = name.replace("first", "last")
        features[f"speed of {name}"] = path[-n:].sum() / elapsed[-n:].sum() / mean_speed
    features["still steps at the start"] = float(moved[0])
    features["still steps at the end"] = float(len(path) - 1 - moved[-1])
    return features


def length(trajectory: np.ndarray) -> dict[str, float]:
    """Count points and strokes, and take the duration."""
    t = trajectory[:, 2]
    features = {"points": float(len(t)), "duration": float(t.max() - t.min())}
    if trajectory.shape[1] == 4:
        features["strokes"] = 1.0 + float(np.count_nonzero(np.diff(trajectory[:, 3])))
    return features


def zero_steps(trajectory: np.ndarray) -> dict[str, float]:
    """Count points that repeat the time stamp of the point before."""
    zero = np.diff(trajectory[:, 2]) == 0
    moved = np.any(np.diff(trajectory[:, :2], axis=0), axis=1)
    return {
        "share of steps of zero time": _share(zero),
        "share of movement among steps of zero time": _share(moved[zero]),
        "longest run of one time stamp": float(_longest_run(zero)),
    }


FAMILIES: dict[str, Callable[[np.ndarray], dict[str, float]]] = {
    "clock": clock,
    "lattice": lattice,
    "duplicate points": duplicate_points,
    "start/end at rest": rest_at_ends,
    "length": length,
    "zero steps": zero_steps,
}


def _share(condition: np.ndarray) -> float:
    return float(np.mean(condition)) if condition.size else np.nan


def _small(sizes: np.ndarray) -> float:
    """Return the size that nearly all nonzero sizes exceed: the least that a device reports."""
    return float(np.quantile(sizes[sizes > 0], 0.02))


def _on_lattice(values: np.ndarray, spacing: float) -> np.ndarray:
    multiples = values / spacing
    return np.abs(multiples - np.round(multiples)) <= 1e-3 + _EPS * np.abs(multiples)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    if len(a) < 3 or a.std() == 0 or b.std() == 0:
        return np.nan
    return float(np.corrcoef(a, b)[0, 1])


def _longest_run(condition: np.ndarray) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], condition.view(np.int8), [0]])))
    return int(np.max(edges[1::2] - edges[::2], initial=0))
