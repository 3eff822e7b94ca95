"""Single movements from a continuous log of a pointer."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from .._input import SENTINELS, as_frame
from ._cut_log import BEGINNINGS, LogCutter, Part

MOST_BACKWARDS = 0.25  # of all steps; a movement of five points begins once in five
# Steps in max_gap that make one doubt its unit: half a second has 4,000 of the fastest mice's, and
# more than a million are meant as "never cut".
DOUBTFUL_GAP = (1e4, 1e6)
_SLICE = 2**16  # rows of a log at a time, to save memory


@validate_params(
    {
        "by": [str, list, tuple, None],
        "max_gap": [Interval(Real, 0, None, closed="right")],
        "min_points": [Interval(Integral, 2, None, closed="left")],
        "at_clicks": ["boolean"],
        "return_origin": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def split_movements(
    log: Any,
    *,
    by: str | Sequence[str] | None = None,
    max_gap: float = 500.0,
    min_points: int = 5,
    at_clicks: bool = True,
    return_origin: bool = False,
) -> Any:
    """Cut continuous logs of a pointer into movements.

    A log has no row while the pointer rests, so a long time between two rows is a rest. It is also
    cut where the pointer has no position, where time runs backwards (the clock was set), and at
    clicks. The parts that are left with enough points are the movements.

    The pointer has no position where x or y is missing (NaN), and at a sentinel: the largest or
    smallest number of 16 or 32 bits (65535, 32767, ...), more than twice as far from 0 as any other
    coordinate of that axis. Remote desktops and touch drivers write such. These rows are dropped.

    Parameters
    ----------
    log : DataFrame, array-like of shape (n_events, 3), list or iterator of these
        Columns x, y, t in the order of recording. A DataFrame may have more columns, its numbers
        may be nullable or Arrow-backed, and its t may hold dates (datetime64) or durations
        (timedelta64), which are read in milliseconds. A list holds one log an item. An iterator
        gives one log piece by piece (as ``read_log(..., chunk_rows=100_000)`` does), which is cut
        as if it were whole, with no more than the piece at hand in memory.
    by : str, sequence of str or None, default=None
        Columns of the DataFrame that tell sessions, trials, visitors or fingers apart: points that
        differ in one of them are never in one movement, and may be mixed. None is "movement" where
        there is such a column, as readers give it.
    max_gap : float, default=500.0
        Longest time between two points of one movement, in the unit of t (by default thought of as
        milliseconds; a Balabit client sends a moving pointer's position every 0.1 s or so).
        ``numpy.inf`` never cuts at pauses.
    min_points : int, default=5
        Fewest points of a movement; shorter parts are dropped.
    at_clicks : bool, default=True
        If `log` has a column "state", end a movement with each event in which a button, a finger or
        a pen goes down or up ("Pressed", "Released", "click", "mousedown", "touchend", ...).
    return_origin : bool, default=False
        If True, also return where each movement comes from.

    Returns
    -------
    movements : list of ndarray of shape (n_points, 3)
        In the order of the log; t is counted from the first point of each movement.
    origin : DataFrame of shape (n_movements, n_columns)
        Only if `return_origin` is True. Where each movement comes from: `log` (position in a list
        of logs, else 0), `row` and `t` of its first point there, `begins` (what it was cut off by:
        "start" of the log or id, "pause", "click", "no position" or "clock"), and the columns of
        `by`.

    Raises
    ------
    ValueError
        If a column is missing, a log has not three columns, t is not finite, an id is missing, or
        time runs backwards in more than a quarter of the steps in which it changes: then the log
        isn't sorted by time, or its columns stand in another order.

    Warns
    -----
    UserWarning
        If there is no movement in a log that is long enough, or if `max_gap` has more than ten
        thousand of its steps and no rest is found: t seems to have another unit.

    See Also
    --------
    read_log : Reads logs from files.

    Examples
    --------
    >>> from sklearn_ffrnn.datasets import split_movements
    >>> log = [[0, 0, 0], [3, 1, 100], [5, 1, 200], [5, 2, 3000], [9, 2, 3100]]
    >>> movements, origin = split_movements(
    ...     log, max_gap=1000, min_points=2, return_origin=True)
    >>> movements
    [array([[  0.,   0.,   0.],
           [  3.,   1., 100.],
           [  5.,   1., 200.]]), array([[  5.,   2.,   0.],
           [  9.,   2., 100.]])]
    >>> origin
       log  row       t begins
    0    0    0     0.0  start
    1    0    3  3000.0  pause
    """
    by = [by] if isinstance(by, str) else by
    movements: list[np.ndarray] = []
    origins: list[tuple[int, Part]] = []
    keys = list(by) if by is not None else []
    logs = list(log) if _is_list_of_logs(log) else [log]
    for i, one in enumerate(logs):
        where = f"log[{i}]" if logs is not log and len(logs) > 1 else "log"
        cutter = LogCutter(where, by, max_gap=max_gap, min_points=min_points, clicks=at_clicks)
        parts = [part for piece, last in _pieces(one) for part in cutter.cut(piece, last=last)]
        _check_order(cutter)
        _check_unit(cutter, any_movement=bool(parts))
        parts.sort(key=lambda part: part.row)
        for part in parts:
            origins.append((i, part))
            movements.append(part.points - [0.0, 0.0, part.points[0, 2]])
    if not return_origin:
        return movements
    if by is None and origins and origins[0][1].key:
        keys = ["movement"]
    return movements, _origin_table(origins, keys)


def _is_list_of_logs(log: Any) -> bool:
    if not isinstance(log, (list, tuple)) or not len(log):
        return False
    return hasattr(log[0], "columns") or np.ndim(log[0]) == 2


def _pieces(log: Any) -> Iterator[tuple[Any, bool]]:
    """Yield the pieces of one log, and whether each is the last."""
    if not hasattr(log, "__next__"):
        log = as_frame(log)
        size = _SLICE if _is_plain(log) else max(len(log), 1)
        for start in range(0, max(len(log), 1), size):
            yield log[start : start + size], start + size >= len(log)
        return
    piece = next(log, None)
    while piece is not None:
        following = next(log, None)
        yield piece, following is None
        piece = following


def _is_plain(log: Any) -> bool:
    """Tell whether a log can be cut in slices: what is a sentinel hangs on all of the log."""
    if not isinstance(log, pd.DataFrame):
        return False
    for name in ("x", "y", "t"):
        if (log.columns == name).sum() != 1:
            return False
        if not isinstance(log[name].dtype, np.dtype) or log[name].dtype.kind not in "fi":
            return False
    smallest = min(abs(value) for value in SENTINELS)
    return not any(log[name].abs().max() >= smallest for name in ("x", "y"))


def _origin_table(origins: list[tuple[int, Part]], by: list[str]) -> pd.DataFrame:
    begins = pd.Categorical([part.begins for _, part in origins], categories=list(BEGINNINGS))
    table = pd.DataFrame(
        {
            "log": np.array([i for i, _ in origins], dtype=np.intp),
            "row": np.array([part.row for _, part in origins], dtype=np.intp),
            "t": np.array([part.points[0, 2] for _, part in origins], dtype=np.float64),
            "begins": begins,
        }
    )
    for j, name in enumerate(by):
        table[name] = [part.key[j] for _, part in origins]
    return table


def _check_order(cutter: LogCutter) -> None:
    """Raise ValueError if time runs backwards too often for a clock that was set."""
    if cutter.first_backwards and cutter.backwards > MOST_BACKWARDS * cutter.n_changes:
        before, after, row = cutter.first_backwards
        raise ValueError(
            f"{cutter.where}: time goes backwards in {cutter.backwards} of {cutter.n_changes} "
            f"steps in which it changes, first from {before:g} to {after:g} at event {row}; sort "
            "the events by t, or check that the columns are in the order x, y, t."
        )


def _check_unit(cutter: LogCutter, *, any_movement: bool) -> None:
    """Warn if `max_gap` and t seem to be in different units."""
    usual, max_gap = cutter.usual_step, cutter.max_gap
    if not any_movement and cutter.n_rows > cutter.min_points and usual > max_gap:
        problem = "No movement was found: most steps are longer than max_gap"
    elif cutter.longest_step <= max_gap and DOUBTFUL_GAP[0] < max_gap / usual < DOUBTFUL_GAP[1]:
        problem = "No rest was found: max_gap is thousands of steps long"
    else:
        return
    warnings.warn(
        f"{problem}. The median step of t in {cutter.where} is {usual:g}, max_gap={max_gap:g}; are "
        "they in the same unit? The default is meant for milliseconds.",
        UserWarning,
        stacklevel=4,
    )
