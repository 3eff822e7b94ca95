"""The latest scores of a stream, for the calibration in partial_fit."""

from __future__ import annotations

import numpy as np

N_RECENT_SCORES = 1000


class RecentScores:
    """Scores of the latest samples, with their classes and weights.

    Parameters
    ----------
    scores : ndarray of shape (n, n_stages[, n_classes])
        Scores of the samples; only the last `N_RECENT_SCORES` are kept.
    target : ndarray of int of shape (n,)
        Classes of the samples.
    weight : ndarray of shape (n,)
        Weights of the samples.
    """

    def __init__(self, scores: np.ndarray, target: np.ndarray, weight: np.ndarray) -> None:
        # Copies, because a view would keep all rows in memory.
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
