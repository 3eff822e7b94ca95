"""The hidden states of a ReLU layer, with a hand-written backward pass.

The numbers are those of :func:`relu_rnn`, in less time and memory.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from . import _torch_loops
from ._mean_squares import mean_squares, split_units
from ._packed import Packed


@cache
def _compiled_loops() -> ModuleType | None:
    """Return the loops that numba compiles, or None where it is missing or would be of no use."""
    try:
        from . import _compiled_loops  # only when a layer is computed: numba takes half a second
    except (ImportError, RuntimeError):  # the latter if there is no folder to keep them in
        return None
    return _compiled_loops


def _loops(x: Tensor) -> ModuleType:
    """Return the module with the fastest loops for input of this type, on its device."""
    compiled = None
    if x.device.type == "cpu" and x.dtype in (torch.float32, torch.float64):
        compiled = _compiled_loops()
    return compiled or _torch_loops


class HiddenStates(torch.autograd.Function):
    """The hidden states, with gradients through time and to the layer below."""

    @staticmethod
    def forward(
        ctx: Any, steps: Tensor, w_x: Tensor, w_h: Tensor, bias: Tensor, x: Packed
    ) -> Tensor:
        """Compute the hidden states; `steps` are the steps of `x` as a tensor for autograd."""
        hidden = _loops(x.steps).relu_rnn_forward(x, w_x, w_h, bias)
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

        gradients = _loops(hidden).relu_rnn_backward(
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
        hidden = _loops(x.steps).relu_rnn_forward(x, w_x, w_h, bias)
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

        gradients = _loops(hidden).relu_rnn_backward(grad_states, x, hidden, w_h)
        return *gradients, None, None
