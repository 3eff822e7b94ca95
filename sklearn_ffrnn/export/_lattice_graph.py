"""The lattice that recorded coordinates lie on, in a graph.

Line for line what ``_recording/_lattice.py`` does, for many movements at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._onnx import (
    Var,
    add,
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
from .._recording._lattice import FEWEST_STEPS, MOST_DECIMALS, TOLERANCE
from ._movements import every

_EPSILON = float(np.finfo(np.float64).eps)
_SINGLE_EPSILON = float(np.finfo(np.float32).eps)
_DECIMALS = np.arange(MOST_DECIMALS + 1)
_POWERS = 10.0**_DECIMALS
_PLACES = 10.0**-_DECIMALS


class Lattices(NamedTuple):
    """The lattice of each movement; shapes are for broadcasting over (n, T, 2)."""

    origin: Var  # (n, 1, 2)
    spacing: Var  # (n, 1, 2), 0 where a coordinate is continuous
    power: Var  # (n, 1, 1), ten to the digits after the point, or 0 if they are many
    single: Var  # (n, 1, 1), whether coordinates are of single precision

    def snap(self, xy: Var) -> Var:
        """Return the points of the lattices next to `xy`, as a source would be stored."""
        continuous = equal(self.spacing, 0)
        units = div(sub(xy, self.origin), op.where(continuous, constant(1.0), self.spacing))
        placed = add(self.origin, mul(op.round(units), self.spacing))
        return self._store(op.where(continuous, xy, placed))

    def _store(self, xy: Var) -> Var:
        rounded = div(op.round(mul(xy, self.power)), self.power)
        xy = op.where(equal(self.power, 0), xy, rounded)
        return op.where(self.single, _as_single(xy), xy)


def find_lattices(xy: Var) -> Lattices:
    """Find the lattice that each movement's coordinates, (n, T, 2), lie on."""
    extent = op.max([op.reduce_max(op.abs(xy), axes=[1, 2]), constant(1e-300)])
    differ = op.abs(sub(xy, _as_single(xy)))
    single = op.unsqueeze(every(less_or_equal(differ, mul(extent, 4 * _EPSILON)), 1, 2), axis(1, 2))
    unit = mul(op.where(single, constant(_SINGLE_EPSILON), constant(_EPSILON)), extent)
    tolerance = mul(unit, 4)
    power, place = _decimals(xy, tolerance)
    return Lattices(part(xy, 0, 1, of_axis=1), _spacing(xy, tolerance, place), power, single)


def _as_single(xy: Var) -> Var:
    return op.cast(op.cast(xy, to=np.float32), to=np.float64)


def _decimals(xy: Var, tolerance: Var) -> tuple[Var, Var]:
    """Return ten to the number of decimals that say all coordinates, and its inverse, or 0."""
    values = op.unsqueeze(xy, axis(3))
    powers = constant(_POWERS)
    rounded = div(op.round(mul(values, powers)), powers)
    farthest = op.squeeze(op.reduce_max(op.abs(sub(values, rounded)), axes=[1, 2]), axis(1))
    # (n, 1, MOST_DECIMALS + 1)
    said = op.and_(
        less_or_equal(farthest, tolerance), less_or_equal(tolerance, constant(0.1 * _PLACES))
    )
    said = op.cast(said, to=np.int32)
    first = op.arg_max(said, axis=2)
    none = equal(op.reduce_max(said, axes=[2]), 0)
    zero = constant(0.0)
    return (
        op.where(none, zero, op.gather(powers, first)),
        op.where(none, zero, op.gather(constant(_PLACES), first)),
    )


def _spacing(xy: Var, tolerance: Var, fallback: Var) -> Var:
    """Return the distance of neighbouring points on each axis, (n, 1, 2)."""
    n_points = op.reshape(size(xy, 1), axis(1))
    in_order, _ = op.top_k(xy, n_points, axis=1, largest=0)
    steps = sub(part(in_order, 1, None, of_axis=1), part(in_order, 0, -1, of_axis=1))
    real = less(mul(tolerance, 2), steps)
    smallest = op.reduce_min(op.where(real, steps, constant(np.inf)), axes=[1])
    spacing = _mean(steps, op.and_(real, less(steps, mul(smallest, 1.5))))
    fine = less(spacing, mul(tolerance, 20))
    spacing = op.where(fine, constant(1.0), spacing)
    multiples = op.round(div(steps, spacing))
    extent = sub(op.reduce_max(xy, axes=[1]), op.reduce_min(xy, axes=[1]))
    spacing = div(extent, _sum(multiples, real))
    uneven = op.abs(sub(div(steps, spacing), multiples))
    allowed = add(div(mul(tolerance, 2), spacing), TOLERANCE)
    even = every(op.or_(less_or_equal(uneven, allowed), op.not_(real)), 1)
    n_steps = op.reduce_sum(op.cast(real, to=np.int64), axis(1))
    even = op.and_(op.unsqueeze(even, axis(1)), less_or_equal(FEWEST_STEPS, n_steps))
    return op.where(op.and_(even, op.not_(fine)), spacing, fallback)


def _sum(values: Var, where: Var) -> Var:
    return op.reduce_sum(op.where(where, values, constant(0.0)), axis(1))


def _mean(values: Var, where: Var) -> Var:
    return div(_sum(values, where), op.reduce_sum(op.cast(where, to=np.float64), axis(1)))
