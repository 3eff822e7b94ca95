"""Model how a device records a movement: its lattice, its dead band and its shortest step.

Tablets hold a coordinate until it has changed by some units; event-driven devices report a point
only after the pointer has moved far enough. A synthetic movement must be recorded by the same
device as its source, or its smallest steps give it away.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .._typing import BoolArray, FloatArray
from ._lattice import Lattice, find_lattice

_FEWEST = 5  # changes just above a limit that prove it; of steps, twice as many
_EXCEPTIONS = 0.05  # share of these changes that may lie below the limit
_LARGEST = 16  # units of the lattice; no device has a larger limit


@dataclass(frozen=True)
class PointingDevice:
    """How the points of one trajectory were recorded.

    Attributes
    ----------
    lattice : Lattice
        Lattice that the coordinates lie on.
    dead_band : float
        Smallest change of a coordinate that the device reports, in units of the lattice; it reports
        a smaller one as no change.
    reach : float
        Shortest step between points that do not repeat, in units of the lattice.
    held : ndarray of bool of shape (n_points, 2)
        Coordinates that equal those of the point before, and that did not move.
    """

    lattice: Lattice
    dead_band: float
    reach: float
    held: BoolArray

    @property
    def repeated(self) -> BoolArray:
        """Points at the same place as the point before."""
        return self.held[:, 0] & self.held[:, 1]

    def record(self, path: FloatArray) -> FloatArray:
        """Return the points that the device would have recorded of a movement.

        Parameters
        ----------
        path : ndarray of shape (n_points, 2)
            Exact position at each point.

        Returns
        -------
        points : ndarray of shape (n_points, 2)
            Points on the lattice; they repeat where the source's points do and nowhere else.
        """
        kept = path[~self.repeated]
        if self.lattice.spacing.all():
            held = self.held[~self.repeated]
            kept = self.lattice.place(self._steps(_hold(self.lattice.units(kept), held), held))
        else:
            kept = self.lattice.snap(kept)
        return kept[np.cumsum(~self.repeated) - 1]

    def _steps(self, units: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Return whole units such that every step is one that the device takes."""
        nearest = np.round(units)
        band = self.dead_band
        blocked = held.tolist()
        shortest = self.reach**2 - 1e-9
        steps = np.abs(np.diff(nearest, axis=0))
        shown = (steps == 0) | (steps >= self.dead_band)
        if shown.all() and ((steps**2).sum(axis=1) >= shortest).all():
            return nearest
        ahead = 0.5 * (units + np.concatenate([units[1:], units[-1:]]))
        possible = _possible_steps(self.dead_band, self.reach)
        out = nearest.tolist()
        x, y = out[0]
        for i, (to_x, to_y) in enumerate(out[1:], start=1):
            still_x, still_y = blocked[i]
            step_x = to_x - x if abs(to_x - x) >= band and not still_x else 0.0
            step_y = to_y - y if abs(to_y - y) >= band and not still_y else 0.0
            if step_x**2 + step_y**2 < shortest:
                # A point was recorded, so the pointer moved: take the possible step that ends
                # nearest to its goal.
                miss = ((possible - (ahead[i] - (x, y))) ** 2).sum(axis=1)
                miss[possible[:, held[i]].any(axis=1)] = np.inf
                step_x, step_y = possible[miss.argmin()].tolist()
            x, y = out[i] = (x + step_x, y + step_y)
        return np.array(out)


@lru_cache(maxsize=1000)
def _possible_steps(dead_band: float, reach: float) -> FloatArray:
    """Return the short steps that a device takes, of shape (n_steps, 2)."""
    n = int(np.ceil(max(reach, dead_band))) + 1
    steps = np.stack(np.meshgrid(*[np.arange(-n, n + 1.0)] * 2), axis=-1).reshape(-1, 2)
    shown = ((steps == 0) | (np.abs(steps) >= dead_band)).all(axis=1)
    reaches: BoolArray = (steps**2).sum(axis=1) >= reach**2 - 1e-9
    return steps[shown & reaches]


def find_pointing_device(points: np.ndarray) -> PointingDevice:
    """Infer from recorded points how they were recorded.

    Parameters
    ----------
    points : ndarray of shape (n_points, 2)
        Positions as recorded.

    Returns
    -------
    device : PointingDevice
        A limit is accepted only if many steps lie just above it and hardly any below.
    """
    lattice = find_lattice(points)
    held = _held(points)
    if not lattice.spacing.all():
        return PointingDevice(lattice, 1.0, 1.0, held)
    standing = held.all(axis=1)
    steps = np.abs(np.diff(np.round(lattice.units(points[~standing])), axis=0))
    # Both coordinates together: devices treat them alike, and short movements have few steps.
    band = _limit(steps.ravel(), np.arange(2.0, _LARGEST + 1), _FEWEST)
    lengths = np.sqrt((steps**2).sum(axis=1))
    candidates = np.unique(lengths[(lengths > 1) & (lengths <= _LARGEST)])
    reach = _limit(lengths, candidates, 2 * _FEWEST)
    if max(band, reach) > 1:
        # Here the device may report a coordinate as held while it moves.
        held = np.stack([standing, standing], axis=1)
    return PointingDevice(lattice, max(1.0, band), max(1.0, reach), held)


def _limit(steps: np.ndarray, candidates: np.ndarray, fewest: int) -> float:
    """Return the largest candidate that nearly all steps exceed, or 0 if there is none."""
    steps = np.sort(steps[steps > 0])
    below = np.searchsorted(steps, candidates)
    above = np.searchsorted(steps, 2 * candidates) - below
    believed = (above >= fewest) & (below <= _EXCEPTIONS * above)
    return float(candidates[believed].max(initial=0.0))


def _hold(units: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Replace held coordinates by those of the point before."""
    last = np.where(held, 0, np.arange(len(units))[:, None])
    return np.take_along_axis(units, np.maximum.accumulate(last, axis=0), axis=0)


def _held(points: np.ndarray) -> np.ndarray:
    """Tell which coordinates equal those of the point before, up to rounding."""
    tolerance = 8 * np.finfo(float).eps * np.abs(points).max(initial=0.0)
    still = np.abs(np.diff(points, axis=0)) <= tolerance
    return np.concatenate([np.zeros((1, 2), bool), still])[: len(points)]
