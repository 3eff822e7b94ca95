"""The loops of the ReLU layer over time, as operations of torch.

Time is cut into blocks that fit the processor's cache. For each block one matrix product projects
all inputs, and one for each weight matrix adds to its gradient; the loops over the time steps work
in place. Gradients of the hidden states are kept for one block only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ._activation_limit import activation_limit
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


class Gradients(NamedTuple):
    """Gradients of the weights of a layer."""

    w_x: Tensor
    w_h: Tensor
    bias: Tensor


def relu_rnn_backward(
    grad_states: Callable[[slice], Tensor],
    x: Packed,
    hidden: Tensor,
    w_h: Tensor,
    grad_inputs: Callable[[slice, Tensor], Any] | None = None,
) -> Gradients:
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
    gradients = Gradients(
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
