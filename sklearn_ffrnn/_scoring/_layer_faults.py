"""Find layers whose goodness does not tell the classes apart, or ranks them the wrong way."""

from __future__ import annotations

import numpy as np
from scipy.stats import mannwhitneyu

# Level of significance of the test for inverted layers.
SIGNIFICANCE = 1e-3


def layer_faults(scores: np.ndarray, target: np.ndarray) -> dict[int, str]:
    """Return the faulty layers: {index: "dead" or "inverted"}.

    A layer is dead if it gives all sequences the same score. It is inverted if it ranks negatives
    significantly higher than positives (Mann-Whitney U test).

    Parameters
    ----------
    scores : ndarray of shape (n, n_layers[, n_classes])
        Score of each layer alone.
    target : ndarray of int of shape (n,)
        Class of each sample. With more than two classes, a sample is positive with its own label
        and negative with every other.
    """
    positive = target == 1
    if scores.ndim == 3:
        positive = target[:, None] == np.arange(scores.shape[2])
    faults = {}
    for layer in range(scores.shape[1]):
        score = scores[:, layer]
        if np.ptp(score) == 0:
            faults[layer] = "dead"
        elif positive.any() and not positive.all():
            test = mannwhitneyu(score[positive], score[~positive], alternative="less")
            if test.pvalue < SIGNIFICANCE:
                faults[layer] = "inverted"
    return faults
