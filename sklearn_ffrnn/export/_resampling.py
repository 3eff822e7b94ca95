"""A uniform clock, in a graph."""

from __future__ import annotations

import numpy as np

from .._onnx import (
    Var,
    add,
    arange,
    axis,
    constant,
    div,
    equal,
    less,
    less_or_equal,
    mul,
    op,
    part,
    size,
    sub,
)
from ..preprocessing._velocity import SLACK
from ._movements import Movements, column


def resample_uniformly(movements: Movements, period: float) -> Movements:
    """Interpolate linearly to steps of `period`, number for number as the transformer does.

    Of a movement shorter than one period the two ends are kept.
    """
    t, ends = movements.t, sub(movements.lengths, 1)
    start, end = part(t, 0, 1, of_axis=1), part(t, -1, None, of_axis=1)
    # Twice and halved, to the same bits: onnxruntime drops a factor that is 1 but for rounding.
    twice = mul(div(sub(end, start), period), 2 * SLACK)
    n_periods = op.cast(mul(twice, 0.5), to=np.int64)
    lengths = add(op.max([n_periods, constant(1)]), 1)
    tick = arange(op.reduce_max(lengths, keepdims=0))
    clock = _time_of(tick, start, period)
    before = _last_point_before(t, start, period, size(clock, 1))
    after = op.min([add(before, 1), column(ends)])

    def at(index: Var) -> Var:
        return _take(movements.points, index)

    a, b = at(before), at(after)
    left, right = part(a, 2, 3, of_axis=2), part(b, 2, 3, of_axis=2)
    a, b = part(a, 0, 2, of_axis=2), part(b, 0, 2, of_axis=2)
    times = op.unsqueeze(clock, axis(2))
    between = add(mul(div(sub(b, a), sub(right, left)), sub(times, left)), a)
    # At a point itself, and after the last one, nothing is interpolated.
    xy = op.where(op.or_(equal(times, left), less_or_equal(right, left)), a, between)
    resampled = op.concat([xy, times], axis=2)
    two_ends = _take(movements.points, op.where(equal(tick, 0), constant(0), column(ends)))
    short = op.unsqueeze(less(n_periods, 1), axis(2))
    points = op.where(short, two_ends, resampled)
    return Movements(points, op.squeeze(lengths, axis(1)))


def _time_of(tick: Var, start: Var, period: float) -> Var:
    return add(start, mul(op.cast(tick, to=np.float64), period))


def _last_point_before(t: Var, start: Var, period: float, n_ticks: Var) -> Var:
    """Return, for each tick of the clock, the last point that is not after it: (n, n_ticks).

    For each point the first tick that is not before it is counted, and the counts are summed:
    the work grows with points plus ticks, where a search or a comparison of all would take more.
    """
    near = op.cast(div(sub(t, start), period), to=np.int64)
    near = op.max([sub(near, 1), constant(0)])
    # By comparison, for the quotient may be rounded to the wrong side.
    first = near
    for step in range(3):
        is_before = less(_time_of(add(near, step), start, period), t)
        first = add(first, op.cast(is_before, to=np.int64))
    first = op.min([first, n_ticks])  # one more tick, for points after the last
    shape = op.concat([op.shape(t, end=1), op.reshape(add(n_ticks, 1), axis(1))], axis=0)
    counts = op.scatter_elements(
        op.expand(constant(0), shape),
        first,
        op.expand(constant(1), op.shape(first)),
        axis=1,
        reduction="add",
    )
    so_far = sub(op.cumsum(counts, constant(1)), 1)
    last = sub(size(t, 1), 1)
    return op.min([part(so_far, 0, -1, of_axis=1), last])


def _take(points: Var, index: Var) -> Var:
    """Return the points of each row at `index`, (n, k)."""
    index = op.unsqueeze(index, axis(2))
    shape = op.concat([op.shape(index, end=2), op.shape(points, start=2)], axis=0)
    return op.gather_elements(points, op.expand(index, shape), axis=1)
