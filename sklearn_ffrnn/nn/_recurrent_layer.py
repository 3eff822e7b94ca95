"""The recurrent layer of both classifiers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from ._activation_limit import activation_limit
from ._fused_rnn import fused_rnn
from ._mean_squares import mean_squares
from ._packed import Packed
from ._recurrent_kernel import HiddenStates, SquaredActivity

_kernel_enabled = True


@contextmanager
def plain_autograd() -> Iterator[None]:
    """Compute layers by `relu_rnn` and autograd, without the hand-written kernel."""
    global _kernel_enabled
    before, _kernel_enabled = _kernel_enabled, False
    try:
        yield
    finally:
        _kernel_enabled = before


def relu_rnn(x: Packed, w_x: Tensor, w_h: Tensor, bias: Tensor) -> Tensor:
    """Return the hidden states (n_steps, n_units) of the sequences `x`.

    h_t = relu(W_x x_t + W_h h_{t-1} + b), with h_0 = 0 before the first step, t = 1, and values
    clipped at :func:`activation_limit`.
    """
    limit = activation_limit(bias.dtype)
    before, hidden = x.steps.new_zeros(len(x), len(bias)), []
    for drive in (x.steps @ w_x.T + bias).split(x.sizes):
        before = (drive + before[: len(drive)] @ w_h.T).clamp(0, limit)
        hidden.append(before)
    return torch.cat(hidden)


def _hidden_by_autograd(x: Packed, w_x: Tensor, w_h: Tensor, bias: Tensor) -> Tensor | None:
    """Return the hidden states where autograd computes the gradient; None selects the kernel."""
    if not _kernel_enabled:
        return relu_rnn(x, w_x, w_h, bias)
    if x.steps.is_cuda and x.steps.dtype != torch.bfloat16:
        return fused_rnn(x, w_x, w_h, bias)
    return None


class RecurrentLayer(nn.Module):
    """One layer of ReLU units with recurrent weights.

    Parameters
    ----------
    n_inputs, n_units : int
        Channels of the input and units of the layer.
    generator : torch.Generator, optional
        Draws the initial weights, uniform in +-1/sqrt(n_units) as in `torch.nn.RNN`.
    dtype : torch.dtype, optional
        Type of the weights.
    activity_dtype : torch.dtype, optional
        Type of the activations; None is the type of the weights.
    """

    def __init__(
        self,
        n_inputs: int,
        n_units: int,
        *,
        generator: torch.Generator | None = None,
        dtype: torch.dtype | None = None,
        activity_dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        bound = 1 / math.sqrt(n_units)

        def draw(*shape: int) -> nn.Parameter:
            values = torch.empty(*shape, dtype=dtype)
            return nn.Parameter(values.uniform_(-bound, bound, generator=generator))

        self.n_units = n_units
        self.activity_dtype = activity_dtype or dtype
        self.w_x = draw(n_units, n_inputs)
        self.w_h = draw(n_units, n_units)
        self.bias = draw(n_units)

    def forward(self, x: Packed) -> Packed:
        """Return the hidden states, with gradients to the weights and to `x`."""
        x, *weights = self._operands(x)
        hidden = _hidden_by_autograd(x, *weights)
        if hidden is not None:
            return x.with_steps(hidden)
        hidden = HiddenStates.apply(x.steps, *weights, x)  # type: ignore[no-untyped-call]  # torch's
        return x.with_steps(hidden)

    def squared_activity(self, x: Packed, n_groups: int = 1) -> tuple[Tensor, Packed]:
        """Return the mean square of each group of units at each step, and the hidden states.

        The mean squares (n_steps, n_groups) pass a gradient to the weights of this layer alone;
        the hidden states pass none. `x` must not require a gradient.
        """
        x, *weights = self._operands(x)
        hidden = _hidden_by_autograd(x, *weights)
        if hidden is not None:
            return mean_squares(hidden, n_groups), x.with_steps(hidden.detach())
        found = SquaredActivity.apply(*weights, x, n_groups)  # type: ignore[no-untyped-call]  # torch's
        activity, hidden = found
        return activity, x.with_steps(hidden)

    def scale_input(self, factor: Tensor) -> None:
        """Multiply the input weights and the bias by `factor`, hence every hidden state."""
        with torch.no_grad():
            self.w_x.mul_(factor)
            self.bias.mul_(factor)

    def _operands(self, x: Packed) -> tuple[Packed, Tensor, Tensor, Tensor]:
        """Return the input and the weights in the type of the activations."""
        dtype = self.activity_dtype
        x = x.with_steps(x.steps.to(dtype))
        return x, self.w_x.to(dtype), self.w_h.to(dtype), self.bias.to(dtype)


def make_layers(
    n_inputs: int,
    hidden_layer_sizes: Sequence[int],
    *,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
    activity_dtype: torch.dtype | None = None,
) -> list[RecurrentLayer]:
    """Return a stack of layers; each takes the hidden states of the one below."""
    settings: dict[str, Any] = {
        "generator": generator,
        "dtype": dtype,
        "activity_dtype": activity_dtype,
    }
    widths = pairwise([n_inputs, *hidden_layer_sizes])
    return [RecurrentLayer(n_in, n_units, **settings) for n_in, n_units in widths]
