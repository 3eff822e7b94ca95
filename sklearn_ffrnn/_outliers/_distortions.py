"""Negatives made of samples themselves: one sequence distorted, or two mixed.

Each distortion takes a sequence of shape (n_steps, n_channels), another of any length and a
RandomState, and returns a sequence as long as the first. How strong it is is drawn anew each time,
from hardly visible to gross. They know of no movement model: a step may be a velocity, or anything
else whose channels go together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import RandomState
from scipy.ndimage import gaussian_filter1d

from .._typing import FloatArray

Distortion = Callable[[FloatArray, FloatArray, RandomState], FloatArray]

# Below these steps there is no course to distort, and what goes together in a step is all there is.
MIN_STEPS = 4


def smooth(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Take off what is faster than some width: from the tremor to all but the mean."""
    width = np.exp(rng.uniform(0, np.log(len(sequence) / 2)))
    return gaussian_filter1d(sequence, width, axis=0)


def flatten_speed(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Draw all steps towards one size and leave their directions."""
    size = _size(sequence)
    mean = size.mean()
    distorted: FloatArray = sequence / size * mean * (size / mean) ** rng.uniform(0, 1)
    return distorted


def phase_randomize(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Shift the phases of all frequencies: the same spectrum and mean, with no order in time.

    The surrogates of Theiler et al. (1992); all channels are shifted alike, so that their
    correlations stay.
    """
    mean = sequence.mean(axis=0)
    spectrum = np.fft.rfft(sequence - mean, axis=0)
    # The phases of noise, for that of the highest frequency must be 0 or pi.
    noise = np.fft.rfft(rng.normal(size=len(sequence)))[:, None]
    distorted: FloatArray = mean + np.fft.irfft(
        spectrum * noise / np.abs(noise), n=len(sequence), axis=0
    )
    return distorted


def add_noise(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Add noise, white or smooth, of a twentieth of the sequence's deviation to all of it."""
    noise = gaussian_filter1d(rng.normal(size=sequence.shape), rng.uniform(0.1, 3), axis=0)
    strength = np.exp(rng.uniform(np.log(0.05), 0)) * sequence.std() / noise.std()
    distorted: FloatArray = sequence + strength * noise
    return distorted


def warp(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Pass through the same path, the sum of the steps, in another time."""
    n_steps = len(sequence)
    early, late = np.exp(rng.uniform(-1.2, 1.2, size=2))
    # Kumaraswamy's distribution function: any mixture of slow and fast starts and ends.
    reached = n_steps * (1 - (1 - np.linspace(0, 1, n_steps + 1) ** early) ** late)
    path = np.vstack([np.zeros(sequence.shape[1]), np.cumsum(sequence, axis=0)])
    columns = [np.interp(reached, np.arange(n_steps + 1), column) for column in path.T]
    return np.diff(np.column_stack(columns), axis=0)


def circular_shift(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Begin in the middle, and go on with the beginning after the end."""
    return np.roll(sequence, rng.randint(1, len(sequence)), axis=0)


def mix(sequence: FloatArray, other: FloatArray, rng: RandomState) -> FloatArray:
    """Take each channel from a line through both sequences, between them or beyond."""
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
        If a distortion returns what is not a sequence of as many channels.
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
    """Return a random order of n positions, two or more, with none in its place."""
    cycle = rng.permutation(n)
    other = np.empty(n, dtype=np.intp)
    other[cycle] = np.roll(cycle, 1)
    return other


def _size(sequence: FloatArray) -> FloatArray:
    norms = np.linalg.norm(sequence, axis=1, keepdims=True)
    size: FloatArray = np.maximum(norms, 1e-6 * norms.max() or 1.0)
    return size


def _of_length(sequence: FloatArray, n_steps: int) -> FloatArray:
    """Return the sequence stretched or squeezed to `n_steps`."""
    old, new = np.linspace(0, 1, len(sequence)), np.linspace(0, 1, n_steps)
    return np.column_stack([np.interp(new, old, column) for column in sequence.T])
