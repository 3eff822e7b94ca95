"""One layer of a Forward-Forward network."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ._goodness import Goodness, goodness_of, n_groups
from ._losses import OBJECTIVES, weighted_mean
from ._packed import Packed
from ._recurrent_layer import RecurrentLayer

# Share of the latest batch in an adaptive threshold.
THRESHOLD_MOMENTUM = 0.1


class ForwardForwardLayer(nn.Module):
    """Recurrent units with a goodness, a threshold, a loss, and a normalization of their output.

    Parameters
    ----------
    recurrent : RecurrentLayer
        The units.
    goodness : {"log_ratio", "mean", "sum"}
        How goodness is computed from the squared activations of a step; see `goodness_of`.
    objective : {"symmetric", "logistic"}
        The loss.
    threshold : (float, float) or None
        theta for positives and for negatives. None is adaptive: both are a running average of the
        midpoint between the mean goodness of positives and that of negatives.
    normalization : nn.Module
        Normalizes the hidden states for the next layer.
    """

    theta: Tensor
    normalize: nn.Module

    def __init__(
        self,
        recurrent: RecurrentLayer,
        *,
        goodness: str,
        objective: str,
        threshold: tuple[float, float] | None,
        normalization: nn.Module,
    ) -> None:
        super().__init__()
        self.recurrent = recurrent
        self.goodness = goodness
        self.objective = objective
        self.adaptive_threshold = threshold is None
        theta = threshold or (math.nan, math.nan)
        self.register_buffer("theta", torch.tensor(theta, dtype=torch.float64))
        self.normalize = normalization

    def forward(self, x: Packed) -> tuple[Goodness, Packed]:
        """Return the goodness, with a gradient to this layer alone, and the hidden states."""
        activity, hidden = self.recurrent.squared_activity(x, n_groups(self.goodness))
        return goodness_of(self.goodness, activity, hidden), hidden

    def loss(self, goodness: Goodness, positive: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss; in training, first update an adaptive threshold.

        Parameters
        ----------
        goodness : Goodness
            Goodness of a batch of sequences.
        positive : Tensor of bool of shape (n_sequences,)
            Which sequences are positive.
        weight : Tensor of shape (n_sequences,), optional
            Weight of each sequence.
        """
        if self.adaptive_threshold and self.training:
            self._update_threshold(goodness.per_sequence.detach(), positive, weight)
        objective = OBJECTIVES[self.objective]
        loss = objective(goodness, positive, weight, *self.theta.tolist())
        if goodness.penalty is None:
            return loss
        penalty = goodness.layout.mean_over_steps(goodness.penalty)
        return loss + weighted_mean(penalty, weight)

    def margin(self, goodness: Tensor) -> Tensor:
        """Return g - theta in double precision, theta midway between the two thresholds."""
        return goodness.double() - self.theta.mean()

    def _update_threshold(self, goodness: Tensor, positive: Tensor, weight: Tensor | None) -> None:
        """Move the threshold towards the midpoint between the mean goodness of both classes."""
        means = [
            weighted_mean(goodness[group], None if weight is None else weight[group])
            for group in (positive, ~positive)
            if group.any()
        ]
        middle = torch.stack(means).mean().double()
        if self.theta.isnan().any():
            self.theta.copy_(middle)
        else:
            self.theta.lerp_(middle, THRESHOLD_MOMENTUM)
