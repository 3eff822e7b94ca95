"""A family of minimum-jerk movements with corrections."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral

import numpy as np

from .._input import check_range
from ..datasets._minimum_jerk import hermite_quintic, via_point_bump
from ._family import PathFamily, turning_points

# Share of strokes that end short of their target, not beyond it.
FALLS_SHORT = 0.7


@dataclass(frozen=True)
class MinimumJerkFamily(PathFamily):
    """Smooth reaches with submovements, by the minimum-jerk model.

    A reach is one stroke with the bell-shaped speed of least jerk [1]_, and some more that overlap
    with it and correct its error [2]_. The path bends a little to one side.

    Parameters
    ----------
    max_submovements : int, default=4
        Largest number of strokes of a reach; the number is drawn uniformly from 1 on.
    error : tuple of two floats, default=(0.02, 0.3)
        Range of the size of the corrected errors, relative to the distance.
    curvature : float, default=0.1
        Standard deviation of the sideways offset in the middle, relative to the distance.

    References
    ----------
    .. [1] T. Flash and N. Hogan, "The coordination of arm movements: an experimentally confirmed
       mathematical model", Journal of Neuroscience 5(7), 1985.
    .. [2] D. E. Meyer et al., "Optimality in human motor performance: ideal control of rapid aimed
       movements", Psychological Review 95(3), 1988.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.negatives import MinimumJerkFamily
    >>> movement = np.array([[0, 0, 0], [10, 3, 16], [60, 5, 31], [90, 2, 48], [100, 0, 64]])
    >>> MinimumJerkFamily(max_submovements=1, curvature=0)(movement.astype(float), random_state=0)
    array([[  0.,   0.,   0.],
           [ 10.,   0.,  16.],
           [ 50.,   0.,  31.],
           [ 90.,   0.,  48.],
           [100.,   0.,  64.]])
    """

    max_submovements: int = 4
    error: tuple[float, float] = (0.02, 0.3)
    curvature: float = 0.1

    def __post_init__(self) -> None:
        if not (isinstance(self.max_submovements, Integral) and self.max_submovements >= 1):
            raise ValueError(
                f"max_submovements={self.max_submovements!r} must be a whole number from 1 on."
            )
        check_range("error", self.error, 0.0)
        if not self.curvature >= 0:
            raise ValueError(f"curvature={self.curvature!r} must be a number from 0 on.")

    def _path(self, points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        goals = turning_points(points)
        distances = np.linalg.norm(np.diff(goals, axis=0), axis=1)
        times = np.concatenate([[0.0], np.cumsum(distances) / distances.sum()])
        path = np.repeat(goals[:1], len(tau), axis=0)
        for (start, end), (begin, stop) in zip(pairwise(goals), pairwise(times), strict=True):
            path += self._reach(end - start, (tau - begin) / (stop - begin), rng)
        return path

    def _reach(self, way: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        """Return the positions of a reach over `way` at times `tau` from 0 to 1."""
        n = int(rng.randint(1, self.max_submovements + 1))
        across = np.array([-way[1], way[0]])
        size = rng.uniform(*self.error) * 0.5 ** np.arange(n - 1)
        along, sideways = rng.standard_normal((2, n - 1)) * size
        # Reaches fall short more often than they overshoot.
        short = np.where(rng.uniform(size=n - 1) < FALLS_SHORT, -1.0, 1.0)
        aims = (1 + short * np.abs(along))[:, None] * way + sideways[:, None] * across
        aims = np.vstack([np.zeros((1, 2)), aims, way])
        # The first stroke takes most of the time; each later one sets out before the last is done.
        ends = np.cumsum(rng.dirichlet(np.append(4.0, np.full(n - 1, 2.0))))
        ends[-1] = 1.0
        starts = np.append(0.0, ends[:-1]) * (1 - rng.uniform(0.0, 0.6, size=n))
        path = np.zeros((len(tau), 2))
        for (a, b), start, end in zip(pairwise(aims), starts, ends, strict=True):
            done = np.clip((tau - start) / max(end - start, 1e-9), 0.0, 1.0)
            path += hermite_quintic(done, np.zeros(2), b - a, np.zeros(2), np.zeros(2))
        bump = via_point_bump(np.clip(tau, 0.0, 1.0), rng.uniform(0.3, 0.7))
        return path + np.outer(bump, self.curvature * rng.standard_normal() * across)
