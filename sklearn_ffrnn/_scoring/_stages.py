"""Scores after each layer of a network."""

from __future__ import annotations

import torch
from torch import Tensor

from ..nn import Network, Packed


def stage_scores(network: Network, sequences: Packed) -> Tensor:
    """Return the mean score of the first layers: (n_sequences, n_layers[, n_classes]).

    For a Forward-Forward network that is the mean over layers of G - theta (Hinton 2022); a
    network with one output has one stage.
    """
    scores = network.scores(sequences)
    n_layers = torch.arange(1, scores.shape[1] + 1, device=scores.device)
    return scores.cumsum(dim=1) / n_layers.reshape(1, -1, *[1] * (scores.ndim - 2))
