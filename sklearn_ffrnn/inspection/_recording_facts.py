"""How each movement was recorded, in numbers; and what is odd about it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .._input import at_sentinel, jumps_of
from .._recording import find_lattice
from .._typing import BoolArray, FloatArray

_REACH = 0.2  # of the extent of a movement: what two fingers are apart at least
_TO_AND_FRO = 8.0  # times as far away as back
_FEWEST_MIXED = 4
_MIXED = 0.2


def recording_facts(trajectories: Sequence[np.ndarray]) -> pd.DataFrame:
    """Return a row for each checked trajectory.

    Parameters
    ----------
    trajectories : sequence of ndarray of shape (n_points, 3) or (n_points, 4)
        Times in milliseconds; they may run backwards.

    Returns
    -------
    facts : DataFrame
        `points`, `duration` and `distance`; of the clock the median `step` between distinct stamps,
        its `jitter` (deviation over mean, without gaps), `per_stamp` (points that share a stamp, on
        average), `equal` (share of points with the stamp of the one before) and `backwards` (steps
        back in time); `grid` (distance of the lines that coordinates lie on, 0 for none);
        `start_speed` and `end_speed` (of the first and last step with time, relative to the mean);
        `sentinels`, `jumps` (points) and `mixed` (whether points alternate between two places).
    """
    jumps = jumps_of(trajectories)
    rows = [_facts(trajectory) for trajectory in trajectories]
    return pd.DataFrame(rows).assign(jumps=jumps)


def _facts(trajectory: np.ndarray) -> dict[str, float]:
    xy, t = trajectory[:, :2], trajectory[:, 2]
    nowhere = at_sentinel(xy)
    xy, t = xy[~nowhere], t[~nowhere]
    every_step = np.diff(t)
    steps = every_step[every_step > 0]
    usual = float(np.median(steps)) if len(steps) else np.nan
    unbroken = steps[steps <= 3 * usual]
    path = np.hypot(*np.diff(xy, axis=0).T)
    start, end = _speeds_at_ends(path, every_step)
    return {
        "points": len(trajectory),
        "duration": float(np.ptp(t)) if len(t) else np.nan,
        "distance": float(path.sum()),
        "step": usual,
        "jitter": float(unbroken.std() / unbroken.mean()) if len(unbroken) > 1 else np.nan,
        "per_stamp": len(t) / max(1, len(np.unique(t))),
        "equal": float(np.mean(every_step == 0)) if len(every_step) else np.nan,
        "backwards": int(np.count_nonzero(every_step < 0)),
        "grid": _grid(xy),
        "start_speed": start,
        "end_speed": end,
        "sentinels": int(nowhere.sum()),
        "mixed": _is_mixed(xy),
    }


def _grid(xy: FloatArray) -> float:
    if not len(xy):
        return np.nan
    return float(find_lattice(xy).spacing.max())


def _speeds_at_ends(path: FloatArray, steps: FloatArray) -> tuple[float, float]:
    """Return the speeds of the first and last step that takes time, relative to the mean speed."""
    timed = steps > 0
    if not timed.any() or not path.sum():
        return np.nan, np.nan
    speeds = path[timed] / steps[timed]
    mean = path.sum() / steps[timed].sum()
    return float(speeds[0] / mean), float(speeds[-1] / mean)


def _is_mixed(xy: FloatArray) -> bool:
    """Tell whether points alternate between two places, as those of two fingers in one log do."""
    if len(xy) < 2 + _FEWEST_MIXED:
        return False
    away = np.hypot(*np.diff(xy, axis=0).T)
    back = np.hypot(*(xy[2:] - xy[:-2]).T)
    extent = float(np.hypot(*np.ptp(xy, axis=0)))
    nearer = np.minimum(away[:-1], away[1:])
    to_and_fro: BoolArray = (nearer > _TO_AND_FRO * back) & (nearer > _REACH * extent)
    n = int(to_and_fro.sum())
    return n >= _FEWEST_MIXED and n > _MIXED * len(xy)
