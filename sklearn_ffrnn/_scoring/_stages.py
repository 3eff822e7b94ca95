"""Scores of single layers, and of the layers up to each stage."""

from __future__ import annotations

import numpy as np

from .._input import Ragged
from ..nn import Network
from ._batches import score_in_batches


def layer_scores(network: Network, sequences: Ragged) -> np.ndarray:
    """Return the score of each layer: (n_sequences, n_layers[, n_classes]).

    For a Forward-Forward network it is G - theta (Hinton 2022). A network with one output has a
    single score.
    """
    return score_in_batches(network, sequences, lambda network, x: network.scores(x))


def stage_scores(network: Network, scores: np.ndarray) -> np.ndarray:
    """Return the mean score of the first layers, for 1, 2, ... layers.

    Parameters
    ----------
    network : Network
        The network, whose `layers_in_use` enter the mean. It is 0 as long as there are none.
    scores : ndarray of shape (n_sequences, n_layers[, n_classes])
        Score of each layer.

    Returns
    -------
    means : ndarray of the shape of `scores`
        Mean score after each layer.
    """
    in_use = network.layers_in_use.cpu().numpy()
    counts = np.maximum(np.cumsum(in_use), 1)
    shape = (1, -1, *[1] * (scores.ndim - 2))
    used_scores = np.where(in_use.reshape(shape), scores, 0)
    return used_scores.cumsum(axis=1) / counts.reshape(shape)
