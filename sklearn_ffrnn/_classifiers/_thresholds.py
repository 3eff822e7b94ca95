"""The parameter `threshold` of FFRNNClassifier."""

from __future__ import annotations

from typing import Any

import numpy as np


def layer_thresholds(threshold: Any, n_layers: int) -> list[tuple[float, float]] | None:
    """Return theta of each layer for positives and for negatives.

    Parameters
    ----------
    threshold : float, array-like of shape (n_layers,), tuple of two of these, or "auto"
        The parameter of the classifier.
    n_layers : int
        Number of layers.

    Returns
    -------
    thresholds : list of (float, float) or None
        A pair for each layer; None for "auto".
    """
    if isinstance(threshold, str):
        return None
    pair = threshold if isinstance(threshold, tuple) else (threshold, threshold)
    if len(pair) != 2:
        raise ValueError(
            f"threshold={threshold!r} is a tuple of {len(pair)}; a tuple is "
            "(theta_pos, theta_neg). Give a list for one threshold per layer."
        )
    positive, negative = (_one_per_layer(threshold, theta, n_layers) for theta in pair)
    if (positive < negative).any():
        raise ValueError(
            f"threshold={threshold!r} has a lower threshold for positives than for negatives; give "
            "(theta_pos, theta_neg) with theta_pos >= theta_neg."
        )
    return list(zip(positive.tolist(), negative.tolist(), strict=True))


def _one_per_layer(threshold: Any, theta: Any, n_layers: int) -> np.ndarray:
    try:
        thresholds = np.atleast_1d(np.asarray(theta, dtype=np.float64))
    except (TypeError, ValueError) as error:
        raise ValueError(f"threshold={threshold!r} must hold numbers.") from error
    if thresholds.ndim != 1 or len(thresholds) not in (1, n_layers):
        raise ValueError(
            f"threshold={threshold!r} has {thresholds.size} entries for {n_layers} layer(s); give "
            "one number, one per layer in a list, or a tuple (theta_pos, theta_neg)."
        )
    if not np.isfinite(thresholds).all():
        raise ValueError(f"threshold={threshold!r} must be finite.")
    return np.broadcast_to(thresholds, n_layers)
