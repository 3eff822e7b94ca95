"""Movements recorded once more, by another recorder: the mathematics, one trajectory at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._recording import find_lattice, median
from ._velocity import merge_equal_times

_FEWEST = 3  # points that are left of a recording


class Recorder(NamedTuple):
    """How a recorder takes the points of a movement; times are in the unit of t.

    Attributes
    ----------
    period : float
        Between its events.
    phase : float
        Part of a period after which the first event comes.
    jitter : float
        Standard deviation, in periods, of when an event comes.
    delay : float
        Standard deviation, in periods, of how much later than its event a stamp is.
    lost : float
        Share of the events that are merged into the next one.
    tick : float
        What time stamps are multiples of; 0 is any number.
    coarseness : int
        Whole number of pixels, or of whatever grid the source lies on, that it rounds to.
    missing : tuple of two floats
        Parts of the duration that it misses at the start and at the end.
    """

    period: float
    phase: float = 0.0
    jitter: float = 0.0
    delay: float = 0.0
    lost: float = 0.0
    tick: float = 0.0
    coarseness: int = 1
    missing: tuple[float, float] = (0.0, 0.0)


def record_again(
    trajectory: np.ndarray, recorder: Recorder, rng: np.random.RandomState
) -> np.ndarray:
    """Return what a recorder would have made of a movement.

    Between the points of the source, of which there should be more than events, the movement is
    taken to go straight. The source comes back where less than three points would be left.

    Parameters
    ----------
    trajectory : ndarray of shape (n_points, 3) or (n_points, 4)
        A recorded movement.
    recorder : Recorder
        What it is recorded by.
    rng : RandomState
        Draws jitter, delays and losses.
    """
    merged = merge_equal_times(trajectory)
    t = merged[:, 2]
    first, last = np.array(recorder.missing) * (t[-1] - t[0])
    start, end = t[0] + first, t[-1] - last
    n_events = int((end - start) // recorder.period) + 1
    events = np.arange(n_events) + recorder.phase + recorder.jitter * rng.standard_normal(n_events)
    events = np.sort(start + recorder.period * events)
    seen = (events >= start) & (events <= end) & (rng.uniform(size=n_events) >= recorder.lost)
    events = events[seen]
    if len(events) < _FEWEST:
        return trajectory
    lattice = find_lattice(trajectory[:, :2])
    path = np.column_stack([np.interp(events, t, axis) for axis in merged[:, :2].T])
    units = lattice.units(path) / recorder.coarseness
    coarse = lattice.place(np.round(units) * recorder.coarseness)
    path = np.where(lattice.spacing == 0, lattice.store(path), coarse)
    stamps = events + recorder.period * recorder.delay * np.abs(rng.standard_normal(len(events)))
    if recorder.tick:
        stamps = np.floor(stamps / recorder.tick) * recorder.tick
    stamps = np.maximum.accumulate(stamps)
    strokes = merged[np.searchsorted(t, events, side="right").clip(1) - 1, 3:]
    recorded = np.column_stack([path, stamps, strokes])
    moves = bool(np.ptp(path, axis=0).any()) and len(np.unique(stamps)) >= _FEWEST
    return recorded if moves else trajectory


def usual_interval(trajectory: np.ndarray) -> float:
    """Return the median interval between different time stamps, in the unit of t."""
    intervals = np.diff(trajectory[:, 2])
    return median(intervals[intervals > 0]) if intervals.any() else 0.0
