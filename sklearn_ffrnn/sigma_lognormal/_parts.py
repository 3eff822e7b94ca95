"""Turn the points of one trajectory into smooth velocities at equal time steps, part by part.

The clock of a recording jitters and gives several points the same stamp, and the pen leaves the
surface. Strokes are fitted to parts without such breaks, on a regular clock, in seconds. Complex
numbers x + iy are points of the plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FINE_STEP = 0.005  # s; differentiating at longer steps costs 1.5 dB
LONGEST_GAP = 0.15  # s; in a longer one, movement may be missing
LONGEST_PAUSE = 1.0  # s; longer ones need no model
STILL = 1e-100  # in any unit; squares of less would vanish
SHORTEST_PART = 1e-6  # s; nobody moves in less, and the filter would not fit in memory
LONGEST_PART = 20.0  # s; longer parts are cut, since the work grows with the square


@dataclass
class Part:
    """Uninterrupted movement, to which strokes are fitted.

    Attributes
    ----------
    first, stop : int
        The part's points in the trajectory, as a slice.
    t : ndarray of shape (n_steps,)
        Fine, equal time steps, in seconds from the trajectory's first point.
    position, velocity : complex ndarray of shape (n_steps,)
        Smoothed, x + iy, at these times.
    """

    first: int
    stop: int
    t: np.ndarray
    position: np.ndarray
    velocity: np.ndarray

    @property
    def duration(self) -> float:
        """Seconds from the first to the last point."""
        return float(self.t[-1] - self.t[0])


def split_parts(clock: np.ndarray, points: np.ndarray, starts: np.ndarray) -> list[slice]:
    """Return the points of each part; one begins at each pen stroke and where movement is missing.

    A long gap between close points is a pause, since devices report nothing while nothing moves; a
    long gap between distant points is movement that was not recorded. A movement is also cut at
    very long pauses, and a very long movement where it is slowest.

    Parameters
    ----------
    clock : ndarray of shape (n_points,)
        Regular clock, in seconds.
    points : complex ndarray of shape (n_points,)
        x + iy.
    starts : ndarray of int
        First point of each pen stroke.
    """
    interval, step = np.diff(clock), np.abs(np.diff(points))
    if not len(interval):
        return [slice(0, len(clock))]
    long = (interval > LONGEST_GAP) & (interval > 3 * np.median(interval))
    missed = long & (step > 3 * step.mean())
    breaks = np.union1d(starts, np.flatnonzero(missed | (interval > LONGEST_PAUSE)) + 1)
    ends = np.append(breaks[1:], len(clock))
    parts = []
    waiting = [slice(int(a), int(b)) for a, b in zip(breaks, ends, strict=True)][::-1]
    while waiting:
        part = waiting.pop()
        if clock[part.stop - 1] - clock[part.start] <= LONGEST_PART:
            parts.append(part)
            continue
        second_half = clock[part.start] + np.array([0.5, 1.0]) * LONGEST_PART
        inner = slice(*np.searchsorted(clock, second_half))
        slowest = inner.start + int(np.argmin(step[inner] / np.maximum(interval[inner], 1e-9)))
        waiting += [slice(slowest + 1, part.stop), slice(part.start, slowest + 1)]
    return parts


def make_part(where: slice, clock: np.ndarray, points: np.ndarray, smoothing: float) -> Part | None:
    """Return the smoothed movement of one part, or None if it is at rest or too short.

    Parameters
    ----------
    where : slice
        The part's points.
    clock : ndarray of shape (n_points,)
        Regular clock of the trajectory, in seconds.
    points : complex ndarray of shape (n_points,)
        x + iy.
    smoothing : float
        Standard deviation of the Gaussian filter, in seconds.
    """
    clock, points = clock[where], points[where]
    if len(clock) < 3 or clock[-1] - clock[0] < SHORTEST_PART:
        return None
    if np.abs(points - points[0]).max() < STILL:
        return None
    # A duration of whole steps must not gain one by rounding: the grid would miss the points.
    n_steps = max(int(np.ceil((clock[-1] - clock[0]) / FINE_STEP - 1e-6)), 4)
    t = np.linspace(clock[0], clock[-1], n_steps + 1)
    step = t[1] - t[0]
    position = smooth(np.interp(t, clock, points), smoothing / step)
    return Part(where.start, where.stop, t, position, np.gradient(position, step))


def smooth(signal: np.ndarray, sigma: float) -> np.ndarray:
    """Smooth a complex signal by a Gaussian filter, with odd reflection at its ends."""
    if sigma == 0:
        return signal
    reach = int(np.ceil(4 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.pad(signal, reach, mode="reflect", reflect_type="odd")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid")
