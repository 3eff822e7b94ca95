"""The recurrent layer that both classifiers are made of.

    h_t = relu(W_x x_t + W_h h_{t-1} + b),    h_{-1} = 0

written by hand in both directions. Activities that would run away are cut off (`most_active`).
Time is cut into blocks that fit the processor's cache: one matrix product projects the inputs of a
block, one product each gives its share of the weight gradients, and the loops over its time steps
work in place. No gradient of the hidden states is kept for longer than a block.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from ._activity import by_group, mean_squares
from ._layer import Layer
from ._packed import Packed

# Into a given tensor; looked up once, since the lookup takes longer than a small batch's product.
_hardtanh_backward = torch.ops.aten.hardtanh_backward.grad_input


def most_active(dtype: torch.dtype) -> float:
    """Return the activity at which a unit saturates.

    Recurrence can multiply activities step by step. Gradients are products of some of them, whose
    squares have to stay numbers, so that a layer which has got there finds its way back.
    """
    return float(torch.finfo(dtype).max ** (1 / 8))


def relu_rnn_forward(
    steps: Tensor, sequences: Packed, w_x: Tensor, w_h: Tensor, bias: Tensor
) -> Tensor:
    """Return the hidden states (n_steps_in_all, n_units) of the packed `steps`."""
    hidden = steps.new_empty(len(steps), len(bias))
    input_weights, transition = w_x.T, w_h.T
    most = most_active(bias.dtype)
    before: Tensor | None = None
    for block in sequences.blocks:
        states = hidden[block.rows]
        torch.addmm(bias, steps[block.rows], input_weights, out=states)
        for current in states.split(block.sizes):
            if before is not None:
                current.addmm_(_leading(before, len(current)), transition)
            current.clamp_(0, most)
            before = current
    return hidden


def _leading(rows: Tensor, n: int) -> Tensor:
    # A slice takes a tenth of a small batch's product, and most steps need none.
    return rows if len(rows) == n else rows[:n]


class _Gradients(NamedTuple):
    w_x: Tensor
    w_h: Tensor
    bias: Tensor


def relu_rnn_backward(
    grad_states: Callable[[slice], Tensor],
    steps: Tensor,
    hidden: Tensor,
    sequences: Packed,
    w_h: Tensor,
    grad_inputs: Callable[[slice, Tensor], Any] | None = None,
) -> _Gradients:
    """Return the gradients of the weights.

    `grad_states` gives the gradient of the hidden states in some rows, as far as it does not come
    from later steps, in a tensor that may be overwritten. `grad_inputs` is told the gradient of
    the pre-activations in some rows.
    """
    n_units, n_first = len(w_h), sequences.sizes[0]
    gradients = _Gradients(
        hidden.new_zeros(n_units, steps.shape[1]), torch.zeros_like(w_h), hidden.new_zeros(n_units)
    )
    most = most_active(hidden.dtype)
    after: Tensor | None = None
    for rows, sizes in reversed(sequences.blocks):
        grad = grad_states(rows)
        by_time = zip(grad.split(sizes), hidden[rows].split(sizes), strict=True)
        for current, state in reversed(list(by_time)):
            if after is not None:
                _leading(current, len(after)).addmm_(after, w_h)
            _hardtanh_backward(current, state, 0, most, grad_input=current)
            after = current
        gradients.w_x.addmm_(grad.T, steps[rows])
        gradients.bias.add_(grad.sum(dim=0))
        later = slice(max(rows.start, n_first), rows.stop)
        if later.start < later.stop:
            states_before = hidden[sequences.before(later)]
            gradients.w_h.addmm_(grad[later.start - rows.start :].T, states_before)
        if grad_inputs is not None:
            grad_inputs(rows, grad)
    return gradients


class _HiddenStates(torch.autograd.Function):
    """Hidden states with gradients back through time and to the layer below."""

    @staticmethod
    def forward(
        ctx: Any, steps: Tensor, w_x: Tensor, w_h: Tensor, bias: Tensor, sequences: Packed
    ) -> Tensor:
        hidden = relu_rnn_forward(steps, sequences, w_x, w_h, bias)
        ctx.save_for_backward(steps, w_x, w_h, hidden)
        ctx.sequences = sequences
        return hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_hidden: Tensor) -> Any:
        steps, w_x, w_h, hidden = ctx.saved_tensors
        grad_steps = torch.empty_like(steps) if ctx.needs_input_grad[0] else None

        def grad_inputs(rows: slice, grad: Tensor) -> None:
            if grad_steps is not None:
                torch.mm(grad, w_x, out=grad_steps[rows])

        gradients = relu_rnn_backward(
            lambda rows: grad_hidden[rows].clone(memory_format=torch.contiguous_format),
            steps,
            hidden,
            ctx.sequences,
            w_h,
            grad_inputs,
        )
        return grad_steps, *gradients, None


class _SquaredActivity(torch.autograd.Function):
    """Mean square of each group of units per step, and the hidden states without a gradient.

    Fusing the squares into the layer spares the copies of the activations that autograd would
    keep for square and mean: the gradient 2 h g / n_units is computed block by block, where the
    backward loop needs it.
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
        hidden = relu_rnn_forward(steps, sequences, w_x, w_h, bias)
        ctx.save_for_backward(steps, w_h, hidden)
        ctx.sequences = sequences
        ctx.mark_non_differentiable(hidden)
        ctx.set_materialize_grads(False)  # no zeros in place of the gradient that `hidden` lacks
        return mean_squares(hidden, n_groups), hidden

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_activity: Tensor | None, _: Any) -> Any:
        if grad_activity is None:
            return (None,) * 6
        steps, w_h, hidden = ctx.saved_tensors
        n_groups = grad_activity.shape[1]

        def grad_states(rows: slice) -> Tensor:
            states = hidden[rows]
            grad = torch.empty_like(states)
            views = by_group(states, n_groups), by_group(grad, n_groups)
            by_view = grad_activity[rows].split([groups.shape[1] for groups in views[0]], dim=1)
            for groups, out, g in zip(*views, by_view, strict=True):
                torch.mul(groups, g[:, :, None] * (2 / groups.shape[2]), out=out)
            return grad

        gradients = relu_rnn_backward(grad_states, steps, hidden, ctx.sequences, w_h)
        return None, *gradients, None, None


