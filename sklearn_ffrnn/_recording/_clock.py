"""Estimate when the points of a recording were taken."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from .._typing import FloatArray
from ._median import median

CLOCK_SMOOTHING = 3.0  # points


def regular_clock(t: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return the times at which the points were probably taken, in the unit of `t`.

    Equal stamps are spread evenly up to the next distinct one, and jitter from point to point is
    smoothed away; gaps of more than three times the usual interval are kept.

    Parameters
    ----------
    t : ndarray of shape (n_points,)
        Recorded times, never decreasing.
    starts : ndarray of int
        First point of each pen stroke.
    """
    clock = spread_equal_stamps(t)
    interval = np.diff(clock)
    if not len(interval):
        return clock
    gap = interval > 3 * median(interval)
    gap[starts[1:] - 1] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[True], gap, [True]]).astype(np.int8)))
    for a, b in zip(edges[::2], edges[1::2], strict=True):  # runs of intervals without a gap
        # Reflection keeps the sum of the intervals, so that both ends of the run stay in place.
        interval[a:b] = gaussian_filter1d(interval[a:b], CLOCK_SMOOTHING, mode="reflect")
    elapsed: FloatArray = np.concatenate([[0.0], np.cumsum(interval)])
    return clock[:1] + elapsed


def spread_equal_stamps(t: FloatArray) -> FloatArray:
    """Return `t` with equal values spread evenly up to the next distinct one."""
    if (t[1:] > t[:-1]).all():
        return t.astype(np.float64)
    distinct, first, count = np.unique(t, return_index=True, return_counts=True)
    if len(distinct) < 2:
        return t.astype(np.float64)
    ticks = np.diff(distinct)
    usual = median(ticks)
    # Points before a pause were taken at their tick, not all through the pause.
    room = np.minimum(np.append(ticks, usual), usual)
    within = np.arange(len(t)) - np.repeat(first, count)
    return t + within * np.repeat(room / count, count)
