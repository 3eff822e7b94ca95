"""Scores of a network after each of its layers."""

from __future__ import annotations

import numpy as np

from .._input import Ragged
from ..nn import Network
from ._batches import score_in_batches


def layer_scores(network: Network, sequences: Ragged) -> np.ndarray:
    """Return the score of each layer alone: (n_sequences, n_layers[, n_classes]).

    For a Forward-Forward network that is G - theta (Hinton 2022); a network with one output has
    one score.
    """
    return score_in_batches(network, sequences, lambda network, x: network.scores(x))


def stage_scores(network: Network, scores: np.ndarray) -> np.ndarray:
    """Return the mean score of the first layers, for every number of layers.

    Parameters
    ----------
    network : Network
        Knows which layers count. Before the first of them the mean is 0.
    scores : ndarray of shape (n_sequences, n_layers[, n_classes])
        Score of each layer alone.

    Returns
    -------
    means : ndarray of the shape of `scores`
    """
    heard = network.layers_in_use.cpu().numpy()
    counts = np.maximum(np.cumsum(heard), 1)
    shape = (1, -1, *[1] * (scores.ndim - 2))
    counted = np.where(heard.reshape(shape), scores, 0)
    return counted.cumsum(axis=1) / counts.reshape(shape)
