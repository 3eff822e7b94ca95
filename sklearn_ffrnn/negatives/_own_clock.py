"""Movements on a clock of their own, like that of a recording but of another duration."""

from __future__ import annotations

import numpy as np

from .._recording import find_lattice, median, regular_clock, stroke_starts

_BLOCK = 8  # intervals drawn together, so that bursts of events stay bursts
_LEAST = 3  # points


def draw_clock(t: np.ndarray, duration: float, rng: np.random.RandomState) -> np.ndarray:
    """Return time stamps from 0 to about `duration`, of intervals that were drawn from `t`'s.

    Parameters
    ----------
    t : ndarray of shape (n_points,)
        Time stamps of a recording, which do not decrease.
    duration : float
        In the unit of `t`.
    rng : RandomState
        Draws runs of intervals.

    Returns
    -------
    clock : ndarray of shape (n_stamps,)
        Three stamps or more.
    """
    intervals = np.diff(t)
    # A pause says how long somebody waited, not how often the device reports.
    usual = median(intervals[intervals > 0])
    intervals = intervals[intervals <= 3 * usual]
    block = min(_BLOCK, len(intervals))
    drawn: list[float] = []
    elapsed = 0.0
    while elapsed < duration or len(drawn) < _LEAST - 1:
        first = rng.randint(len(intervals) - block + 1)
        run = intervals[first : first + block].tolist()
        drawn += run
        elapsed += sum(run)
    clock = np.concatenate([[0.0], np.cumsum(drawn)])
    n_points = max(_LEAST, int(np.searchsorted(clock, duration, side="right")))
    return clock[:n_points]


def replay(
    movement: np.ndarray, pace: float, rng: np.random.RandomState, tau: np.ndarray | None = None
) -> np.ndarray:
    """Return a movement that passes through the same places `pace` times as fast.

    Parameters
    ----------
    movement : ndarray of shape (n_points, 3) or (n_points, 4)
        A recorded movement that takes some time.
    pace : float
        How many times as fast.
    rng : RandomState
        Draws the clock.
    tau : ndarray of shape (n_points,), default=None
        When, from 0 to 1, it is at each point; None is when it was recorded there.

    Returns
    -------
    replayed : ndarray of shape (n_new_points, 3) or (n_new_points, 4)
        On the lattice of `movement`; points repeat only if those of `movement` do.
    """
    t, points = movement[:, 2], movement[:, :2]
    strokes = movement[:, 3:]
    if tau is None:
        taken = regular_clock(t, stroke_starts(None, len(t)))
        tau = (taken - taken[0]) / (taken[-1] - taken[0])
    clock = draw_clock(t, (t[-1] - t[0]) / pace, rng)
    at = clock / clock[-1]
    path = np.column_stack([np.interp(at, tau, axis) for axis in points.T])
    path = find_lattice(points).snap(path)
    path[[0, -1]] = points[[0, -1]]
    stroke = strokes[np.searchsorted(tau, at, side="right").clip(1) - 1]
    replayed = np.column_stack([path, t[0] + clock, stroke])
    if not np.diff(points, axis=0).any(axis=1).all():
        return replayed
    moves = np.append(True, np.diff(path, axis=0).any(axis=1))
    moves[-1] = True  # the end is recorded even if it was reached before
    return replayed[moves] if moves.sum() >= _LEAST else replayed
