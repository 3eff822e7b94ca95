"""The family of movements that take too long or too short a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from .._input import check_range
from ._family import NegativeFamily, log_uniform
from ._own_clock import replay


@dataclass(frozen=True)
class RetimedFamily:
    """Movements of plausible form at a pace that is not: their duration is their own.

    All other families keep the time stamps of their source, so nothing that is trained on them
    learns how long a movement may take. Here the human movement, or what another family makes in
    its place, is played faster or slower, or takes a time that has nothing to do with how far it
    goes, which breaks Fitts's law [1]_: people take the longer, the farther they go. The clock is
    drawn from the intervals of the source, so that it tells nothing; how many points there are
    follows from the duration.

    Parameters
    ----------
    family : callable or None, default=None
        Family whose movements are made at the new pace; None is the human movement itself.
    pace : tuple of two floats, default=(1.7, 4.0)
        Range of the factor on the pace, drawn by orders of magnitude; every second movement is
        slower by it, and every second faster.
    duration : tuple of two floats or None, default=None
        Range of the duration, in the unit of t, drawn by orders of magnitude whatever the
        distance, in place of a pace.
    slower : tuple of two floats or None, default=None
        Range of the factor of those that are slower, where it is another one; people slow down
        more than they speed up.

    References
    ----------
    .. [1] P. M. Fitts, "The information capacity of the human motor system in controlling the
       amplitude of movement", Journal of Experimental Psychology 47(6), 1954.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.negatives import MinimumJerkFamily, RetimedFamily
    >>> t = np.arange(0.0, 800.0, 8.0)
    >>> movement = np.column_stack([t, 100 * np.sin(t / 600), t]).round()
    >>> made = RetimedFamily(pace=(2, 2))(movement, random_state=1)
    >>> made.shape, made[[0, -1]].tolist()
    ((50, 3), [[0.0, 0.0, 0.0], [792.0, 97.0, 392.0]])
    >>> RetimedFamily(MinimumJerkFamily(), duration=(200, 200))(movement, random_state=0).shape
    (25, 3)
    """

    family: NegativeFamily | None = None
    pace: tuple[float, float] = (1.7, 4.0)
    duration: tuple[float, float] | None = None
    slower: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if self.family is not None and not callable(self.family):
            raise TypeError(f"family={self.family!r} can't be called with a movement.")
        check_range("pace", self.pace, np.finfo(float).tiny)
        if self.duration is not None:
            check_range("duration", self.duration, np.finfo(float).tiny)
        if self.slower is not None:
            check_range("slower", self.slower, np.finfo(float).tiny)

    def __call__(self, movement: np.ndarray, random_state: Any = None) -> np.ndarray | None:
        """Return a movement at another pace than `movement`.

        Parameters
        ----------
        movement : ndarray of shape (n_points, 3) or (n_points, 4)
            A human movement.
        random_state : int, RandomState instance or None, default=None
            Pass an int for the same movement on every call.

        Returns
        -------
        negative : ndarray of shape (n_new_points, 3) or (n_new_points, 4), or None
            None if nothing moves or no time passes, or `family` makes nothing of the movement.
        """
        rng = check_random_state(random_state)
        elapsed = movement[-1, 2] - movement[0, 2]
        if not elapsed > 0 or not np.ptp(movement[:, :2], axis=0).any():
            return None
        if self.duration is not None:
            pace = elapsed / log_uniform(self.duration, rng)
        elif rng.choice([-1, 1]) > 0:
            pace = log_uniform(self.pace, rng)
        else:
            pace = 1 / log_uniform(self.slower or self.pace, rng)
        replayed = replay(movement, pace, rng)
        return replayed if self.family is None else self.family(replayed, rng)
