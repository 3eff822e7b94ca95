"""The family of human paths at a pace that is too smooth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import betainc
from sklearn.utils import check_random_state

from .._input import check_range
from ._family import log_uniform
from ._own_clock import replay

_KNOTS = 1000


@dataclass(frozen=True)
class SmoothPaceFamily:
    """The places of a human movement, passed at one speed, an accelerating or a bell-shaped one.

    People speed up and slow down again and again, and slow down where the path bends. A script that
    replays a recorded path, or one that it has drawn, does so on a clock of its own.

    Parameters
    ----------
    easing : tuple of two floats, default=(1.0, 4.0)
        Range of a and b of Beta(a, b), whose distribution function is the progress in time; drawn
        by orders of magnitude. A third of the movements keep one speed, a third have the same
        easing at both ends.
    pace : tuple of two floats, default=(0.5, 2.0)
        Range of the factor on the pace, drawn by orders of magnitude.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.negatives import SmoothPaceFamily
    >>> t = np.arange(0.0, 800.0, 8.0)
    >>> movement = np.column_stack([200 - 200 * np.cos(t / 252), 0 * t, t])
    >>> made = SmoothPaceFamily(easing=(1, 1), pace=(1, 1))(movement, random_state=0)
    >>> np.diff(made[:5, 0]).round(1)
    array([4., 4., 4., 4.])
    """

    easing: tuple[float, float] = (1.0, 4.0)
    pace: tuple[float, float] = (0.5, 2.0)

    def __post_init__(self) -> None:
        check_range("easing", self.easing, np.finfo(float).tiny)
        check_range("pace", self.pace, np.finfo(float).tiny)

    def __call__(self, movement: np.ndarray, random_state: Any = None) -> np.ndarray | None:
        """Return a movement along the path of `movement`.

        Parameters
        ----------
        movement : ndarray of shape (n_points, 3) or (n_points, 4)
            A human movement.
        random_state : int, RandomState instance or None, default=None
            Pass an int for the same movement on every call.

        Returns
        -------
        negative : ndarray of shape (n_new_points, 3) or (n_new_points, 4), or None
            None if nothing moves or no time passes.
        """
        rng = check_random_state(random_state)
        steps = np.linalg.norm(np.diff(movement[:, :2], axis=0), axis=1)
        if not movement[-1, 2] > movement[0, 2] or not steps.any():
            return None
        progress = np.concatenate([[0.0], np.cumsum(steps)]) / steps.sum()
        tau = np.interp(progress, self._progress(rng), np.linspace(0.0, 1.0, _KNOTS))
        return replay(movement, log_uniform(self.pace, rng), rng, tau)

    def _progress(self, rng: np.random.RandomState) -> np.ndarray:
        """Return the part of the way that is done at even steps of time."""
        a, b = log_uniform(self.easing, rng), log_uniform(self.easing, rng)
        kind = rng.randint(3)  # one speed, the same easing at both ends, or any
        a, b = ((1.0, 1.0), (a, a), (a, b))[kind]
        return betainc(a, b, np.linspace(0.0, 1.0, _KNOTS))
