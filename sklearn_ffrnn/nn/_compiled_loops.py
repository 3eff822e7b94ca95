"""The loops of the ReLU layer over time, compiled by numba; the optional extra "fast".

The product of a few hundred rows with a weight matrix is so short that calling it takes as long as
computing a part of it. Here one call computes all time steps, on one thread. The products are loops
as well: numba makes the processor's widest vectors of them, and a step stays in the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from platform import machine
from typing import Any

import numba
import numpy as np
from torch import Tensor

from ._activation_limit import activation_limit
from ._packed import Packed
from ._torch_loops import Gradients

# Python's own loops, and those of an older numba, which finds no vectors in them, are slower than
# torch by far. Other processors were not measured; Apple's have a unit for products.
if (
    numba.config.DISABLE_JIT
    or numba.version_info[:2] < (0, 61)
    or machine() not in ("x86_64", "AMD64")
):
    raise ImportError("The compiled loops need numba 0.61 and a processor of the x86-64 family.")

# "contract" allows multiplying and adding in one instruction; the order of a sum is kept.
_compile = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})


def relu_rnn_forward(x: Packed, w_x: Tensor, w_h: Tensor, bias: Tensor) -> Tensor:
    """Do what `_torch_loops.relu_rnn_forward` does."""
    hidden = x.steps.new_empty(len(x.steps), len(bias))
    operands = map(_array, (hidden, x.steps, w_x.T, w_h.T, bias))
    _forward(*operands, np.array(x.sizes), _limit(hidden))
    return hidden


def relu_rnn_backward(
    grad_states: Callable[[slice], Tensor],
    x: Packed,
    hidden: Tensor,
    w_h: Tensor,
    grad_inputs: Callable[[slice, Tensor], Any] | None = None,
) -> Gradients:
    """Do what `_torch_loops.relu_rnn_backward` does."""
    n_inputs, n_units = x.steps.shape[1], len(w_h)
    shapes = (n_inputs, n_units), (n_units, n_units), (n_units,)
    totals = [hidden.new_zeros(shape) for shape in shapes]
    inputs, states, *of_weights = map(_array, (x.steps, hidden, w_h, *totals))
    limit = _limit(hidden)
    after, time = states[:0], len(x.sizes)
    for rows, sizes in reversed(x.blocks):
        time -= len(sizes)
        n_earlier = x.sizes[time - 1] if time > 0 else 0
        grad = grad_states(rows)
        current, earlier = _array(grad), states[rows.start - n_earlier : rows.stop]
        all_sizes = np.array([n_earlier, *sizes])
        _backward(current, after, inputs[rows], earlier, all_sizes, limit, *of_weights)
        after = current[: sizes[0]]
        if grad_inputs is not None:
            grad_inputs(rows, grad)
    w_x, w_h, bias = totals
    return Gradients(w_x.T.contiguous(), w_h.T.contiguous(), bias)


def _array(tensor: Tensor) -> np.ndarray:
    """Return the tensor as an array of the one layout that is compiled."""
    return tensor.detach().contiguous().numpy()


def _limit(hidden: Tensor) -> np.generic:
    """Return the limit on activations in their own type: a wider one would widen the loops."""
    return _array(hidden).dtype.type(activation_limit(hidden.dtype))


@_compile
def _forward(  # pragma: no cover
    hidden: np.ndarray,
    x: np.ndarray,
    w_x: np.ndarray,
    w_h: np.ndarray,
    bias: np.ndarray,
    sizes: np.ndarray,
    limit: Any,
) -> None:
    """Fill in the hidden states; the weights are transposed: (n_inputs, n_units)."""
    zero = limit - limit
    before = hidden[:0]
    start = 0
    for size in sizes:
        states = hidden[start : start + size]
        states[:] = bias
        _add_product(states, x[start : start + size], w_x)
        if start > 0:
            _add_product(states, before[:size], w_h)
        for i in range(size):
            for j in range(len(bias)):
                value = states[i, j]
                # What is not a number fails every comparison, and stays.
                states[i, j] = zero if value < zero else limit if value > limit else value
        before = states
        start += size


@_compile
def _backward(  # pragma: no cover
    grad: np.ndarray,
    after: np.ndarray,
    x: np.ndarray,
    hidden: np.ndarray,
    sizes: np.ndarray,
    limit: Any,
    w_h: np.ndarray,
    grad_w_x: np.ndarray,
    grad_w_h: np.ndarray,
    grad_bias: np.ndarray,
) -> None:
    """Propagate the gradients of a block of steps back through time, in place.

    `after` is the gradient of the step after the block. `hidden` and `sizes` begin with the step
    before the block, of size 0 if there is none. The gradients of the weights are transposed; what
    the block adds to them is summed up on its own first, which loses fewer digits.
    """
    zero = limit - limit
    of_w_x, of_w_h, of_bias = np.zeros_like(grad_w_x), np.zeros_like(w_h), np.zeros_like(grad_bias)
    stop = len(grad)
    for t in range(len(sizes) - 1, 0, -1):
        start = stop - sizes[t]
        current, states = grad[start:stop], hidden[sizes[0] + start : sizes[0] + stop]
        _add_product(current[: len(after)], after, w_h)
        for i in range(sizes[t]):
            for j in range(len(of_bias)):
                saturated = states[i, j] <= zero or states[i, j] >= limit
                gradient = zero if saturated else current[i, j]
                current[i, j] = gradient
                of_bias[j] += gradient
        _add_product(of_w_x, x[start:stop].T, current)
        if sizes[t - 1] > 0:
            earlier = sizes[0] + start - sizes[t - 1]
            _add_product(of_w_h, hidden[earlier : earlier + sizes[t]].T, current)
        after, stop = current, start
    grad_w_x += of_w_x
    grad_w_h += of_w_h
    grad_bias += of_bias


@_compile
def _add_product(out: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:  # pragma: no cover
    """Add a @ b to `out`.

    Four rows and four columns of `a` at once: what is read of `out` and of `b` serves four times.
    """
    n_rows, n_inner = a.shape
    whole_rows, whole_inner = n_rows - n_rows % 4, n_inner - n_inner % 4
    for i in range(0, whole_rows, 4):
        out0, out1, out2, out3 = out[i], out[i + 1], out[i + 2], out[i + 3]
        for p in range(0, whole_inner, 4):
            a00, a01, a02, a03 = a[i, p], a[i, p + 1], a[i, p + 2], a[i, p + 3]
            a10, a11, a12, a13 = a[i + 1, p], a[i + 1, p + 1], a[i + 1, p + 2], a[i + 1, p + 3]
            a20, a21, a22, a23 = a[i + 2, p], a[i + 2, p + 1], a[i + 2, p + 2], a[i + 2, p + 3]
            a30, a31, a32, a33 = a[i + 3, p], a[i + 3, p + 1], a[i + 3, p + 2], a[i + 3, p + 3]
            row0, row1, row2, row3 = b[p], b[p + 1], b[p + 2], b[p + 3]
            for j in range(b.shape[1]):
                b0, b1, b2, b3 = row0[j], row1[j], row2[j], row3[j]
                out0[j] = out0[j] + a00 * b0 + a01 * b1 + a02 * b2 + a03 * b3
                out1[j] = out1[j] + a10 * b0 + a11 * b1 + a12 * b2 + a13 * b3
                out2[j] = out2[j] + a20 * b0 + a21 * b1 + a22 * b2 + a23 * b3
                out3[j] = out3[j] + a30 * b0 + a31 * b1 + a32 * b2 + a33 * b3
    # What is left, in the same order.
    for i in range(whole_rows, n_rows):
        for p in range(0, whole_inner, 4):
            a0, a1, a2, a3 = a[i, p], a[i, p + 1], a[i, p + 2], a[i, p + 3]
            for j in range(b.shape[1]):
                total = out[i, j] + a0 * b[p, j] + a1 * b[p + 1, j]
                out[i, j] = total + a2 * b[p + 2, j] + a3 * b[p + 3, j]
    for i in range(n_rows):
        for p in range(whole_inner, n_inner):
            for j in range(b.shape[1]):
                out[i, j] += a[i, p] * b[p, j]
