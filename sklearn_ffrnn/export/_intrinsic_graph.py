"""Channels that depend neither on the unit of length nor on where a movement points, in a graph.

Line for line what ``preprocessing/_intrinsic.py`` does, for many movements at once.
"""

from __future__ import annotations

from .._onnx import Var, add, arange, axis, constant, div, equal, less, mul, op, part, size, sub
from ..preprocessing._intrinsic import LEAST_JERK, SLOWEST, STEEPNESS, STILL, WINDOW
from ._movements import column
from ._steps import Steps


def intrinsic(velocity: Steps) -> Steps:
    """Return speed, turning, and jerk along and across the heading, from velocities."""
    v = velocity.values
    speed = _length(v)
    mean = velocity.mean(speed)
    mean = op.where(equal(mean, 0), constant(1.0), mean)
    before = op.concat([part(v, 0, 1, of_axis=1), part(v, 0, -1, of_axis=1)], axis=1)
    turn = _seen_from(before, v)
    still = mul(mean, STILL)
    turn = div(turn, add(_length(turn), mul(still, still)))
    jerk = _seen_from(before, _third_difference(velocity))
    jerk = div(jerk, add(_length(before), still))
    jerk = div(jerk, add(_nearby(velocity, speed), mul(mean, LEAST_JERK)))
    log_speed = op.log(add(div(speed, mean), STILL))
    channels = op.concat([log_speed, turn, _asinh(mul(jerk, STEEPNESS))], axis=2)
    return velocity._replace(values=channels)


def paced(velocity: Steps) -> Steps:
    """Return the intrinsic channels and the logarithm of the speed itself."""
    log_pace = op.log(add(_length(velocity.values), SLOWEST))
    channels = op.concat([intrinsic(velocity).values, log_pace], axis=2)
    return velocity._replace(values=channels)


def _length(vectors: Var) -> Var:
    """Return the lengths of (n, S, 2) vectors, (n, S, 1)."""
    return op.sqrt(op.reduce_sum(mul(vectors, vectors), axis(2)))


def _seen_from(heading: Var, vectors: Var) -> Var:
    """Return the complex product of vectors and the conjugate of headings, (n, S, 2)."""
    along = op.reduce_sum(mul(vectors, heading), axis(2))
    (hx, hy), (vx, vy) = (
        [part(pair, i, i + 1, of_axis=2) for i in (0, 1)] for pair in (heading, vectors)
    )
    return op.concat([along, sub(mul(vy, hx), mul(vx, hy))], axis=2)


def _third_difference(velocity: Steps) -> Var:
    """Return the second difference of steps; the first ones repeat."""
    n_steps = size(velocity.values, 1)
    first = op.max([sub(arange(n_steps), 2), constant(0)])
    # In a batch of sequences with one or two steps there is no third.
    index = [op.min([add(first, i), sub(n_steps, 1)]) for i in (0, 1, 2)]
    a, b, c = (op.gather(velocity.values, i, axis=1) for i in index)
    too_few = op.unsqueeze(less(velocity.lengths, 3), axis(1, 2))
    return op.where(too_few, constant(0.0), sub(sub(c, b), sub(b, a)))


def _nearby(velocity: Steps, speed: Var) -> Var:
    """Return the mean speed over a few steps around each, (n, S, 1)."""
    last = sub(column(velocity.lengths), 1)
    total = None
    for offset in range(-(WINDOW // 2), WINDOW // 2 + 1):
        index = op.max([op.min([add(arange(size(speed, 1)), offset), last]), constant(0)])
        share = mul(op.gather_elements(speed, op.unsqueeze(index, axis(2)), axis=1), 1 / WINDOW)
        total = share if total is None else add(total, share)
    assert total is not None
    return total


def _asinh(x: Var) -> Var:
    """Return the inverse hyperbolic sine, which runtimes have in single precision only."""
    size_of = op.abs(x)
    root = op.sqrt(add(mul(x, x), 1.0))
    return mul(op.sign(x), op.log(add(size_of, root)))
