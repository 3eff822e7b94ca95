"""Channels that depend neither on the unit of length nor on where a movement points."""

from __future__ import annotations

import numpy as np

NAMES = ("log_speed", "turn_cos", "turn_sin", "jerk_along", "jerk_across")
PACED_NAMES = (*NAMES, "log_pace")

_STILL = 0.05  # of the mean speed; below it a heading is rounding
_SLOWEST = 0.01  # units of the data a unit of t; of slower speeds the logarithm fades out
_WINDOW = 5  # steps; speed nearby, which jerk is relative to
_STEEPNESS = 5.0  # jerk is linear below 1 / this part of the speed nearby, logarithmic above


def intrinsic(velocity: np.ndarray) -> np.ndarray:
    """Return what a movement does, seen from the pointer itself.

    Parameters
    ----------
    velocity : ndarray of shape (n_steps, 2)
        At equal steps of time.

    Returns
    -------
    channels : ndarray of shape (n_steps, 5)
        The logarithm of the speed relative to the movement's own mean; cosine and sine of the angle
        turned since the step before, which fade out where the pointer all but rests; and the third
        difference of position along and across the heading, relative to the speed nearby, by the
        inverse hyperbolic sine. Tremor and rounding are small beside speed and large in this last
        pair, and a script without them is conspicuous there.
    """
    v = velocity @ np.array([1.0, 1j])
    speed = np.abs(v)
    mean = speed.mean() or 1.0
    before = np.concatenate([v[:1], v[:-1]])
    turn = v * np.conj(before)
    turn = turn / (np.abs(turn) + (_STILL * mean) ** 2)
    heading = np.conj(before) / (np.abs(before) + _STILL * mean)
    jerk = third_difference(v) * heading / (_nearby(speed) + 0.02 * mean)
    return np.stack(
        [
            np.log(_STILL + speed / mean),
            turn.real,
            turn.imag,
            np.arcsinh(_STEEPNESS * jerk.real),
            np.arcsinh(_STEEPNESS * jerk.imag),
        ],
        axis=1,
    )


def paced(velocity: np.ndarray) -> np.ndarray:
    """Return the intrinsic channels and the logarithm of the speed itself, shape (n_steps, 6).

    The first five can't tell a movement from itself played faster.
    """
    speed = np.linalg.norm(velocity, axis=1)
    return np.column_stack([intrinsic(velocity), np.log(_SLOWEST + speed)])


def third_difference(v: np.ndarray) -> np.ndarray:
    """Return the second difference of steps, as long as they are; the first ones repeat."""
    if len(v) < 3:
        return np.zeros_like(v)
    second = np.diff(v, n=2)
    return np.concatenate([second[:1], second[:1], second])


def _nearby(speed: np.ndarray) -> np.ndarray:
    """Return the mean speed over a few steps around each."""
    half = _WINDOW // 2
    padded = np.pad(speed, half, mode="edge")
    return np.convolve(padded, np.full(_WINDOW, 1 / _WINDOW), mode="valid")
