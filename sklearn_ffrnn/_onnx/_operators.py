"""ONNX's operators, of one version, and a few that numpy has and ONNX has not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from spox import Var
from spox.opset.ai.onnx import v17

op = v17
Operand = Var | float


def _of_numbers(operator: Callable[[Var, Var], Var]) -> Callable[[Operand, Operand], Var]:
    """Return an operator of two values, one of which may be a number of the other's type."""

    def apply(a: Operand, b: Operand) -> Var:
        values = [x if isinstance(x, Var) else constant(x, next(_dtypes(a, b))) for x in (a, b)]
        return operator(*values)

    return apply


def _dtypes(*operands: Operand) -> Any:
    return (x.unwrap_tensor().dtype for x in operands if isinstance(x, Var))


add, sub, mul, div = map(_of_numbers, (op.add, op.sub, op.mul, op.div))
equal, less, less_or_equal = map(_of_numbers, (op.equal, op.less, op.less_or_equal))


def constant(value: Any, dtype: Any = None) -> Var:
    """Return a tensor, an array or a number as a value of the graph."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu().numpy()
    return op.const(np.asarray(value, dtype=dtype))


def axis(*axes: int) -> Var:
    """Return axes, as operators take them."""
    return constant(axes, np.int64)


def size(value: Var, of_axis: int) -> Var:
    """Return the size of an axis, a scalar."""
    return op.gather(op.shape(value), constant(of_axis, np.int64))


def arange(n: Var) -> Var:
    """Return 0, 1, ..., n - 1."""
    return op.range(constant(0, np.int64), n, constant(1, np.int64))


def part(value: Var, start: int, stop: int | None, *, of_axis: int) -> Var:
    """Return ``value[start:stop]``, along an axis."""
    end = np.iinfo(np.int64).max if stop is None else stop
    return op.slice(value, axis(start), axis(end), axis(of_axis))
