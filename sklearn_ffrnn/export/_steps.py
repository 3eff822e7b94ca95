"""What the network reads of movements, in a graph: velocities, channels, scale."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._onnx import Var, arange, axis, constant, div, less, less_or_equal, mul, op, part, size, sub
from ..preprocessing._velocity import ROUNDING
from ..preprocessing._velocity_transformer import LARGEST
from ._movements import Movements, column, every


class Steps(NamedTuple):
    """Sequences of steps, padded to one length."""

    values: Var  # (n, S, n_channels), float64
    lengths: Var  # (n,), int64

    @property
    def inside(self) -> Var:
        """Tell which steps are before the end of their sequence, (n, S, 1)."""
        before = less(arange(size(self.values, 1)), column(self.lengths))
        return op.unsqueeze(before, axis(2))

    def blank(self) -> Steps:
        """Return the steps with 0 after the end."""
        return self._replace(values=op.where(self.inside, self.values, constant(0.0)))

    def mean(self, values: Var) -> Var:
        """Return the mean of (n, S, k) values over all steps and channels, (n, 1, 1)."""
        total = op.reduce_sum(op.where(self.inside, values, constant(0.0)), axis(1, 2))
        n_values = mul(self.lengths, size(values, 2))
        return div(total, op.unsqueeze(op.cast(n_values, to=np.float64), axis(1, 2)))

    def cut(self, max_length: int | None) -> Steps:
        """Return the first steps."""
        if max_length is None:
            return self
        lengths = op.min([self.lengths, constant(max_length)])
        return Steps(part(self.values, 0, max_length, of_axis=1), lengths)


def velocities(movements: Movements) -> tuple[Steps, Var]:
    """Return v_i = (p_{i+1} - p_i) / (t_{i+1} - t_i), and where they can be computed with."""
    points = movements.points
    change = sub(part(points, 1, None, of_axis=1), part(points, 0, -1, of_axis=1))
    values = div(part(change, 0, 2, of_axis=2), part(change, 2, 3, of_axis=2))
    steps = Steps(values, sub(movements.lengths, 1)).blank()
    return steps, every(less_or_equal(op.abs(steps.values), LARGEST), 1, 2)


def scale_by(steps: Steps, mean: np.ndarray, scale: np.ndarray) -> Steps:
    """Subtract the mean and divide by the deviation of each channel."""
    return steps._replace(values=div(sub(steps.values, constant(mean)), constant(scale)))


def z_score(steps: Steps) -> Steps:
    """Subtract the mean of all values of a sequence and divide by their deviation."""
    mean = steps.mean(steps.values)
    centred = sub(steps.values, mean)
    spread = op.sqrt(steps.mean(mul(centred, centred)))
    enough = less(mul(op.abs(mean), ROUNDING), spread)
    return steps._replace(values=div(centred, op.where(enough, spread, constant(1.0))))
