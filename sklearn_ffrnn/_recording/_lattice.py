"""Find the lattice that coordinates lie on, such as whole pixels.

If human coordinates are whole numbers and synthetic ones are not, that alone tells them apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .._typing import FloatArray

FEWEST_STEPS = 8  # distinct differences that are needed as evidence for an odd spacing
MOST_DECIMALS = 6
TOLERANCE = 1e-3  # of a spacing
_EPS = float(np.finfo(np.float64).eps)
_SINGLE_EPS = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Lattice:
    """The lattice that the coordinates of one trajectory lie on.

    Attributes
    ----------
    origin : ndarray of shape (2,)
        A point of the lattice.
    spacing : ndarray of shape (2,)
        Distance of neighbouring points along x and y; 0 where the coordinate is continuous.
    decimals : int or None
        Number of decimals that represent every coordinate exactly; None if that takes too many.
    single : bool
        Whether single precision represents every coordinate exactly.
    """

    origin: FloatArray
    spacing: FloatArray
    decimals: int | None
    single: bool

    @property
    def noise(self) -> FloatArray:
        """Variance that rounding to the lattice adds to each coordinate, spacing^2 / 12."""
        return self.spacing**2 / 12

    def snap(self, points: np.ndarray) -> np.ndarray:
        """Round `points` to the lattice, and to the precision of the source."""
        placed = self.place(np.rint(self.units(points)))
        if self.spacing.all():
            return placed
        return np.where(self.spacing == 0, self.store(points), placed)

    def units(self, points: np.ndarray) -> np.ndarray:
        """Return how many spacings `points` are from the origin, along x and y."""
        return (points - self.origin) / np.where(self.spacing == 0, 1.0, self.spacing)

    def place(self, units: np.ndarray) -> np.ndarray:
        """Return the points so many spacings from the origin, in the precision of the source."""
        return self.store(self.origin + units * self.spacing)

    def store(self, points: np.ndarray) -> np.ndarray:
        """Round `points` to the precision of the source."""
        if self.decimals is not None:
            points = np.round(points, self.decimals)
        return points.astype(np.float32).astype(np.float64) if self.single else points


def find_lattice(points: np.ndarray) -> Lattice:
    """Find the lattice that coordinates lie on, to the precision in which they are stored.

    Parameters
    ----------
    points : ndarray of shape (n_points, 2)
        Positions as recorded.

    Returns
    -------
    lattice : Lattice
        Its spacing is the largest that fits all points of an axis; with few distinct points, the
        last decimal place in use.
    """
    single_points = points.astype(np.float32).astype(np.float64)
    size = np.abs(points).max(initial=1e-300)
    single = bool(np.abs(points - single_points).max() <= 4 * _EPS * size)
    unit = (_SINGLE_EPS if single else _EPS) * size
    decimals = _decimals(points, 4 * unit)
    fallback = 0.0 if decimals is None else 10.0**-decimals
    spacing = [_spacing(axis, 4 * unit, fallback) for axis in np.sort(points.T, axis=1)]
    return Lattice(points[0].copy(), np.array(spacing), decimals, single)


def _decimals(points: np.ndarray, tolerance: float) -> int | None:
    """Return how many decimals the coordinates need, or None if they need too many."""
    for decimals in range(MOST_DECIMALS + 1):
        if tolerance > 0.1 * 10.0**-decimals:  # any number would pass
            return None
        if np.abs(points - points.round(decimals)).max() <= tolerance:
            return decimals
    return None


def _spacing(ascending: np.ndarray, tolerance: float, fallback: float) -> float:
    """Return the spacing of the coordinates along one axis, or `fallback` if too few show it."""
    steps = ascending[1:] - ascending[:-1]
    steps = steps[steps > 2 * tolerance]
    if len(steps) < FEWEST_STEPS:
        return fallback
    smallest = steps[steps < 1.5 * steps.min()]
    # The mean of the smallest steps estimates the spacing better than any one of them.
    spacing = float(smallest.sum() / len(smallest))
    if spacing < 20 * tolerance:
        return fallback
    multiples = np.rint(steps / spacing)
    # The steps sum up to the extent, which unlike their sum is the same number in any order: where
    # a point is midway between two of the lattice, its last digit decides.
    spacing = float((ascending[-1] - ascending[0]) / multiples.sum())
    uneven = np.abs(steps / spacing - multiples).max()
    return spacing if uneven <= TOLERANCE + 2 * tolerance / spacing else fallback
