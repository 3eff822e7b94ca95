"""Prediction that stops at the first layer that is sure enough (LightFF, ECAI 2024)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ..nn import ForwardForwardRNN, Packed
from ._calibration import Calibration, to_probabilities
from ._readout import Readout


def early_exit_scores(
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
    for i, output in enumerate(network(asked)):
        of_layer = output.hidden.mean_over_steps(readout.evidence(output))
        evidence = torch.cat([evidence, of_layer], dim=1)
        score = readout.score(network, evidence, i + 1)
        scores[rows, i] = score
        unsure = ~is_sure(score, i + 1)
        if not unsure.any():
            break
        rows = rows[unsure]
        output.continuing = unsure.repeat_interleave(questions)
        evidence = evidence[output.continuing]
    return scores


def sure_enough(
    exit_confidence: float, calibrations: Sequence[Calibration]
) -> Callable[[Tensor, int], Tensor]:
    """Return the `is_sure` of :func:`early_exit_scores` for one confidence at all layers.

    Raises
    ------
    ValueError
        If the confidence is no number above chance and up to 1.
    """
    chance = 1 / len(calibrations[0].intercept)
    if not (isinstance(exit_confidence, Real) and chance < exit_confidence <= 1):
        raise ValueError(
            f"exit_confidence={exit_confidence!r} must be a number above {chance:.3g}, which "
            "every sample reaches, and up to 1."
        )

    def is_sure(scores: Tensor, n_layers: int) -> Tensor:
        logits = calibrations[n_layers - 1].logits(scores.cpu().numpy())
        confidence = to_probabilities(logits).max(axis=1)
        return torch.from_numpy(confidence >= exit_confidence).to(scores.device)

    return is_sure


def probabilities_at_exit(scores: np.ndarray, calibrations: Sequence[Calibration]) -> np.ndarray:
    """Return the (n, n_classes) probabilities after the last layer that each sequence needed."""
    last = _n_computed(scores) - 1
    probabilities = np.empty((len(scores), len(calibrations[0].intercept)))
    for stage, calibration in enumerate(calibrations):
        here = last == stage
        probabilities[here] = to_probabilities(calibration.logits(scores[here, stage]))
    return probabilities


def report_exits(scores: np.ndarray, network: ForwardForwardRNN) -> pd.DataFrame:
    """Return the share of sequences that stop after each layer, and of time that they save."""
    layers = np.arange(scores.shape[1])
    share = (_n_computed(scores)[:, None] - 1 == layers).mean(axis=0)
    # Weights used at every step; the products with them are all of the time that counts.
    cost = np.array([sum(p.numel() for p in block) for block in network.parameter_blocks()])
    spared = 1 - np.cumsum(cost) / cost.sum()
    return pd.DataFrame(
        {"share": share, "time_saved": share * spared}, index=pd.Index(layers, name="layer")
    )


def _n_computed(scores: np.ndarray) -> np.ndarray:
    """Return how many layers each sequence went through."""
    computed = ~np.isnan(scores.reshape(*scores.shape[:2], -1)).any(axis=2)
    n_layers: np.ndarray = computed.sum(axis=1)
    return n_layers
