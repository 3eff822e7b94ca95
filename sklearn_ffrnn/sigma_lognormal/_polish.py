"""Fit the lengths and directions of strokes to velocity and position together.

A fit to the velocity alone lets the position drift, because slowly growing errors hardly show in
it. With the strokes' shapes fixed, velocity and position are both linear in the complex amplitudes
``A_j = D_j exp(i theta_j)``, so one small linear system finds the best compromise.
"""

from __future__ import annotations

import numpy as np

from ._pulses import amplitudes, bases

# Expected SNR of the fit, in dB: it weighs position against velocity.
VELOCITY_SNR = 26.0
POSITION_SNR = 40.0
RIDGE = 0.05
SHORTEST = 0.02  # of the longest stroke; the ridge treats shorter strokes like one of this length


def polish(
    strokes: np.ndarray, t: np.ndarray, velocity: np.ndarray, position: np.ndarray
) -> tuple[np.ndarray, complex]:
    """Return strokes with improved lengths and directions, and the start of the movement.

    Parameters
    ----------
    strokes : ndarray of shape (n_strokes, 6)
    t : ndarray of shape (n_steps,)
    velocity, position : complex ndarray of shape (n_steps,)
        Measured values.
    """
    n_strokes = len(strokes)
    unit_velocity, unit_position = bases(strokes, t)
    velocity_weight = 10 ** (VELOCITY_SNR / 20) / _rms(velocity)
    position_weight = 10 ** (POSITION_SNR / 20) / _rms(position - position.mean())
    system = np.zeros((n_strokes + 1, 2 * len(t)), np.complex128)
    np.multiply(unit_velocity, velocity_weight, out=system[:-1, : len(t)])
    np.multiply(unit_position, position_weight, out=system[:-1, len(t) :])
    system[-1, len(t) :] = position_weight
    first = amplitudes(strokes)
    wanted = np.concatenate([velocity * velocity_weight, position * position_weight])
    adjoint = system.conj()
    normal = adjoint @ system.T
    gradient = adjoint @ (wanted - first @ system[:-1])
    length = np.maximum(strokes[:, 0], SHORTEST * strokes[:, 0].max())
    strokes_only = np.arange(n_strokes)
    normal[strokes_only, strokes_only] += RIDGE * len(t) / n_strokes / length**2
    change = np.linalg.solve(normal, gradient)
    return with_amplitudes(strokes, first + change[:-1]), complex(change[-1])


def with_amplitudes(strokes: np.ndarray, amplitude: np.ndarray) -> np.ndarray:
    """Return the strokes with the lengths and middle directions of complex amplitudes."""
    out = strokes.copy()
    out[:, 0] = np.maximum(np.abs(amplitude), np.finfo(np.float64).tiny)
    half_turn = 0.5 * (strokes[:, 5] - strokes[:, 4])
    middle = np.angle(amplitude)
    out[:, 4], out[:, 5] = middle - half_turn, middle + half_turn
    return out


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values.real**2 + values.imag**2)))
