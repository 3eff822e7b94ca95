"""A correction of the scores of slow people, who may just be at another task.

Negatives that are too slow teach the networks to give any slow movement a low score. How much
people lose by that is measured on held-out people who are played slower, and added back.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._typing import FloatArray
from ..negatives._own_clock import replay

_SLOW = 0.1  # share of the held-out people who count as slow
SLOWEST = 2.0  # the correction grows until a movement is this many times as slow as these


class SlowPeople(NamedTuple):
    """Log mean speed below which people are slow, and the score that they lose per unit of it."""

    below: float
    lost: float

    @classmethod
    def of(
        cls, own: FloatArray, scores: FloatArray, slower: FloatArray, theirs: FloatArray
    ) -> SlowPeople:
        """Fit the correction.

        Parameters
        ----------
        own, scores : ndarray of shape (n_people,)
            Logarithms of the mean speeds of people, and their scores.
        slower, theirs : ndarray of shape (n_slower,)
            Those of people who are played slower.
        """
        usual = cls(float(np.quantile(own, _SLOW)), 0.0)
        slowness = usual.slowness(np.concatenate([own, slower]))
        lost = -np.polyfit(slowness, np.concatenate([scores, theirs]), 1)[0]
        return usual._replace(lost=max(float(lost), 0.0))

    def slowness(self, log_speed: FloatArray) -> FloatArray:
        """Return how much slower than usual movements are, from 0 to the logarithm of the most."""
        return np.clip(self.below - log_speed, 0.0, np.log(SLOWEST))

    def allowance(self, log_speed: FloatArray) -> FloatArray:
        """Return what to add to the scores of movements."""
        return self.lost * self.slowness(log_speed)


def log_speed(movements: list[np.ndarray]) -> FloatArray:
    """Return the logarithm of the mean speed of each movement."""
    lengths = [np.linalg.norm(np.diff(m[:, :2], axis=0), axis=1).sum() for m in movements]
    lasts = [m[-1, 2] - m[0, 2] for m in movements]
    return np.log(np.maximum(lengths, np.finfo(float).tiny) / lasts)


def played_slower(movements: list[np.ndarray], rng: np.random.RandomState) -> list[np.ndarray]:
    """Return movements at up to the slowest pace that is allowed for."""
    return [replay(m, SLOWEST ** -rng.uniform(), rng) for m in movements]
