"""Normalizations of the hidden states between two layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._packed import ROWS_IN_CACHE, Packed

EPSILON = 1e-5


class Standardize(nn.Module):
    """z = (h - mean) / standard deviation of each unit, over samples and their steps.

    The statistics are running averages. They follow the layer below in training and are fixed at
    prediction, so that a prediction depends only on the sample and the fitted model. Training
    normalizes by the running statistics too, unlike batch normalization: no gradient passes here
    that would need those of the batch, and the next layer is trained on what it will see later.

    Parameters
    ----------
    n_units : int
        Units of the layer below.
    momentum : float
        Share of the latest batch in the running statistics.
    dtype : torch.dtype, optional
        Type of the statistics.
    """

    mean: Tensor
    variance: Tensor
    n_batches: Tensor

    def __init__(
        self, n_units: int, *, momentum: float = 0.1, dtype: torch.dtype | None = None
    ) -> None:
        super().__init__()
        self.momentum = momentum
        self.register_buffer("mean", torch.zeros(n_units, dtype=dtype))
        self.register_buffer("variance", torch.ones(n_units, dtype=dtype))
        self.register_buffer("n_batches", torch.zeros((), dtype=torch.int64))

    def forward(self, hidden: Packed, weight: Tensor | None = None) -> Packed:
        """Normalize the hidden states; `weight` (n_sequences,) weights their statistics."""
        if self.training:
            self._update(hidden.steps, None if weight is None else weight[hidden.sample])
        mean, scale = self.shift_and_scale()
        # In place where no backward pass needs the hidden states.
        out = hidden.steps if torch.is_inference_mode_enabled() else None
        return hidden.with_steps(torch.addcmul(-mean * scale, hidden.steps, scale, out=out))

    def shift_and_scale(self) -> tuple[Tensor, Tensor]:
        """Return the mean and the reciprocal of the standard deviation of each unit."""
        return self.mean, torch.rsqrt(self.variance + EPSILON)

    def _update(self, hidden: Tensor, weight: Tensor | None) -> None:
        # torch.var_mean is slow over the first axis on a CPU.
        if weight is None:
            mean = hidden.sum(dim=0, dtype=self.mean.dtype) / len(hidden)
            parts = hidden.split(ROWS_IN_CACHE)
            squares = torch.stack([(part - mean).square_().sum(dim=0) for part in parts])
            variance = squares.sum(dim=0) / len(hidden)
        else:
            share = weight / weight.sum()
            mean = share @ hidden.to(share.dtype)
            variance = share @ (hidden - mean).square_()
        self.n_batches += 1
        # First a plain average over batches, then an exponential one: unbiased from the start.
        step = max(self.momentum, 1 / int(self.n_batches))
        self.mean.lerp_(mean, step)
        self.variance.lerp_(variance, step)


class LayerNorm(nn.Module):
    """h / RMS(h) over the units of each step, without centring (Hinton 2022).

    It removes the length of the activation vector, which is the goodness "mean" or "sum".
    """

    def forward(self, hidden: Packed, weight: Tensor | None = None) -> Packed:
        """Normalize the hidden states; `weight` is ignored."""
        # torch's rms_norm allocates the squares; the norm does not.
        norm: Tensor = torch.linalg.vector_norm(hidden.steps, dim=1, keepdim=True)
        mean_square = norm.square_().div_(hidden.steps.shape[1])
        return hidden.with_steps(hidden.steps * mean_square.add_(EPSILON).rsqrt_())


class NoNormalization(nn.Module):
    """The identity: the next layer can read the goodness."""

    def forward(self, hidden: Packed, weight: Tensor | None = None) -> Packed:
        """Return `hidden`; `weight` is ignored."""
        return hidden


def make_normalization(
    name: str | None, n_units: int, *, dtype: torch.dtype | None = None
) -> nn.Module:
    """Return the normalization named "standardize", "layer_norm" or None."""
    if name == "standardize":
        return Standardize(n_units, dtype=dtype)
    if name == "layer_norm":
        return LayerNorm()
    return NoNormalization()
