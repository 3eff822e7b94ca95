"""Differences between consecutive steps, as further channels of the input."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._activation_limit import activation_limit
from ._normalization import Standardize
from ._packed import Packed


class Differences(nn.Module):
    """Append the differences x_t - x_{t-1}, their differences, and so on, as further channels.

    Movements are smooth, so consecutive steps are nearly equal, and what tells people from machines
    is small beside what the steps have in common. Differences, scaled to unit variance, show it.
    For velocities the first differences are accelerations and the second ones jerks. At the first
    step of a sequence all differences are 0.

    Parameters
    ----------
    n_channels : int
        Channels of the sequences. The input may have more (a label code), without differences.
    order : int
        Highest order of the differences; 0 appends nothing.
    dtype : torch.dtype, optional
        Type of the statistics.
    """

    standardize: Standardize

    def __init__(self, n_channels: int, order: int, *, dtype: torch.dtype | None = None) -> None:
        super().__init__()
        self.n_channels = n_channels
        self.order = order
        if order:
            # The input does not change during training, so the statistics need not forget.
            self.standardize = Standardize(n_channels * order, momentum=0.0, dtype=dtype)

    def forward(self, x: Packed, weight: Tensor | None = None) -> Packed:
        """Append the differences; `weight` (n_sequences,) weights their statistics in training."""
        if not self.order:
            return x
        limit = activation_limit(x.steps.dtype)
        differences = [x.steps[:, : self.n_channels]]
        for _ in range(self.order):
            # Larger values would overflow the variance, and they saturate units anyway.
            differences.append(x.diff(differences[-1]).clamp_(-limit, limit))
        standardized = self.standardize(x.with_steps(torch.cat(differences[1:], dim=1)), weight)
        return x.with_steps(torch.cat([x.steps, standardized.steps], dim=1))