class RecurrentLayer(Layer):
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
        Type that activities are computed in; None takes that of the weights.
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

        self.activity_dtype = activity_dtype or dtype
        self.w_x = draw(n_units, n_inputs)
        self.w_h = draw(n_units, n_units)
        self.bias = draw(n_units)

    def reading(self, shift: Tensor, scale: Tensor) -> RecurrentLayer:
        """Return a layer that reads x as this one reads (x - shift) * scale."""
        other = copy.copy(self)
        w_x = self.w_x * scale
        changed = {"w_x": nn.Parameter(w_x), "bias": nn.Parameter(self.bias - w_x @ shift)}
        other._parameters = {**self._parameters, **changed}
        return other

    def forward(self, steps: Tensor, sequences: Packed) -> Tensor:
        """Return hidden states that pass gradients to the layer below."""
        operands = self._operands(steps)
        # torch does not annotate apply.
        hidden: Tensor = _HiddenStates.apply(*operands, sequences)  # type: ignore[no-untyped-call]
        return hidden

    def squared_activity(
        self, steps: Tensor, sequences: Packed, n_groups: int = 1
    ) -> tuple[Tensor, Tensor]:
        """Return the mean square of each group of units per step, and the hidden states.

        The squares, of shape (n_steps, n_groups), pass a gradient to the weights of this layer and
        none to the layer below (`steps` must not ask for one); the hidden states pass none at all.
        """
        # torch does not annotate apply.
        result: tuple[Tensor, Tensor] = _SquaredActivity.apply(  # type: ignore[no-untyped-call]
            *self._operands(steps), sequences, n_groups
        )
        return result

    def _operands(self, steps: Tensor) -> Iterator[Tensor]:
        """Yield what is multiplied, in the type that activities are computed in."""
        return (value.to(self.activity_dtype) for value in (steps, self.w_x, self.w_h, self.bias))
