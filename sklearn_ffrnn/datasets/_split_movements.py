"""Single movements from a continuous log of a pointer."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from .._input import TRAJECTORY_COLUMNS

_CLICKS = {"pressed", "released"}


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
    cut where the pointer has no position (x or y is NaN), where time runs backwards (the clock was
    set), and at clicks. The parts that are left with enough points are the movements.

    Parameters
    ----------
    log : DataFrame or array-like of shape (n_events, 3)
        Columns x, y, t in the order of recording. A DataFrame may have more columns.
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
        If a column is missing, `log` has not three columns, or t is not finite.

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
    points = _points(log)
    nowhere = np.isnan(points[:, :2]).any(axis=1)
    steps = np.diff(points[:, 2])
    cut = (steps > max_gap) | (steps < 0) | nowhere[1:] | nowhere[:-1]
    if at_clicks and isinstance(log, pd.DataFrame) and "state" in log.columns:
        cut |= log["state"].astype(str).str.lower().isin(_CLICKS).to_numpy()[:-1]
    parts = np.split(points, np.flatnonzero(cut) + 1)
    return [
        part - [0.0, 0.0, part[0, 2]]
        for part in parts
        if len(part) >= min_points and not np.isnan(part[0]).any()
    ]


def _points(log: Any) -> np.ndarray:
    if isinstance(log, pd.DataFrame):
        missing = [column for column in TRAJECTORY_COLUMNS if column not in log.columns]
        if missing:
            raise ValueError(
                f"log has no column {', '.join(missing)}; its columns are {list(log.columns)}. "
                "Rename its columns to x, y, t."
            )
        log = log[list(TRAJECTORY_COLUMNS)]
    try:
        points = np.asarray(log, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"log cannot be read as an array of numbers: {error}") from error
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
