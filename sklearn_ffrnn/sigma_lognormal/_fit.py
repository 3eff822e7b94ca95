"""Fit the strokes of many parts of movement together: guess, refine, add, polish."""

from __future__ import annotations

import numpy as np

from ._initial import strokes_from_residual, strokes_from_speed
from ._parts import Part
from ._polish import polish
from ._windows import WINDOW, Fit, refine

FIT_EVERY = 2  # fine steps; the smoothed velocity holds nothing that steps of 10 ms would miss
FIRST_STEPS = 10  # iterations of least squares from the first guess
LATER_STEPS = 8  # ... after each time that strokes were added
TOLERANCE = 1e-2


def fit_parts(
    parts: list[Part], most: list[int], *, target_snr: float, max_iter: int
) -> list[tuple[np.ndarray, complex]]:
    """Return the strokes of each part, times in seconds, and where each part starts.

    Parameters
    ----------
    parts : list of Part
    most : list of int
        Number of strokes allowed in each, at least 1.
    target_snr : float
        Quality of the velocity, in dB, at which no more strokes are added.
    max_iter : int
        How many times strokes are added.
    """
    fits = [_first_guess(part, limit, target_snr) for part, limit in zip(parts, most, strict=True)]
    _refine_fully(fits, FIRST_STEPS)
    growing = fits
    for _ in range(max_iter):
        growing = _grow(growing, target_snr)
        if not growing:
            break
    return [
        polish(fit.strokes, fit.t, fit.velocity, part.position[::FIT_EVERY])
        for part, fit in zip(parts, fits, strict=True)
    ]


def _first_guess(part: Part, most: int, target_snr: float) -> Fit:
    t, velocity = part.t[::FIT_EVERY], part.velocity[::FIT_EVERY]
    noise = np.sqrt(_energy(velocity) / len(t) / 2) * 10 ** (-target_snr / 20)
    return Fit(t, velocity, noise, most, strokes_from_speed(t, velocity, most))


def _grow(fits: list[Fit], target_snr: float) -> list[Fit]:
    """Add strokes to fits below the target, and return those that gained from it."""
    wanting = [
        fit
        for fit in fits
        if len(fit.strokes) < fit.most
        and fit.unexplained > _energy(fit.velocity) * 10 ** (-target_snr / 10)
    ]
    before = [(fit.strokes, fit.residual, fit.unexplained) for fit in wanting]
    for fit in wanting:
        n_new = min(fit.most - len(fit.strokes), -(-len(fit.strokes) // 2))
        new = strokes_from_residual(fit.t, fit.residual, n_new)
        fit.strokes = np.concatenate([fit.strokes, new])
    _refine_fully(wanting, LATER_STEPS)
    gained = []
    for fit, (strokes, residual, unexplained) in zip(wanting, before, strict=True):
        if fit.unexplained < unexplained:
            gained.append(fit)
        else:
            fit.strokes, fit.residual = strokes, residual
    return gained


def _refine_fully(fits: list[Fit], max_iter: int) -> None:
    """Refine every stroke together with all its neighbours."""
    refine(fits, staggered=False, max_iter=max_iter, tol=TOLERANCE)
    several = [fit for fit in fits if len(fit.strokes) > WINDOW]
    refine(several, staggered=True, max_iter=max_iter, tol=TOLERANCE)


def _energy(velocity: np.ndarray) -> float:
    return float(np.vdot(velocity, velocity).real)
