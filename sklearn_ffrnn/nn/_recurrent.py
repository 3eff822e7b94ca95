"""The recurrent layer that both classifiers are made of.

    h_t = relu(W_x x_t + W_h h_{t-1} + b),    h_{-1} = 0

written by hand in both directions: one matrix product projects the inputs of all time steps, one
product each gives the weight gradients, and the loops over time work in place on one buffer.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from ._activity import mean_squares
from ._packed import Packed


def relu_rnn_forward(sequences: Packed, w_x: Tensor, w_h: Tensor, bias: Tensor) -> Tensor:
    """Return the hidden states (n_steps_in_all, n_units) of packed sequences."""
    hidden = torch.addmm(bias, sequences.steps, w_x.T)
    transition = w_h.T
    before: Tensor | None = None
    for current in hidden.split(sequences.sizes):
        if before is not None:
            current.addmm_(before[: len(current)], transition)
        current.relu_()
        before = current
    return hidden


def relu_rnn_backward_(
    grad: Tensor, hidden: Tensor, sequences: Packed, w_h: Tensor
) -> tuple[Tensor, Tensor]:
    """Turn the gradient of the hidden states, in place, into that of the pre-activations.

    Returns the gradients of `w_h` and of the bias; those of `w_x` and the input are plain products
    with `grad`.
    """
    after: Tensor | None = None
    steps = zip(grad.split(sequences.sizes), hidden.split(sequences.sizes), strict=True)
    for current, state in reversed(list(steps)):
        if after is not None:
            current[: len(after)].addmm_(after, w_h)
        torch.ops.aten.threshold_backward(current, state, 0, grad_input=current)
        after = current
    later = grad[sequences.sizes[0] :]
    return later.T @ hidden[sequences.previous], grad.sum(dim=0)


class _HiddenStates(torch.autograd.Function):
    """Hidden states with gradients back through time and to the layer below."""

    @staticmethod
    def forward(
        ctx: Any, steps: Tensor, w_x: Tensor, w_h: Tensor, bias: Tensor, sequences: Packed
    ) -> Tensor:
        hidden = relu_rnn_forward(sequences.with_steps(steps), w_x, w_h, bias)
        ctx.save_for_backward(steps, w_x, w_h, hidden)
        ctx.sequences = sequences
        return hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_hidden: Tensor) -> Any:
        steps, w_x, w_h, hidden = ctx.saved_tensors
        grad = grad_hidden.clone(memory_format=torch.contiguous_format)
        grad_w_h, grad_bias = relu_rnn_backward_(grad, hidden, ctx.sequences, w_h)
        grad_steps = grad @ w_x if ctx.needs_input_grad[0] else None
        return grad_steps, grad.T @ steps, grad_w_h, grad_bias, None


class _SquaredActivity(torch.autograd.Function):
    """Mean square of each group of units per step, and the hidden states without a gradient.

    Fusing the squares into the layer spares the copies of the activations that autograd would
    keep for square and mean: the gradient 2 h g / n_units is written straight into the buffer
    that the backward loop works in.
    """

    @staticmethod
    def forward(
        ctx: Any,
        steps: Tensor,
        w_x: Tensor,
        w_h: Tensor,
        bias: Tensor,
        sequences: Packed,
        n_groups: int,
    ) -> tuple[Tensor, Tensor]:
        hidden = relu_rnn_forward(sequences.with_steps(steps), w_x, w_h, bias)
        ctx.save_for_backward(steps, w_h, hidden)
        ctx.sequences = sequences
        ctx.mark_non_differentiable(hidden)
        return mean_squares(hidden, n_groups), hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_activity: Tensor, _: Any) -> Any:
        steps, w_h, hidden = ctx.saved_tensors
        grad = torch.empty_like(hidden)
        n_groups = grad_activity.shape[1]
        for group, out, g in zip(
            hidden.tensor_split(n_groups, dim=1),
            grad.tensor_split(n_groups, dim=1),
            grad_activity.split(1, dim=1),
            strict=True,
        ):
            torch.mul(group, g * (2 / group.shape[1]), out=out)
        grad_w_h, grad_bias = relu_rnn_backward_(grad, hidden, ctx.sequences, w_h)
        return None, grad.T @ steps, grad_w_h, grad_bias, None, None


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
    """

    def __init__(
        self,
        n_inputs: int,
        n_units: int,
        *,
        generator: torch.Generator | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        bound = 1 / math.sqrt(n_units)

        def draw(*shape: int) -> nn.Parameter:
            values = torch.empty(*shape, dtype=dtype)
            return nn.Parameter(values.uniform_(-bound, bound, generator=generator))

        self.w_x = draw(n_units, n_inputs)
        self.w_h = draw(n_units, n_units)
        self.bias = draw(n_units)

    def forward(self, steps: Tensor, sequences: Packed) -> Tensor:
        """Return hidden states that pass gradients to the layer below."""
        return _HiddenStates.apply(steps, self.w_x, self.w_h, self.bias, sequences)

    def squared_activity(
        self, steps: Tensor, sequences: Packed, n_groups: int = 1
    ) -> tuple[Tensor, Tensor]:
        """Return the mean square of each group of units per step, and the hidden states.

        The squares, of shape (n_steps, n_groups), pass a gradient to the weights of this layer and
        none to the layer below (`steps` must not ask for one); the hidden states pass none at all.
        """
        return _SquaredActivity.apply(steps, self.w_x, self.w_h, self.bias, sequences, n_groups)
