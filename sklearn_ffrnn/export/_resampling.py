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
    t = movements.t
    start, end = part(t, 0, 1, of_axis=1), part(t, -1, None, of_axis=1)
    # Twice and halved, to the same bits: onnxruntime drops a factor that is 1 but for rounding.
    twice = mul(div(sub(end, start), period), 2 * SLACK)
    n_periods = op.cast(mul(twice, 0.5), to=np.int64)
    lengths = add(op.max([n_periods, constant(1)]), 1)
    tick = arange(op.reduce_max(lengths, keepdims=0))
    clock = _time_of(tick, start, period)
    before = _last_point_before(t, start, period, size(clock, 1))
    short = less(n_periods, 1)
    is_end = op.and_(short, less(0, tick))
    before = op.where(is_end, column(sub(movements.lengths, 1)), before)
    taken = _take(_with_slopes(movements.points), before)
    xy, left, slope = (part(taken, i, j, of_axis=2) for i, j in ((0, 2), (2, 3), (3, 5)))
    times = op.where(op.unsqueeze(short, axis(2)), left, op.unsqueeze(clock, axis(2)))
    xy = add(mul(slope, sub(times, left)), xy)
    return Movements(op.concat([xy, times], axis=2), op.squeeze(lengths, axis(1)))


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
    ticks = add(op.unsqueeze(near, axis(2)), constant([0, 1, 2]))
    times = _time_of(ticks, op.unsqueeze(start, axis(2)), period)
    is_before = less(times, op.unsqueeze(t, axis(2)))
    first = add(near, op.reduce_sum(op.cast(is_before, to=np.int64), axis(2), keepdims=0))
    first = op.min([first, n_ticks])  # one more tick, for points after the last
    shape = op.concat([op.shape(t, end=1), op.reshape(add(n_ticks, 1), axis(1))], axis=0)
    counts = op.scatter_elements(
        op.expand(constant(0), shape),
        first,
        op.expand(constant(1), op.shape(first)),
        axis=1,
        reduction="add",
    )
    return part(sub(op.cumsum(counts, constant(1)), 1), 0, -1, of_axis=1)


def _with_slopes(points: Var) -> Var:
    """Return (n, T, 3) points with dx/dt and dy/dt to the next one, 0 from the last: (n, T, 5)."""
    change = sub(part(points, 1, None, of_axis=1), part(points, 0, -1, of_axis=1))
    time = part(change, 2, 3, of_axis=2)
    slope = div(part(change, 0, 2, of_axis=2), time)
    slope = op.where(less_or_equal(time, 0), constant(0.0), slope)
    slope = op.pad(slope, constant([0, 0, 0, 0, 1, 0]))
    return op.concat([points, slope], axis=2)


def _take(points: Var, index: Var) -> Var:
    """Return the points of each row at `index`, (n, k)."""
    starts = mul(arange(size(points, 0)), size(points, 1))
    rows = op.reshape(points, op.concat([axis(-1), op.shape(points, start=2)], axis=0))
    return op.gather(rows, add(column(starts), index))
