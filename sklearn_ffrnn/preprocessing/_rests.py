"""Rests: how long somebody waits says nothing of how they move."""

from __future__ import annotations

import numpy as np

from .._recording import median
from .._typing import BoolArray
from ._velocity import merge_equal_times

_GAP = 3.0  # usual intervals; after a longer one the pointer has only just set out


def without_rests(trajectory: np.ndarray, longest: float, finest: float) -> np.ndarray:
    """Return a movement whose rests are cut to `longest`, and gone at either end.

    Devices that report movement alone leave a gap where nothing moves. Interpolated, it looks like
    a slow straight piece; here the pointer stands still until one usual interval before the next
    point.

    Parameters
    ----------
    trajectory : ndarray of shape (n_points, 3) or (n_points, 4)
        A recorded movement.
    longest : float
        Rest that is left, in the unit of t.
    finest : float
        Interval below which none counts as usual: what a recorder lost is no rest.

    Returns
    -------
    movement : ndarray of shape (n_new_points, 3)
        Without points that share a time stamp; two points or more.
    """
    merged = merge_equal_times(trajectory)[:, :3]
    t = merged[:, 2]
    intervals = np.diff(t)
    if not len(intervals):
        return trajectory[[0, -1], :3]
    usual = max(median(intervals), finest)
    gap = np.flatnonzero(intervals > _GAP * usual)
    held = np.column_stack([merged[gap, :2], t[gap + 1] - usual])
    points = np.insert(merged, gap + 1, held, axis=0)
    still: BoolArray = (np.diff(points[:, :2], axis=0) == 0).all(axis=1)
    intervals = np.diff(points[:, 2])
    if still.all():
        return points
    run = np.concatenate([[0], np.cumsum(still[1:] != still[:-1])])
    lasts = np.bincount(run, intervals)[run]
    shrink = np.where(still & (lasts > longest), longest / lasts, 1.0)
    points[1:, 2] = points[0, 2] + np.cumsum(intervals * shrink)
    moves = np.flatnonzero(~still)
    return points[moves[0] : moves[-1] + 2]
