"""The latest scores of a stream, on which partial_fit calibrates."""

from __future__ import annotations

import numpy as np

N_RECENT_SCORES = 1000


class RecentScores:
    """The latest scores, with class and weight of their samples; new scores replace the oldest.

    Parameters
    ----------
    scores : ndarray of shape (n, ...)
        Scores of the samples at all stages.
    target : ndarray of int of shape (n,)
        Their classes.
    weight : ndarray of shape (n,)
        Their weights.
    """

    def __init__(self, scores: np.ndarray, target: np.ndarray, weight: np.ndarray) -> None:
        # Copies: a view of the last rows would keep a large first part in memory.
        self.scores, self.target, self.weight = (
            column[-N_RECENT_SCORES:].copy() for column in (scores, target, weight)
        )

    def followed_by(self, later: RecentScores) -> RecentScores:
        """Return these scores followed by later ones."""
        return RecentScores(
            np.concatenate([self.scores, later.scores]),
            np.concatenate([self.target, later.target]),
            np.concatenate([self.weight, later.weight]),
        )
