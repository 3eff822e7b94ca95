"""The interface of a family of negatives, and how its movements are recorded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from sklearn.utils import check_random_state

from .._recording import find_pointing_device, median, regular_clock, stroke_starts

_GAP = 3.0  # usual intervals; a longer one is a pause
_RETURNS = 0.1  # share of the extent; a shorter chord is a return to the start


class NegativeFamily(Protocol):
    """A callable that makes a machine's movement from a human one."""

    def __call__(self, movement: np.ndarray, random_state: Any) -> np.ndarray | None:
        """Return a movement as a machine makes it and the same device records it.

        Parameters
        ----------
        movement : ndarray of shape (n_points, 3) or (n_points, 4)
            Columns x, y, t and, with four, stroke_id.
        random_state : int or RandomState instance
            The same one gives the same movement.

        Returns
        -------
        negative : ndarray of shape (n_new_points, 3) or (n_new_points, 4), or None
            As many columns as `movement` and time stamps that never decrease; :func:`record_like`
            keeps those of `movement`. None if the family cannot make one from this
            movement.
        """
        ...


def make_each(
    family: NegativeFamily, movements: Sequence[np.ndarray], seeds: Sequence[int]
) -> list[np.ndarray | None]:
    """Return what a family makes of each movement; one that can makes them together."""
    together = getattr(family, "make_each", None)
    if together is not None:
        made: list[np.ndarray | None] = together(movements, seeds)
        return made
    return [family(*each) for each in zip(movements, random_states(seeds), strict=True)]


def random_states(seeds: Sequence[int]) -> Iterator[np.random.RandomState]:
    """Yield a RandomState of each seed, which lasts until the next one.

    It is one that is seeded again, which takes a hundredth of the time of a new one.
    """
    rng = np.random.RandomState()
    for seed in seeds:
        rng.seed(seed)
        yield rng


class PathFamily(ABC):
    """Base of families that draw a path and its timing."""

    def __call__(self, movement: np.ndarray, random_state: Any = None) -> np.ndarray | None:
        """Return a machine's movement with the end points, clock and lattice of `movement`.

        Parameters
        ----------
        movement : ndarray of shape (n_points, 3) or (n_points, 4)
            A human movement; with a column stroke_id each stroke is made on its own.
        random_state : int, RandomState instance or None, default=None
            Pass an int for the same movement on every call.

        Returns
        -------
        negative : ndarray of the shape of `movement`, or None
            None if nothing moves.
        """
        rng = check_random_state(random_state)
        points, t = movement[:, :2], movement[:, 2]
        if not np.ptp(points, axis=0).any():
            return None
        starts = stroke_starts(movement[:, 3] if movement.shape[1] == 4 else None, len(movement))
        clock = regular_clock(t, starts)
        path = points.copy()
        for a, b in pairwise([*starts.tolist(), len(movement)]):
            if np.ptp(points[a:b], axis=0).any():
                with_pauses = bool(rng.randint(2))
                tau = _progress_of_time(points[a:b], clock[a:b], with_pauses)
                path[a:b] = self._path(points[a:b], tau, rng)
        made = record_like(movement, path)
        # On a device that reports no small steps, a path that creeps towards its end might miss it.
        place = np.cumsum(np.append(True, np.diff(points, axis=0).any(axis=1)))
        at_end = np.zeros(place[-1] + 1, dtype=bool)
        at_end[place[[*starts, *starts[1:] - 1, -1]]] = True
        ends = at_end[place]
        made[ends, :2] = points[ends]
        return made

    @abstractmethod
    def _path(self, points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        """Return the positions of the machine, (n_points, 2), at times `tau` from 0 to 1."""


def record_like(movement: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Return a path as the device of a movement would have recorded it, at the same times.

    Parameters
    ----------
    movement : ndarray of shape (n_points, 3) or (n_points, 4)
        A recorded movement with columns x, y, t and, with four, stroke_id.
    path : ndarray of shape (n_points, 2)
        Position of the machine at each of these time stamps.

    Returns
    -------
    recorded : ndarray of the shape of `movement`
        Time stamps and strokes are those of `movement`. Points lie on its lattice, repeat the point
        before exactly where those of `movement` do, and no step is shorter than its device reports.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.negatives import record_like
    >>> movement = np.array([[0, 0, 0], [4, 1, 9], [4, 1, 21], [9, 0, 33]], dtype=float)
    >>> record_like(movement, np.linspace([0, 0], [9, 3.3], 4))
    array([[ 0.,  0.,  0.],
           [ 3.,  1.,  9.],
           [ 3.,  1., 21.],
           [ 9.,  3., 33.]])
    """
    device = find_pointing_device(movement[:, :2])
    # A coordinate that rests on a straight source need not rest on another path.
    device = replace(device, held=np.repeat(device.repeated[:, None], 2, axis=1))
    return np.column_stack([device.record(path), movement[:, 2:]])


def turning_points(points: np.ndarray) -> np.ndarray:
    """Return the start, the end and, if the movement comes back, its farthest point between."""
    start, end = points[0], points[-1]
    distance = np.linalg.norm(points - start, axis=1)
    if np.linalg.norm(end - start) >= _RETURNS * distance.max():
        return np.stack([start, end])
    return np.stack([start, points[distance.argmax()], end])


def log_uniform(bounds: tuple[float, float], rng: np.random.RandomState) -> float:
    """Draw a number from a range log-uniformly: each order of magnitude is as likely."""
    return float(np.exp(rng.uniform(*np.log(bounds))))


def _progress_of_time(points: np.ndarray, clock: np.ndarray, with_pauses: bool) -> np.ndarray:
    """Return times from 0 to 1 that stand still where points repeat.

    Parameters
    ----------
    points : ndarray of shape (n_points, 2)
        As recorded.
    clock : ndarray of shape (n_points,)
        Estimated times of the points.
    with_pauses : bool
        Whether to stand still in long intervals too: devices report nothing while nothing moves.
    """
    interval = np.diff(clock)
    interval[~np.diff(points, axis=0).any(axis=1)] = 0.0
    if with_pauses:
        moving = interval > 0
        usual = median(interval[moving]) if moving.any() else 0.0
        interval = np.where(interval > _GAP * usual, usual, interval)
    time = np.concatenate([[0.0], np.cumsum(interval)])
    return time / time[-1] if time[-1] > 0 else np.linspace(0.0, 1.0, len(time))
