"""What a network reads beside its input: how that changes from step to step."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._activation_limit import activation_limit
from ._normalization import Standardize
from ._packed import Packed


class Differences(nn.Module):
    """Append the differences x_t - x_{t-1}, theirs, and so on, as further channels.

    Movements are smooth: neighbouring steps say nearly the same, and what tells hands from machines
    is small beside what they share. Differences, each brought to unit variance, lay it open. For
    velocities the first are accelerations, the second jerks. The first step of a sequence has
    differences of 0.

    Parameters
    ----------
    n_channels : int
        Channels of the sequences, which come first among those of the input.
    order : int
        Highest order; 0 appends nothing.
    dtype : torch.dtype, optional
        Type of the statistics.
    """

    standardize: Standardize

    def __init__(self, n_channels: int, order: int, *, dtype: torch.dtype | None = None) -> None:
        super().__init__()
        self.n_channels = n_channels
        self.order = order
        if order:
            # The input stays as it is while the layers learn, so nothing of it is forgotten.
            self.standardize = Standardize(n_channels * order, momentum=0.0, dtype=dtype)

    def forward(self, x: Packed, weight: Tensor | None = None) -> Packed:
        """Append the differences to the steps; `weight` (n_sequences,) weighs statistics."""
        if not self.order:
            return x
        limit = activation_limit(x.steps.dtype)
        differences = [x.steps[:, : self.n_channels]]
        for _ in range(self.order):
            # More would overflow the variance, and saturates units anyway.
            differences.append(x.change(differences[-1]).clamp_(-limit, limit))
        standardized = self.standardize(x.with_steps(torch.cat(differences[1:], dim=1)), weight)
        return x.with_steps(torch.cat([x.steps, standardized.steps], dim=1))
