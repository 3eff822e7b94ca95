"""One layer that learns alone."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ._goodness import Goodness, goodness_of, n_groups
from ._losses import OBJECTIVES, weighted_mean
from ._packed import Packed
from ._recurrent_layer import RecurrentLayer

# Share of the newest batch in a threshold that follows the data.
THRESHOLD_MOMENTUM = 0.1


class ForwardForwardLayer(nn.Module):
    """Recurrent units, their goodness, its threshold, and what normalizes them for the next layer.

    Parameters
    ----------
    recurrent : RecurrentLayer
        The units.
    goodness : {"log_ratio", "mean", "sum"}
        How the squared activities of a step are pooled over units.
    objective : {"symmetric", "logistic"}
        The loss.
    threshold : (float, float) or None
        theta for positives and for negatives. With None both follow the data: a running midpoint
        between the mean goodness of positives and of negatives.
    normalization : nn.Module
        Normalizes the hidden states that the next layer reads.
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
        """Return goodness, which passes a gradient to this layer alone, and hidden states."""
        activity, hidden = self.recurrent.squared_activity(x, n_groups(self.goodness))
        return goodness_of(self.goodness, activity, hidden), hidden

    def loss(self, goodness: Goodness, positive: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the loss; in training an adaptive threshold moves.

        Parameters
        ----------
        goodness : Goodness
            Of the sequences of a batch.
        positive : Tensor of bool of shape (n_sequences,)
            Which of them are positive.
        weight : Tensor of shape (n_sequences,), optional
            Weight of each.
        """
        if self.adaptive_threshold and self.training:
            self._update_threshold(goodness.per_sequence.detach(), positive, weight)
        objective = OBJECTIVES[self.objective]
        loss = objective(goodness, positive, weight, *self.theta.tolist())
        if goodness.penalty is None:
            return loss
        penalty = goodness.sequences.mean_over_steps(goodness.penalty)
        return loss + weighted_mean(penalty, weight)

    def margin(self, goodness: Tensor) -> Tensor:
        """Return g - theta, in double precision.

        Where positives and negatives have thresholds of their own, theta is their midpoint.
        """
        return goodness.double() - self.theta.mean()

    def _update_threshold(
        self, goodness: Tensor, positive: Tensor, weight: Tensor | None
    ) -> None:
        """Move the threshold towards the middle between the two classes."""
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
