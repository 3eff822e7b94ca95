"""First guesses of strokes: from the maxima of the speed, and from the residual velocity."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.signal import find_peaks

FIRST_SIGMA = 0.25
FAINTEST_MAXIMUM = 0.02  # of the highest
CLOSEST = 0.05  # s between strokes added at once
WIDTHS = np.array([0.02, 0.035, 0.06, 0.1])  # s, of the pulses that are tried on a residual


def strokes_from_speed(t: np.ndarray, velocity: np.ndarray, most: int) -> np.ndarray:
    """Return one stroke for each maximum of the speed, spanning the minima beside it.

    Parameters
    ----------
    t : ndarray of shape (n_steps,)
        Equally spaced times.
    velocity : complex ndarray of shape (n_steps,)
    most : int
        The longest `most` strokes are kept.

    Returns
    -------
    strokes : ndarray of shape (n_strokes, 6)
    """
    speed = np.abs(velocity)
    step = t[1] - t[0]
    # With zeros around it, a movement that is under way at either end counts as a maximum.
    peaks = find_peaks(np.concatenate([[0.0], speed, [0.0]]))[0] - 1
    peaks = peaks[speed[peaks] > FAINTEST_MAXIMUM * speed.max()]
    if not len(peaks):
        peaks = np.array([int(np.argmax(speed))])
    minima = [a + int(np.argmin(speed[a:b])) for a, b in pairwise(peaks)]
    bounds = np.array([0, *minima, len(t)])
    area = np.add.reduceat(speed, bounds[:-1]) * step
    width = area / (speed[peaks] * np.sqrt(2 * np.pi))
    kept = np.sort(np.argsort(-area, kind="stable")[:most])
    theta_s, theta_e = _directions(velocity, bounds)
    return make_strokes(area[kept], t[peaks[kept]], width[kept], theta_s[kept], theta_e[kept])


def strokes_from_residual(t: np.ndarray, residual: np.ndarray, most: int) -> np.ndarray:
    """Return straight strokes that each explain as much as possible of a residual velocity.

    At each time, the best of several widths of a pulse is the one that removes most energy (one
    round of matching pursuit); strokes are placed where that energy peaks.

    Parameters
    ----------
    t : ndarray of shape (n_steps,)
        Equally spaced times.
    residual : complex ndarray of shape (n_steps,)
        Velocity that the strokes so far leave.
    most : int
        Number of strokes to return at most, the ones that explain most.

    Returns
    -------
    strokes : ndarray of shape (n_strokes, 6)
    """
    step = t[1] - t[0]
    amplitude = np.empty((len(WIDTHS), len(t)), complex)
    gain = np.empty(amplitude.shape)
    for row, width in enumerate(WIDTHS):
        reach = min(int(3 * width / step) + 1, (len(t) - 1) // 2)
        pulse = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / width) ** 2)
        energy = np.convolve(np.ones(len(t)), pulse**2, mode="same")
        projection = np.convolve(residual, pulse, mode="same")
        amplitude[row] = projection / energy
        gain[row] = np.abs(projection) ** 2 / energy
    best = np.argmax(gain, axis=0)
    along = np.arange(len(t))
    gain, amplitude = gain[best, along], amplitude[best, along]
    padded = np.concatenate([[0.0], gain, [0.0]])
    peaks = find_peaks(padded, distance=max(CLOSEST / step, 1.0))[0] - 1
    peaks = peaks[np.argsort(-gain[peaks], kind="stable")[:most]]
    width, amplitude = WIDTHS[best[peaks]], amplitude[peaks]
    direction = np.angle(amplitude)
    area = np.abs(amplitude) * width * np.sqrt(2 * np.pi)
    return make_strokes(area, t[peaks], width, direction, direction)


def make_strokes(
    length: np.ndarray,
    median: np.ndarray,
    width: np.ndarray,
    theta_s: np.ndarray,
    theta_e: np.ndarray,
) -> np.ndarray:
    """Return strokes of the usual sigma, half covered at `median` and `width` seconds wide."""
    sigma = np.full(len(length), FIRST_SIGMA)
    mu = np.log(width / sigma)
    return np.stack([length, median - np.exp(mu), mu, sigma, theta_s, theta_e], axis=1)


def _directions(velocity: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return start and end direction between neighbouring bounds, each of shape (n_bounds - 1,).

    They are the ends of a line fitted to direction against progress, weighted by speed.
    """
    first, count = bounds[:-1], np.diff(bounds)
    speed = np.abs(velocity)
    angle = np.unwrap(np.angle(velocity))

    def mean(values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(speed * values, first) / length

    length = np.add.reduceat(speed, first)
    covered = np.cumsum(speed) - 0.5 * speed
    before = np.concatenate([[0.0], np.cumsum(length)[:-1]])
    progress = (covered - np.repeat(before, count)) / np.repeat(length, count)
    middle, direction = mean(progress), mean(angle)
    ahead = progress - np.repeat(middle, count)
    spread = mean(ahead**2)
    slope = np.where(spread > 1e-6, mean(ahead * angle) / np.maximum(spread, 1e-6), 0.0)
    direction -= 2 * np.pi * np.round(direction / (2 * np.pi))
    return direction - slope * middle, direction + slope * (1 - middle)
