"""Scores of a Forward-Forward network after each time step."""

from __future__ import annotations

import torch
from torch import Tensor

from ..nn import ForwardForwardRNN, Packed


def scores_over_time(network: ForwardForwardRNN, sequences: Packed, n_steps: int) -> Tensor:
    """Return the mean score of the layers after each step: (n_sequences, n_steps[, n_classes]).

    Goodness is a mean over steps, so one pass gives the score after every step. Scores after the
    end of a sequence are NaN. `n_steps` must be at least the length of the longest sequence.
    """
    x = network.with_candidate_labels(sequences)
    margins = [layer.margin(goodness.per_step) for layer, goodness in network(x)]
    so_far = x.running_mean(torch.stack(margins)[network.layers_in_use].mean(dim=0))
    scores = torch.stack([network.by_label(at_one_step) for at_one_step in so_far.T], dim=1)
    padded = scores.new_full((len(scores), n_steps, *scores.shape[2:]), torch.nan)
    padded[:, : scores.shape[1]] = scores
    return padded
