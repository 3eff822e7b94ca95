"""Refine the strokes of many parts together, in windows of a few neighbouring strokes.

Strokes far apart in time do not interact, so a long movement is refined in windows while the
strokes outside are fixed; the next sweep moves the borders. Windows of one size from all parts form
a batch. A window's result does not depend on what else is in its batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ._least_squares import refine_batch
from ._pulses import add_up, amplitudes, total_velocity, unit_pulses

WINDOW = 8  # strokes
REACH = 3.0  # sigma, on the logarithmic time axis
MARGIN = 0.02  # s; room for strokes to move
# Windows are padded to one of these numbers of steps, so that few shapes occur and batches are big.
LENGTHS = np.array([20, 40, 60, 80, 120, 160, 240, 320])
BATCH = 40_000  # strokes times steps in a batch: its arrays stay in the processor's cache
BEFORE = -1e3  # s; no stroke has begun


@dataclass
class Fit:
    """The velocity of one part and the strokes found for it so far.

    Attributes
    ----------
    t : ndarray of shape (n_steps,)
        Equally spaced times, in seconds.
    velocity : complex ndarray of shape (n_steps,)
        Velocity to explain.
    noise : float
        Expected standard deviation of the residual along each axis.
    most : int
        Number of strokes allowed.
    strokes : ndarray of shape (n_strokes, 6)
    residual : complex ndarray of shape (n_steps,)
        Velocity that the strokes leave unexplained.
    """

    t: np.ndarray
    velocity: np.ndarray
    noise: float
    most: int
    strokes: np.ndarray = field(default_factory=lambda: np.empty((0, 6)))
    residual: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.update_residual()

    def update_residual(self) -> None:
        """Compute the residual of the present strokes."""
        self.residual = self.velocity - total_velocity(self.strokes, self.t)

    @property
    def unexplained(self) -> float:
        """Energy of the residual."""
        return float(np.vdot(self.residual, self.residual).real)


class Window(NamedTuple):
    """Some neighbouring strokes of a part, and the velocity that all others leave unexplained."""

    fit: Fit
    strokes: slice
    t: np.ndarray
    velocity: np.ndarray


def refine(fits: list[Fit], *, staggered: bool, max_iter: int, tol: float) -> None:
    """Improve the strokes of every fit in place, and sort them by time.

    Parameters
    ----------
    fits : list of Fit
    staggered : bool
        Whether to put the borders into the middle of the usual windows.
    max_iter : int
        Largest number of steps in each window.
    tol : float
        A window is done when a step lowers its cost by less than this share.
    """
    shapes = defaultdict(list)
    for fit in fits:
        for window in _windows(fit, staggered):
            n_steps = len(window.t)
            padded = LENGTHS[np.searchsorted(LENGTHS[:-1], n_steps)]
            n_strokes = window.strokes.stop - window.strokes.start
            shapes[n_strokes, max(int(padded), n_steps)].append(window)
    for (n_strokes, n_steps), windows in shapes.items():
        size = max(1, BATCH // (n_strokes * n_steps))
        for k in range(0, len(windows), size):
            _refine_together(windows[k : k + size], n_strokes, n_steps, max_iter, tol)
    for fit in fits:
        fit.update_residual()


def _windows(fit: Fit, staggered: bool) -> Iterator[Window]:
    """Yield the windows of a part, each of at most `WINDOW` strokes."""
    strokes = fit.strokes
    n_strokes = len(strokes)
    median = strokes[:, 1] + np.exp(strokes[:, 2])
    order = np.argsort(median, kind="stable")
    fit.strokes = strokes = strokes[order]
    n_windows = -(-n_strokes // WINDOW)
    if n_windows == 1:
        yield Window(fit, slice(0, n_strokes), fit.t, fit.velocity)
        return
    bounds = np.round(np.linspace(0, n_strokes, n_windows + 1)).astype(int)
    if staggered:
        bounds = np.concatenate([[0], (bounds[1:] + bounds[:-1]) // 2, [n_strokes]])
    begin = strokes[:, 1] + np.exp(strokes[:, 2] - REACH * strokes[:, 3]) - MARGIN
    end = strokes[:, 1] + np.exp(strokes[:, 2] + REACH * strokes[:, 3]) + MARGIN
    pulses = unit_pulses(strokes, fit.t)
    moving = pulses.velocity * amplitudes(strokes)[pulses.stroke]
    residual = fit.velocity - add_up(moving, pulses.step, len(fit.t))
    pairs = np.searchsorted(pulses.stroke, bounds)
    for k, (a, b) in enumerate(pairwise(bounds)):
        first, stop = np.searchsorted(fit.t, [begin[a:b].min(), end[a:b].max()])
        if stop - first < 3:
            continue
        own = slice(pairs[k], pairs[k + 1])
        share = add_up(moving[own], pulses.step[own], len(fit.t))
        yield Window(fit, slice(a, b), fit.t[first:stop], residual[first:stop] + share[first:stop])


def _refine_together(
    windows: list[Window], n_strokes: int, n_steps: int, max_iter: int, tol: float
) -> None:
    """Improve the strokes of windows of one shape."""
    n = len(windows)
    t = np.full((n, n_steps), BEFORE, np.float32)
    velocity = np.zeros((n, 2, n_steps), np.float32)
    strokes = np.empty((n, n_strokes, 6))
    # Seconds from the window's start: single precision rounds later times too coarsely.
    begin = np.array([window.t[0] for window in windows])
    for row, window in enumerate(windows):
        length = len(window.t)
        t[row, :length] = window.t - begin[row]
        velocity[row, 0, :length] = window.velocity.real
        velocity[row, 1, :length] = window.velocity.imag
        strokes[row] = window.fit.strokes[window.strokes]
    strokes[:, :, 1] -= begin[:, None]
    noise = np.array([window.fit.noise for window in windows])
    refined = refine_batch(t, velocity, strokes, noise=noise, max_iter=max_iter, tol=tol)
    refined[:, :, 1] += begin[:, None]
    for window, better in zip(windows, refined, strict=True):
        window.fit.strokes[window.strokes] = better
