"""Estimate when the points of a recording were taken."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.ndimage import correlate1d, gaussian_filter1d

from .._typing import FloatArray
from ._median import median

CLOCK_SMOOTHING = 3.0  # points
_REACH = round(4 * CLOCK_SMOOTHING)
_KERNEL = gaussian_filter1d(np.eye(1, 2 * _REACH + 1, _REACH)[0], CLOCK_SMOOTHING, mode="constant")


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
    for a, b in pairwise([-1, *np.flatnonzero(gap).tolist(), len(gap)]):
        run = interval[a + 1 : b]  # of intervals between two gaps
        if len(run):
            # Reflection keeps the sum of the intervals, so that both ends of a run stay in place.
            run[:] = correlate1d(run, _KERNEL, mode="reflect")
    elapsed: FloatArray = np.concatenate([[0.0], interval.cumsum()])
    return clock[:1] + elapsed


def spread_equal_stamps(t: FloatArray) -> FloatArray:
    """Return `t` with equal values spread evenly up to the next distinct one."""
    if (t[1:] > t[:-1]).all():  # the usual case, told in a tenth of the time
        return t.astype(np.float64)
    distinct, first, count = np.unique(t, return_index=True, return_counts=True)
    if len(distinct) == len(t) or len(distinct) < 2:
        return t.astype(np.float64)
    ticks = np.diff(distinct)
    usual = median(ticks)
    # Points before a pause were taken at their tick, not all through the pause.
    room = np.minimum(np.append(ticks, usual), usual)
    within = np.arange(len(t)) - np.repeat(first, count)
    return t + within * np.repeat(room / count, count)
