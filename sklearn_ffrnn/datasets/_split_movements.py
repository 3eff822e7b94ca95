"""Single movements from a continuous log of a pointer."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from .._input import as_frame, as_numbers, at_sentinel, select_trajectory

_CLICKS = {"pressed", "released"}
MOST_BACKWARDS = 0.25  # of all steps; a movement of five points begins once in five
# Steps in max_gap that make one doubt its unit: half a second has 4,000 of the fastest mice's, and
# more than a million are meant as "never cut".
DOUBTFUL_GAP = (1e4, 1e6)


@validate_params(
    {
        "log": ["array-like"],
        "max_gap": [Interval(Real, 0, None, closed="neither")],
        "min_points": [Interval(Integral, 2, None, closed="left")],
        "at_clicks": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def split_movements(
    log: Any, *, max_gap: float = 500.0, min_points: int = 5, at_clicks: bool = True
) -> list[np.ndarray]:
    """Cut a continuous log of a pointer into movements.

    A log has no row while the pointer rests, so a long time between two rows is a rest. It is also
    cut where the pointer has no position, where time runs backwards (the clock was set), and at
    clicks. The parts that are left with enough points are the movements.

    The pointer has no position where x or y is missing (NaN), and at a sentinel: the largest or
    smallest number of 16 or 32 bits (65535, 32767, ...), more than twice as far from 0 as any other
    coordinate of that axis. Remote desktops and touch drivers write such. These rows are dropped.

    Parameters
    ----------
    log : DataFrame or array-like of shape (n_events, 3)
        Columns x, y, t in the order of recording. A DataFrame may have more columns, its numbers
        may be nullable or Arrow-backed, and its t may hold dates (datetime64) or durations
        (timedelta64), which are read in milliseconds.
    max_gap : float, default=500.0
        Longest time between two points of one movement, in the unit of t (by default thought of as
        milliseconds; a Balabit client sends a moving pointer's position every 0.1 s or so).
    min_points : int, default=5
        Fewest points of a movement; shorter parts are dropped.
    at_clicks : bool, default=True
        If `log` has a column "state", end a movement with each event "Pressed" or "Released".

    Returns
    -------
    movements : list of ndarray of shape (n_points, 3)
        In the order of the log; t is counted from the first point of each movement.

    Raises
    ------
    ValueError
        If a column is missing, `log` has not three columns, t is not finite, or time runs
        backwards in more than a quarter of the steps in which it changes: then the log isn't sorted
        by time, or its columns stand in another order.

    Warns
    -----
    UserWarning
        If there is no movement in a log that is long enough, or if `max_gap` has more than ten
        thousand of its steps and no rest is found: t seems to have another unit.

    Examples
    --------
    >>> from sklearn_ffrnn.datasets import split_movements
    >>> log = [[0, 0, 0], [3, 1, 100], [5, 1, 200], [5, 2, 3000], [9, 2, 3100]]
    >>> split_movements(log, max_gap=1000, min_points=2)
    [array([[  0.,   0.,   0.],
           [  3.,   1., 100.],
           [  5.,   1., 200.]]), array([[  5.,   2.,   0.],
           [  9.,   2., 100.]])]
    """
    log = as_frame(log)
    points = _points(log)
    steps = np.diff(points[:, 2])
    _check_order(points[:, 2], steps)
    nowhere = np.isnan(points[:, :2]).any(axis=1) | at_sentinel(points[:, :2])
    cut = (steps > max_gap) | (steps < 0) | nowhere[1:] | nowhere[:-1]
    if at_clicks and isinstance(log, pd.DataFrame) and "state" in log.columns:
        cut |= log["state"].astype(str).str.lower().isin(_CLICKS).to_numpy()[:-1]
    starts = np.append(0, np.flatnonzero(cut) + 1)
    parts = np.split(points, starts[1:])
    movements = [
        part - [0.0, 0.0, part[0, 2]]
        for start, part in zip(starts, parts, strict=True)
        if len(part) >= min_points and not nowhere[start]
    ]
    _check_unit(steps, max_gap, any_movement=bool(movements), min_points=min_points)
    return movements


def _check_order(t: np.ndarray, steps: np.ndarray) -> None:
    """Raise ValueError if time runs backwards too often for a clock that was set."""
    backwards = np.flatnonzero(steps < 0)
    if len(backwards) > MOST_BACKWARDS * np.count_nonzero(steps):
        j = int(backwards[0])
        raise ValueError(
            f"log: time goes backwards in {len(backwards)} of {len(steps)} steps, first from "
            f"{t[j]:g} to {t[j + 1]:g} at event {j + 1}; sort the events by t, or check that the "
            "columns are in the order x, y, t."
        )


def _check_unit(
    steps: np.ndarray, max_gap: float, *, any_movement: bool, min_points: int
) -> None:
    """Warn if `max_gap` and t seem to be in different units."""
    forward = steps[steps > 0]
    if not len(forward):
        return
    usual = float(np.median(forward))
    if not any_movement and len(steps) >= min_points and usual > max_gap:
        problem = "No movement was found: most steps are longer than max_gap"
    elif forward.max() <= max_gap and DOUBTFUL_GAP[0] < max_gap / usual < DOUBTFUL_GAP[1]:
        problem = "No rest was found: max_gap is thousands of steps long"
    else:
        return
    warnings.warn(
        f"{problem}. The median step of t is {usual:g}, max_gap={max_gap:g}; are they in the same "
        "unit? The default is meant for milliseconds.",
        UserWarning,
        stacklevel=4,
    )


def _points(log: Any) -> np.ndarray:
    if isinstance(log, pd.DataFrame):
        log = select_trajectory(log, "log")
    points = as_numbers(log, "log").astype(np.float64)
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(
            f"log has shape {points.shape}; expected (n_events, 3) with columns x, y, t."
        )
    if np.isinf(points).any() or np.isnan(points[:, 2]).any():
        bad = np.isinf(points).any(axis=1) | np.isnan(points[:, 2])
        raise ValueError(
            f"log holds an infinite value or a missing t in event {int(np.flatnonzero(bad)[0])}; "
            "drop such events. Only x and y may be NaN, where the pointer has no position."
        )
    return points
