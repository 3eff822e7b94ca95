"""Negatives made of samples themselves: one sequence distorted, or two mixed.

Each distortion takes a sequence of shape (n_steps, n_channels), another of any length and a
RandomState, and returns a sequence as long as the first. Its strength is drawn each time, from
hardly visible to gross. Distortions assume no model of movement: a step may be a velocity or any
other vector.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import RandomState
from scipy.ndimage import gaussian_filter1d

from .._typing import FloatArray

Distortion = Callable[[FloatArray, FloatArray, RandomState], FloatArray]

# Shorter sequences have no course in time to distort; only their channels can be mixed.
MIN_STEPS = 4


def smooth(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Smooth by a random width, which removes the tremor only or all but the mean."""
    width = np.exp(rng.uniform(0, np.log(len(sequence) / 2)))
    return gaussian_filter1d(sequence, width, axis=0)


def flatten_speed(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Bring the sizes of all steps closer to their mean and keep the directions."""
    size = _size(sequence)
    mean = size.mean()
    return sequence / size * mean * (size / mean) ** rng.uniform(0, 1)


def phase_randomize(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Randomize the phases of all frequencies and keep the spectrum and the mean.

    The surrogates of Theiler et al. (1992); all channels get the same phase shifts, which keeps
    their correlations.
    """
    mean = sequence.mean(axis=0)
    spectrum = np.fft.rfft(sequence - mean, axis=0)
    # The phases of real noise, because that of the highest frequency must be 0 or pi.
    noise = np.fft.rfft(rng.normal(size=len(sequence)))[:, None]
    distorted: FloatArray = mean + np.fft.irfft(
        spectrum * noise / np.abs(noise), n=len(sequence), axis=0
    )
    return distorted


def add_noise(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Add white or smooth noise of 5 to 100 % of the sequence's standard deviation."""
    noise = gaussian_filter1d(rng.normal(size=sequence.shape), rng.uniform(0.1, 3), axis=0)
    strength = np.exp(rng.uniform(np.log(0.05), 0)) * sequence.std() / noise.std()
    return sequence + strength * noise


def warp(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Follow the same path, the sum of the steps, with another timing."""
    n_steps = len(sequence)
    early, late = np.exp(rng.uniform(-1.2, 1.2, size=2))
    # Kumaraswamy's distribution function: any mixture of slow and fast starts and ends.
    reached = n_steps * (1 - (1 - np.linspace(0, 1, n_steps + 1) ** early) ** late)
    path = np.vstack([np.zeros(sequence.shape[1]), np.cumsum(sequence, axis=0)])
    columns = [np.interp(reached, np.arange(n_steps + 1), column) for column in path.T]
    return np.diff(np.column_stack(columns), axis=0)


def circular_shift(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Begin at a random step, and continue with the first step after the last."""
    return np.roll(sequence, rng.randint(1, len(sequence)), axis=0)


def mix(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Interpolate or extrapolate between two sequences, each channel by a share of its own."""
    share = rng.uniform(-2, 3, size=sequence.shape[1])
    return sequence + share * (_of_length(other, len(sequence)) - sequence)


DISTORTIONS: dict[str, Distortion] = {
    function.__name__: function
    for function in (
        *(smooth, flatten_speed, phase_randomize, add_noise),
        *(warp, circular_shift, mix),
    )
}


def make_distorted(
    sequences: Sequence[FloatArray],
    distortions: Sequence[Distortion],
    n_each: int,
    rng: RandomState,
) -> tuple[list[FloatArray], np.ndarray]:
    """Return `n_each` negatives of every sequence, and the position of the sequence of each.

    Raises
    ------
    ValueError
        If a distortion does not return a sequence with as many channels.
    """
    source = np.tile(np.arange(len(sequences)), n_each)
    other = np.concatenate([_derangement(len(sequences), rng) for _ in range(n_each)])
    negatives = []
    for i, j in zip(source, other, strict=True):
        drawn = rng.randint(len(distortions))
        distort = distortions[drawn] if len(sequences[i]) >= MIN_STEPS else mix
        negative = np.asarray(distort(sequences[i], sequences[j], rng))
        n_channels = sequences[i].shape[1]
        if negative.ndim != 2 or not len(negative) or negative.shape[1] != n_channels:
            raise ValueError(
                f"distortions[{drawn}] made {negative.shape} of a sequence of shape "
                f"{sequences[i].shape}; it must return one step or more of {n_channels} channel(s)."
            )
        negatives.append(negative)
    return negatives, source


def _derangement(n: int, rng: RandomState) -> np.ndarray:
    """Return a random order of n >= 2 positions in which none keeps its place."""
    cycle = rng.permutation(n)
    other = np.empty(n, dtype=np.intp)
    other[cycle] = np.roll(cycle, 1)
    return other


def _size(sequence: FloatArray) -> FloatArray:
    norms = np.linalg.norm(sequence, axis=1, keepdims=True)
    return np.maximum(norms, 1e-6 * norms.max() or 1.0)


def _of_length(sequence: FloatArray, n_steps: int) -> FloatArray:
    """Return the sequence interpolated to `n_steps`."""
    old, new = np.linspace(0, 1, len(sequence)), np.linspace(0, 1, n_steps)
    return np.column_stack([np.interp(new, old, column) for column in sequence.T])
