"""The hidden states of a ReLU layer, with a hand-written backward pass.

The numbers are those of :func:`relu_rnn`, in less time and memory. Time is cut into blocks that fit
the processor's cache. For each block one matrix product projects all inputs, and one for each
weight matrix adds to its gradient; the loops over the time steps work in place. Gradients of the
hidden states are kept for one block only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from ._activation_limit import activation_limit
from ._mean_squares import mean_squares, split_units
from ._packed import Packed

# Looked up once, because the lookup takes longer than the matrix product of a small batch.
_hardtanh_backward = torch.ops.aten.hardtanh_backward.grad_input


def relu_rnn_forward(x: Packed, w_x: Tensor, w_h: Tensor, bias: Tensor) -> Tensor:
    """Return the hidden states (n_steps, n_units)."""
    hidden = x.steps.new_empty(len(x.steps), len(bias))
    input_weights, transition = w_x.T, w_h.T
    limit = activation_limit(bias.dtype)
    before: Tensor | None = None
    n_before = x.sizes[0]
    for block in x.blocks:
        states = hidden[block.rows]
        torch.addmm(bias, x.steps[block.rows], input_weights, out=states)
        for current, size in zip(states.split(block.sizes), block.sizes, strict=True):
            if before is not None:
                # Slicing takes a tenth of the time of a small product, and most steps need none.
                current.addmm_(before if size == n_before else before[:size], transition)
            current.clamp_(0, limit)
            before, n_before = current, size
    return hidden


class _Gradients(NamedTuple):
    w_x: Tensor
    w_h: Tensor
    bias: Tensor


def relu_rnn_backward(
    grad_states: Callable[[slice], Tensor],
    x: Packed,
    hidden: Tensor,
    w_h: Tensor,
    grad_inputs: Callable[[slice, Tensor], Any] | None = None,
) -> _Gradients:
    """Return the gradients of the weights.

    Parameters
    ----------
    grad_states : callable
        Takes a slice of rows; returns the gradient of their hidden states, without the part that
        comes from later steps, as a tensor that may be overwritten.
    x : Packed
        Input of the layer.
    hidden : Tensor of shape (n_steps, n_units)
        Hidden states, as :func:`relu_rnn_forward` returned them.
    w_h : Tensor of shape (n_units, n_units)
        Recurrent weights.
    grad_inputs : callable, optional
        Called with a slice of rows and the gradient of their pre-activations.
    """
    n_units, n_first = len(w_h), x.sizes[0]
    gradients = _Gradients(
        hidden.new_zeros(n_units, x.steps.shape[1]),
        torch.zeros_like(w_h),
        hidden.new_zeros(n_units),
    )
    limit = activation_limit(hidden.dtype)
    after: Tensor | None = None
    n_after = x.sizes[-1]
    for rows, sizes in reversed(x.blocks):
        grad = grad_states(rows)
        by_time = zip(grad.split(sizes), hidden[rows].split(sizes), sizes, strict=True)
        for current, state, size in reversed(list(by_time)):
            if after is not None:
                (current if size == n_after else current[:n_after]).addmm_(after, w_h)
            _hardtanh_backward(current, state, 0, limit, grad_input=current)
            after, n_after = current, size
        gradients.w_x.addmm_(grad.T, x.steps[rows])
        gradients.bias.add_(grad.sum(dim=0))
        later = slice(max(rows.start, n_first), rows.stop)
        if later.start < later.stop:
            previous_states = hidden[x.previous(later)]
            gradients.w_h.addmm_(grad[later.start - rows.start :].T, previous_states)
        if grad_inputs is not None:
            grad_inputs(rows, grad)
    return gradients


class HiddenStates(torch.autograd.Function):
    """The hidden states, with gradients through time and to the layer below."""

    @staticmethod
    def forward(
        ctx: Any, steps: Tensor, w_x: Tensor, w_h: Tensor, bias: Tensor, x: Packed
    ) -> Tensor:
        """Compute the hidden states; `steps` are the steps of `x` as a tensor for autograd."""
        hidden = relu_rnn_forward(x, w_x, w_h, bias)
        ctx.save_for_backward(steps, w_x, w_h, hidden)  # autograd frees these, unlike attributes
        ctx.layout = x.layout()
        return hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_hidden: Tensor) -> Any:
        """Propagate the gradient back through time."""
        steps, w_x, w_h, hidden = ctx.saved_tensors
        grad_steps = torch.empty_like(steps) if ctx.needs_input_grad[0] else None

        def grad_inputs(rows: slice, grad: Tensor) -> None:
            if grad_steps is not None:
                torch.mm(grad, w_x, out=grad_steps[rows])

        gradients = relu_rnn_backward(
            lambda rows: grad_hidden[rows].clone(memory_format=torch.contiguous_format),
            ctx.layout.with_steps(steps),
            hidden,
            w_h,
            grad_inputs,
        )
        return grad_steps, *gradients, None


class SquaredActivity(torch.autograd.Function):
    """The mean square of each group of units at each step, and the hidden states without gradient.

    Autograd would keep copies of the activations for square and mean. Here the gradient
    2 h g / n_units is computed block by block, when the backward loop needs it.
    """

    @staticmethod
    def forward(
        ctx: Any, w_x: Tensor, w_h: Tensor, bias: Tensor, x: Packed, n_groups: int
    ) -> tuple[Tensor, Tensor]:
        """Compute the squares and the hidden states."""
        hidden = relu_rnn_forward(x, w_x, w_h, bias)
        ctx.save_for_backward(x.steps, w_h, hidden)  # autograd frees these, unlike attributes
        ctx.layout = x.layout()
        ctx.mark_non_differentiable(hidden)
        ctx.set_materialize_grads(False)  # no zeros in place of the gradient that `hidden` lacks
        return mean_squares(hidden, n_groups), hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_activity: Tensor | None, _: Any) -> Any:
        """Propagate the gradient back through time, to the weights alone."""
        if grad_activity is None:
            return (None,) * 5
        steps, w_h, hidden = ctx.saved_tensors
        x = ctx.layout.with_steps(steps)
        n_groups = grad_activity.shape[1]

        def grad_states(rows: slice) -> Tensor:
            states = hidden[rows]
            grad = torch.empty_like(states)
            views = split_units(states, n_groups), split_units(grad, n_groups)
            by_view = grad_activity[rows].split([groups.shape[1] for groups in views[0]], dim=1)
            for groups, out, g in zip(*views, by_view, strict=True):
                torch.mul(groups, g[:, :, None] * (2 / groups.shape[2]), out=out)
            return grad

        return *relu_rnn_backward(grad_states, x, hidden, w_h), None, None
