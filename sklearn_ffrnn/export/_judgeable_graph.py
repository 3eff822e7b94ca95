"""Whether a recording holds enough to judge it by, in a graph.

Line for line what ``_outliers/_judgeable.py`` does, for many movements at once.
"""

from __future__ import annotations

import numpy as np

from .._onnx import Var, add, axis, constant, less, less_or_equal, mul, op, part, size, sub
from .._outliers._judgeable import Limits
from ._movements import Movements


def judgeable(movements: Movements, limits: Limits) -> Var:
    """Tell which movements hold what they must, (n,)."""
    t, xy = movements.t, movements.xy
    intervals = sub(part(t, 1, None, of_axis=1), part(t, 0, -1, of_axis=1))
    change = sub(part(xy, 1, None, of_axis=1), part(xy, 0, -1, of_axis=1))
    passes = less(0, intervals)
    moved = less(0, op.reduce_max(op.abs(change), axes=[2], keepdims=0))
    duration = sub(part(t, -1, None, of_axis=1), part(t, 0, 1, of_axis=1))
    n_places = add(_distinct(moved, passes), 1)
    enough = op.and_(
        op.and_(
            less_or_equal(limits.shortest, duration),
            less_or_equal(_median(intervals, passes), limits.coarsest),
        ),
        less_or_equal(limits.fewest, n_places),
    )
    return op.squeeze(enough, axis(1))


def _median(values: Var, chosen: Var) -> Var:
    """Return the median of the chosen values of each row, or of a 0 if there are none: (n, 1)."""
    width = op.reshape(size(values, 1), axis(1))
    in_order, _ = op.top_k(op.where(chosen, values, constant(np.inf)), width, axis=1, largest=0)
    n_chosen = op.max([op.reduce_sum(op.cast(chosen, to=np.int64), axis(1)), constant(1)])
    low = op.gather_elements(in_order, op.div(sub(n_chosen, 1), constant(2)), axis=1)
    high = op.gather_elements(in_order, op.div(n_chosen, constant(2)), axis=1)
    return mul(add(low, high), 0.5)


def _distinct(moved: Var, passes: Var) -> Var:
    """Count the ticks, told apart by where time passes, in which something moved: (n, 1)."""
    tick = op.cumsum(op.cast(passes, to=np.int64), constant(1))
    shape = op.shape(tick)
    none = op.expand(constant(0), op.add(shape, axis(0, 1)))
    times = op.scatter_elements(none, tick, op.cast(moved, to=np.int64), axis=1, reduction="add")
    return op.reduce_sum(op.cast(less(0, times), to=np.int64), axis(1))
