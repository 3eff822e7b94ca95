"""Velocities of trajectories: the mathematics, one trajectory at a time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._typing import BoolArray, FloatArray

# Least spread, relative to the mean, that is more than rounding.
ROUNDING = 1e-9
# Whole periods may be a little short of it by rounding.
SLACK = 1 + 1e-12


def merge_equal_times(trajectory: FloatArray) -> FloatArray:
    """Keep the last of the points that share a time stamp.

    A mouse reports several positions within one tick of its clock. Dividing by the step of zero
    between them, or by a tiny number in its place, would let one point outweigh its sequence; the
    last position of a tick keeps the whole displacement and gives a real speed.
    """
    t = trajectory[:, 2]
    last: BoolArray = np.ones(len(t), dtype=bool)
    np.greater(t[1:], t[:-1], out=last[:-1])
    return trajectory[last]


def resample_uniformly(trajectory: np.ndarray, period: float) -> np.ndarray:
    """Interpolate linearly to steps of `period`, starting at the first point.

    The rest of the movement after the last whole period is dropped, unless the movement is shorter
    than one period: then its two ends are kept.
    """
    start, end = trajectory[0, 2], trajectory[-1, 2]
    n_periods = int(np.floor((end - start) / period * SLACK))
    if n_periods == 0:
        return trajectory[[0, -1]]
    times = start + period * np.arange(n_periods + 1)
    resampled = np.empty((n_periods + 1, 3))
    resampled[:, 2] = times
    for i in (0, 1):
        resampled[:, i] = np.interp(times, trajectory[:, 2], trajectory[:, i])
    return resampled


def velocity(trajectory: np.ndarray) -> np.ndarray:
    """Return v_i = (p_{i+1} - p_i) / (t_{i+1} - t_i), of shape (n_points - 1, 2)."""
    steps = np.diff(trajectory[:, :3], axis=0)
    return steps[:, :2] / steps[:, 2:]


def divisor(mean: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the standard deviation, or 1 where values differ only by rounding."""
    spread = np.sqrt(variance)
    enough: BoolArray = spread > ROUNDING * np.abs(mean)
    return np.where(enough, spread, 1.0)


def z_score(sequence: FloatArray) -> FloatArray:
    """Subtract the mean of all values and divide by their deviation, over both axes together."""
    mean, variance = np.asarray(sequence.mean()), np.asarray(sequence.var())
    centred: FloatArray = sequence - mean
    return centred / divisor(mean, variance)


class Moments(NamedTuple):
    """Mean and variance of each channel over the steps seen so far."""

    n_steps: int
    mean: FloatArray
    variance: FloatArray

    @classmethod
    def of(cls, steps: FloatArray) -> Moments:
        """Return the moments of steps of shape (n_steps, n_channels)."""
        return cls(len(steps), steps.mean(axis=0), steps.var(axis=0))

    def merge(self, other: Moments) -> Moments:
        """Return the moments of both sets of steps together (Chan, Golub & LeVeque, 1983)."""
        n_steps = self.n_steps + other.n_steps
        share = other.n_steps / n_steps
        difference = other.mean - self.mean
        variance = (1 - share) * self.variance + share * other.variance
        return Moments(
            n_steps,
            self.mean + share * difference,
            variance + share * (1 - share) * difference**2,
        )
