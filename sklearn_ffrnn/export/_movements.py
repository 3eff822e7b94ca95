"""Movements in a graph: from points in a row to a padded batch of what can be computed with."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._onnx import (
    Var,
    add,
    arange,
    axis,
    constant,
    equal,
    less,
    less_or_equal,
    mul,
    op,
    part,
    size,
    sub,
)

# Periods of a clock that a movement may last; as many steps would fill any memory.
_MOST_PERIODS = 2.0**31


class Movements(NamedTuple):
    """Movements padded to one length; after the end of each its last point goes on."""

    points: Var  # (n, T, 3) of x, y, t, float64
    lengths: Var  # (n,), int64

    @property
    def xy(self) -> Var:
        """Positions, (n, T, 2)."""
        return part(self.points, 0, 2, of_axis=2)

    @property
    def t(self) -> Var:
        """Times, (n, T)."""
        return op.squeeze(part(self.points, 2, 3, of_axis=2), axis(2))

    @classmethod
    def of_rows(cls, rows: Var, lengths: Var) -> Movements:
        """Return the movements of (n_points, 3) `rows`, one after the other."""
        starts = op.cumsum(lengths, constant(0), exclusive=1)
        return cls(op.gather(rows, add(column(starts), _positions(lengths))), lengths)

    def merge_equal_times(self) -> Movements:
        """Keep the last of the points that share a time stamp."""
        later = less(part(self.t, 0, -1, of_axis=1), part(self.t, 1, None, of_axis=1))
        position = arange(size(self.points, 1))
        last = equal(position, sub(column(self.lengths), 1))
        # Time stands still after the end, so that no point there is kept.
        never = equal(part(self.t, 0, 1, of_axis=1), np.nan)
        kept = op.or_(op.concat([later, never], axis=1), last)
        rows = op.compress(op.reshape(self.points, axis(-1, 3)), op.reshape(kept, axis(-1)), axis=0)
        counts = op.reduce_sum(op.cast(kept, to=np.int64), axis(1), keepdims=0)
        return Movements.of_rows(rows, counts)


def read_movements(points: Var, lengths: Var, period: float | None) -> tuple[Movements, Var]:
    """Return a batch of movements, and which of them can be computed with.

    One that can't be is replaced by points at rest.

    Parameters
    ----------
    points : Var of shape (n_points, 3)
        All movements, one after the other.
    lengths : Var of shape (n,)
        Points of each.
    period : float or None
        Of the clock that they are brought to, if any.
    """
    n_points = size(points, 0)
    adds_up = op.and_(
        equal(op.reduce_sum(lengths, keepdims=0), n_points),
        less_or_equal(0, op.reduce_min(lengths, keepdims=0)),
    )
    valid = op.and_(adds_up, less_or_equal(2, lengths))
    # Whatever the lengths are, there must be points to take.
    starts = op.cumsum(lengths, constant(0), exclusive=1)
    lengths = op.where(valid, lengths, constant(2))
    position = _positions(lengths)
    taken = op.clip(add(column(starts), position), constant(0), n_points)
    rows = op.gather(op.concat([points, constant(np.zeros((1, 3)))], axis=0), taken)
    movements = Movements(rows, lengths)

    t = movements.t
    first, last = part(t, 0, 1, of_axis=1), part(t, -1, None, of_axis=1)
    duration = op.squeeze(sub(last, first), axis(1))
    longest = np.inf if period is None else period * _MOST_PERIODS
    for is_so in (
        every(less(op.abs(rows), np.inf), 1, 2),
        every(less_or_equal(part(t, 0, -1, of_axis=1), part(t, 1, None, of_axis=1)), 1),
        op.and_(less(0, duration), less(duration, longest)),
    ):
        valid = op.and_(valid, is_so)
    count = op.unsqueeze(op.cast(position, to=np.float64), axis(2))
    at_rest = mul(count, constant([0.0, 0.0, period or 1.0]))
    points = op.where(op.unsqueeze(valid, axis(1, 2)), rows, at_rest)
    return Movements(points, lengths), valid


def column(values: Var) -> Var:
    """Return (n,) values as (n, 1)."""
    return op.unsqueeze(values, axis(1))


def every(condition: Var, *axes: int) -> Var:
    """Tell where a condition holds all along some axes, which are dropped."""
    holds = op.reduce_min(op.cast(condition, to=np.int32), axes=axes, keepdims=0)
    return op.cast(holds, to=np.bool_)


def _positions(lengths: Var) -> Var:
    """Return 0, 1, ..., (n, T), for each of `lengths`, with its last position going on."""
    longest = op.reduce_max(lengths, keepdims=0)
    return op.min([arange(longest), sub(column(lengths), 1)])
