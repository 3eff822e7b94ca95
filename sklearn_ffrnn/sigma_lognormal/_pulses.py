"""Velocity and displacement of strokes at given times, computed only where a stroke moves.

A stroke is over after a few tenths of a second and a movement may last many seconds, so nearly all
pairs of a stroke and a time are at rest. The pairs that move are listed; complex numbers stand for
vectors. The public functions of `_model` evaluate every pair and serve as reference.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from .._typing import FloatArray

REACH = 4.5  # sigma on the logarithmic time axis; 3e-6 of a stroke's length lie beyond


class Pulses(NamedTuple):
    """The pairs of a stroke and a time step at which it moves, stroke by stroke.

    For strokes of unit length whose middle direction is along x.
    """

    first: np.ndarray  # (n_strokes,), the steps at which each begins
    stop: np.ndarray  # ... and ends
    stroke: np.ndarray  # (n_pairs,)
    step: np.ndarray  # (n_pairs,)
    progress: np.ndarray  # (n_pairs,), part of the length covered
    velocity: np.ndarray  # (n_pairs,), complex


def unit_pulses(strokes: np.ndarray, t: np.ndarray) -> Pulses:
    """Return at which of the increasing times `t` strokes (n_strokes, 6) move, and their pulses."""
    _, t0, mu, sigma, theta_s, theta_e = strokes.T
    first = np.searchsorted(t, t0 + np.exp(mu - REACH * sigma), side="right")
    stop = np.maximum(np.searchsorted(t, t0 + np.exp(mu + REACH * sigma)), first)
    count = stop - first
    stroke = np.repeat(np.arange(len(strokes)), count)
    ends = np.cumsum(count)
    step = np.arange(len(stroke)) + np.repeat(first + count - ends, count)
    tau = t[step] - t0[stroke]
    z = (np.log(tau) - mu[stroke]) / sigma[stroke]
    rate = np.exp(-0.5 * z * z) / (tau * (sigma * np.sqrt(2 * np.pi))[stroke])
    progress = ndtr(z)
    angle = (theta_e - theta_s)[stroke] * (progress - 0.5)
    velocity = np.empty(len(stroke), np.complex128)
    velocity.real, velocity.imag = rate * np.cos(angle), rate * np.sin(angle)
    return Pulses(first, stop, stroke, step, progress, velocity)


def amplitudes(strokes: FloatArray) -> np.ndarray:
    """Return length and middle direction of each stroke as one complex number."""
    return strokes[:, 0] * np.exp(0.5j * (strokes[:, 4] + strokes[:, 5]))


def add_up(values: np.ndarray, step: np.ndarray, n_steps: int) -> np.ndarray:
    """Add up the complex values of pairs at each time step."""
    total = np.empty(n_steps, np.complex128)
    total.real = np.bincount(step, values.real, n_steps)
    total.imag = np.bincount(step, values.imag, n_steps)
    return total


def total_velocity(strokes: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Return the complex velocity of the strokes together, (n_steps,)."""
    pulses = unit_pulses(strokes, t)
    return add_up(pulses.velocity * amplitudes(strokes)[pulses.stroke], pulses.step, len(t))


def bases(strokes: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return velocity and displacement of unit strokes, both complex (n_strokes, n_steps).

    Both are linear in the amplitudes: velocity is ``amplitudes(strokes) @ bases(strokes, t)[0]``.
    """
    pulses = unit_pulses(strokes, t)
    where = pulses.stroke, pulses.step
    velocity = np.zeros((len(strokes), len(t)), np.complex128)
    velocity[where] = pulses.velocity
    turn = strokes[:, 5] - strokes[:, 4]
    half_turn = 0.5 * turn[pulses.stroke] * pulses.progress
    chord = pulses.progress * np.sinc(half_turn / np.pi)
    angle = half_turn - 0.5 * turn[pulses.stroke]
    over = np.arange(len(t)) >= pulses.stop[:, None]
    displacement = np.where(over, np.sinc(0.5 * turn / np.pi)[:, None], 0.0).astype(np.complex128)
    displacement.real[where] = chord * np.cos(angle)
    displacement.imag[where] = chord * np.sin(angle)
    return velocity, displacement
