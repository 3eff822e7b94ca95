"""A family of movements made of perturbed strokes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from .._input import check_range
from .._recording import find_lattice
from ..sigma_lognormal import StrokePlan, extract_strokes, synthesize
from ._family import random_states


@dataclass(frozen=True)
class SigmaLognormalFamily:
    """Human movements synthesized from perturbed Sigma-Lognormal strokes.

    These are the negatives that resemble people most: see :func:`.synthesize`. Each starts where
    its source does and ends where the perturbed strokes lead.

    Parameters
    ----------
    strength : tuple of two floats, default=(1.0, 4.0)
        Range of the factor on all perturbations.
    residual : tuple of two floats, default=(0.0, 0.3)
        Range, between 0 and 1, of the share of the source's tremor. (1, 1) gives negatives that
        hardly differ from human movements: they teach a fine boundary and blur the wide one.
    time_unit : {"s", "ms", "us", "ns"}, default="ms"
        Unit of t.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.negatives import SigmaLognormalFamily
    >>> t = np.arange(0.0, 600.0, 10.0)
    >>> movement = np.column_stack([200 * (1 - np.cos(t / 200)), t / 4, t]).round()
    >>> SigmaLognormalFamily()(movement, random_state=0).shape
    (60, 3)
    """

    strength: tuple[float, float] = (1.0, 4.0)
    residual: tuple[float, float] = (0.0, 0.3)
    time_unit: str = "ms"

    def __post_init__(self) -> None:
        check_range("strength", self.strength, 0.0)
        check_range("residual", self.residual, 0.0, 1.0)

    def __call__(self, movement: np.ndarray, random_state: Any = None) -> np.ndarray | None:
        """Return a movement of perturbed strokes, or None if `movement` has no strokes.

        Parameters
        ----------
        movement : ndarray of shape (n_points, 3) or (n_points, 4)
            A human movement.
        random_state : int, RandomState instance or None, default=None
            Pass an int for the same movement on every call.

        Returns
        -------
        negative : ndarray of the shape of `movement`, or None
            None if nothing moves, or no part has three points.
        """
        return self._make_each([movement], [check_random_state(random_state)])[0]

    def make_each(
        self, movements: Sequence[np.ndarray], seeds: Sequence[int]
    ) -> list[np.ndarray | None]:
        """Return what a call makes of each of several movements, in a fraction of the time.

        Parameters
        ----------
        movements : sequence of ndarray of shape (n_points, 3) or (n_points, 4)
            Human movements.
        seeds : sequence of int
            Random state of each.

        Returns
        -------
        negatives : list of ndarray or None
            In the same order.
        """
        return self._make_each(movements, random_states(seeds))

    def _make_each(
        self, movements: Sequence[np.ndarray], states: Iterable[np.random.RandomState]
    ) -> list[np.ndarray | None]:
        plans = extract_strokes(list(movements), on_error="skip", time_unit=self.time_unit)
        every = zip(movements, plans, states, strict=True)
        return [self._perturbed(*each) if each[1].n_strokes else None for each in every]

    def _perturbed(
        self, movement: np.ndarray, plan: StrokePlan, rng: np.random.RandomState
    ) -> np.ndarray:
        strength, residual = rng.uniform(*self.strength), rng.uniform(*self.residual)
        negative: np.ndarray = synthesize(plan, strength, rng, residual=residual)[0]
        # Without the residual of its first point it would start beside its source.
        moved = negative[:, :2] + (movement[0, :2] - negative[0, :2])
        negative[:, :2] = find_lattice(movement[:, :2]).store(moved)
        return negative
