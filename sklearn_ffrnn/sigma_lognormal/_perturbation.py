"""Perturb strokes as they vary between two executions of a movement.

Independent noise for every stroke would roughen the speed, because strokes overlap and neighbours
compensate for each other. The difference between two executions of a movement drifts: for a while
it is a little larger, slower or more turned. So the noise of each parameter is a stationary process
in time with a memory (Ornstein-Uhlenbeck), and strokes that overlap get nearly the same noise.
"""

from __future__ import annotations

import numpy as np

from .._typing import FloatArray

# At strength 1. Lengths and times are relative (natural logarithms), angles in radians.
LENGTH = 0.075
ANGLE = 0.04
WIDTH = 0.04
SKEWNESS = 0.04
TIMING = 0.005  # s
MEMORY = 0.5  # s


def perturb(
    strokes: np.ndarray, strength: float, rng: np.random.RandomState
) -> tuple[np.ndarray, np.ndarray]:
    """Return the strokes of a simulated second execution of the same movement.

    Parameters
    ----------
    strokes : ndarray of shape (n_strokes, 6)
        Times in seconds.
    strength : float
        Factor on all standard deviations.
    rng : RandomState
        Source of the noise.

    Returns
    -------
    perturbed : ndarray of shape (n_strokes, 6)
        Strokes with other D, t0, mu, sigma, theta_s and theta_e, in the order given.
    change : complex ndarray of shape (n_strokes,)
        Factor on the length of each stroke and rotation of its start, as one complex number.
    """
    median = strokes[:, 1] + np.exp(strokes[:, 2])
    order = np.argsort(median, kind="stable")
    length, t0, mu, sigma, start, end = strokes[order].T
    median = median[order]
    joints = np.concatenate([median[:1], 0.5 * (median[1:] + median[:-1]), median[-1:]])

    d_length, d_width, d_skewness = (
        strength * drift(median, 3, rng) * np.array([[LENGTH], [WIDTH], [SKEWNESS]])
    )
    # One angle per joint: a stroke ends in the direction in which the next one starts.
    turn = strength * ANGLE * drift(joints, 1, rng)[0]
    shift = strength * TIMING * drift(joints, 1, rng)[0]
    # If the joints at its ends move apart in time, a stroke lasts longer by as much.
    moved = 0.5 * (shift[1:] + shift[:-1])

    length = length * np.exp(d_length)
    sigma = sigma * np.exp(d_width - d_skewness)
    mu = mu + d_skewness
    # The median follows the warp of time whatever mu is: a later onset, a shorter delay.
    t0 = median + moved - np.exp(mu)
    perturbed = np.empty_like(strokes)
    perturbed[order] = np.stack([length, t0, mu, sigma, start + turn[:-1], end + turn[1:]], axis=1)
    change = np.empty(len(strokes), dtype=complex)
    change[order] = np.exp(d_length + 1j * turn[:-1])
    return perturbed, change


def drift(
    times: np.ndarray, n_series: int, rng: np.random.RandomState, memory: float = MEMORY
) -> np.ndarray:
    """Return noise of unit variance whose correlation falls by 1/e in `memory`.

    Parameters
    ----------
    times : ndarray of shape (n_times,)
        In the unit of `memory`, ascending.
    n_series : int
        How many independent series.
    rng : RandomState
        Source of the noise.
    memory : float
        In seconds by default.

    Returns
    -------
    noise : ndarray of shape (n_series, n_times)
        Each series a sample of an Ornstein-Uhlenbeck process.
    """
    noise = rng.standard_normal((n_series, len(times)))
    kept = np.exp(-np.diff(times) / memory)
    for i, share in enumerate(kept, start=1):
        noise[:, i] = share * noise[:, i - 1] + np.sqrt(1 - share**2) * noise[:, i]
    return noise


def while_moving(deviation: FloatArray, steps: FloatArray, closed: float) -> FloatArray:
    """Return the deviation of points from the source, without drift where the source rests.

    Axes that rest in the source stay at rest. And errors of strokes add up, but those of people do
    not: a person who returns to a point reaches it however long the path was. So each step takes
    back a share of the error at the end, in proportion to its size.

    Parameters
    ----------
    deviation : ndarray of shape (n_points, 2)
        Deviation of each point from the source's point.
    steps : ndarray of shape (n_points - 1, 2)
        Size of the source's steps along x and y; 0 where a coordinate keeps still.
    closed : float
        Share of the error to take back: 0 for a source that goes away straight, 1 for one that
        ends where it began.

    Returns
    -------
    deviation : ndarray of shape (n_points, 2)
        The corrected deviation, constant where the source rests.
    """
    drift = np.where(steps > 0, np.diff(deviation, axis=0), 0.0)
    way = np.maximum(steps.sum(axis=0), np.finfo(float).tiny)
    drift -= closed * drift.sum(axis=0) * (steps / way)
    since: FloatArray = np.concatenate([np.zeros((1, 2)), np.cumsum(drift, axis=0)])
    return deviation[:1] + since
