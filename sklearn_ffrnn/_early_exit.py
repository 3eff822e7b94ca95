"""Prediction that stops at the first layer that is sure enough (LightFF, ECAI 2024)."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ._readout import Readout
from .nn import ForwardForwardRNN, Packed


def scores_until_sure(
    network: ForwardForwardRNN,
    readout: Readout,
    sequences: Packed,
    is_sure: Callable[[Tensor, int], Tensor],
) -> Tensor:
    """Return the score after each layer, NaN for the layers that a sequence didn't need.

    Parameters
    ----------
    network : ForwardForwardRNN
        The layers.
    readout : Readout
        How the class is read from them.
    sequences : Packed
        What to judge.
    is_sure : callable
        Tells from the scores of some sequences after a number of layers which of them can stop.

    Returns
    -------
    scores : Tensor of shape (n_sequences, n_layers[, n_classes])
        Of the sequences in the order given.
    """
    n_layers = len(network.layers)
    shape = (len(sequences), n_layers, *[network.n_classes] * (network.n_classes > 2))
    scores = torch.full(shape, torch.nan, dtype=torch.float64, device=sequences.steps.device)
    asked = readout.ask(network, sequences)
    questions = len(asked) // len(sequences)
    rows = torch.arange(len(sequences), device=scores.device)
    evidence = scores.new_empty(len(asked), 0)
    for i in range(n_layers):
        result = network.goodness_of_layer(i, asked)
        said = asked.mean_over_steps(readout.evidence(network, i, result))
        evidence = torch.cat([evidence, said], dim=1)
        score = readout.score(network, evidence, i + 1)
        scores[rows, i] = score
        unsure = ~is_sure(score, i + 1)
        if i == n_layers - 1 or not unsure.any():
            break
        rows = rows[unsure]
        kept = unsure.repeat_interleave(questions)
        evidence = evidence[kept]
        asked = asked.with_steps(network.hand_on(i, result, asked, None)).select(kept)
    return scores
