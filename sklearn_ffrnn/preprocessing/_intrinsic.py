"""Channels that depend neither on the unit of length nor on the direction of a movement."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import correlate1d

NAMES = ("log_speed", "turn_cos", "turn_sin", "jerk_along", "jerk_across")
PACED_NAMES = (*NAMES, "log_pace")

STILL = 0.05  # share of the mean speed; below it the heading is mostly rounding
WINDOW = 5  # steps; width of the window for the local speed
STEEPNESS = 5.0  # of arcsinh: linear below 1 / 5 of the local speed, logarithmic above
LEAST_JERK = 0.02  # of the mean speed, which jerk is relative to where there is none nearby
SLOWEST = 0.01  # units of the data per unit of t; the logarithm of slower speeds fades out


def intrinsic(velocity: np.ndarray) -> np.ndarray:
    """Describe movements in the moving frame of the pointer.

    Parameters
    ----------
    velocity : ndarray of shape (n, n_steps, 2)
        At equal steps of time.

    Returns
    -------
    channels : ndarray of shape (n, n_steps, 5)
        The logarithm of the speed relative to the movement's own mean; cosine and sine of the angle
        turned since the step before, which fade to 0 where the pointer hardly moves; and the third
        difference of position along and across the heading, relative to the local speed and
        compressed by the inverse hyperbolic sine. Tremor and rounding are small compared with the
        speed but large in this last pair, where a script without them stands out.
    """
    v = velocity[..., 0] + 1j * velocity[..., 1]
    speed = np.abs(v)
    mean = speed.mean(axis=1, keepdims=True)
    mean[mean == 0] = 1.0
    before = np.concatenate([v[:, :1], v[:, :-1]], axis=1)
    turn = v * np.conj(before)
    turn = turn / (np.abs(turn) + (STILL * mean) ** 2)
    heading = np.conj(before) / (np.abs(before) + STILL * mean)
    jerk = third_difference(v) * heading / (_nearby(speed) + LEAST_JERK * mean)
    return np.stack(
        [
            np.log(STILL + speed / mean),
            turn.real,
            turn.imag,
            np.arcsinh(STEEPNESS * jerk.real),
            np.arcsinh(STEEPNESS * jerk.imag),
        ],
        axis=2,
    )


def paced(velocity: np.ndarray) -> np.ndarray:
    """Return the intrinsic channels and the logarithm of the speed itself, (n, n_steps, 6).

    The first five can't tell a movement from itself played faster.
    """
    speed = np.linalg.norm(velocity, axis=2)
    pace = np.log(SLOWEST + speed)
    return np.concatenate([intrinsic(velocity), pace[..., None]], axis=2)


def third_difference(v: np.ndarray) -> np.ndarray:
    """Return the second difference of the steps; its first values repeat to keep the length."""
    if v.shape[1] < 3:
        return np.zeros_like(v)
    second = np.diff(v, n=2)
    return np.concatenate([second[:, :1], second[:, :1], second], axis=1)


def _nearby(speed: np.ndarray) -> np.ndarray:
    """Return the mean speed over a few steps around each."""
    return correlate1d(speed, np.full(WINDOW, 1 / WINDOW), axis=1, mode="nearest")
