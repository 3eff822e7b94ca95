"""Points that are no positions: sentinels among ordinary coordinates, and jumps over a screen."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

# The largest numbers of 16 and 32 bits, and what float32 makes of the latter: drivers write them
# where they have no position.
SENTINELS = (2**15 - 1, -(2**15), 2**16 - 1, 2**31 - 1, 2**31, -(2**31), 2**32 - 1, 2**32)
# Units that a step within one tick of the clock hardly exceeds: a 4K screen has 3,840 columns, and
# no movement of the study's data, cursory or Balabit makes half as many.
SCREEN = 4096.0
TICK_TOLERANCE = 1.5  # a step that takes longer than so many usual ones is a gap in the recording


def at_sentinel(xy: np.ndarray, *, reach: np.ndarray | None = None) -> np.ndarray:
    """Return which points lie at a sentinel, far outside of where all others lie.

    A coordinate is one if it is the largest or smallest number of 16 or 32 bits and more than twice
    as far from 0 as that coordinate of any other point, and than `reach`. A tablet that counts up
    to 32,767 comes to its edge from nearby, and so isn't suspected.

    Parameters
    ----------
    xy : ndarray of shape (n_points, 2)
        May hold NaN.
    reach : ndarray of shape (2,) or None
        How far from 0 other recordings of the device come.
    """
    suspect = np.isin(xy, SENTINELS)
    if not suspect.any():
        return np.zeros(len(xy), dtype=bool)
    others = np.abs(xy[~suspect.any(axis=1) & np.isfinite(xy).all(axis=1)])
    if not len(others):
        return np.zeros(len(xy), dtype=bool)
    farthest = others.max(axis=0) if reach is None else np.maximum(others.max(axis=0), reach)
    found: np.ndarray = (suspect & (np.abs(xy) > 2 * farthest)).any(axis=1)
    return found


def jumps_of(trajectories: Sequence[np.ndarray]) -> list[int]:
    """Return how many points of each checked trajectory are reached by a jump.

    A jump is a step within one tick of the trajectory's own clock that is longer than
    :data:`SCREEN` and than one and a half times the diagonal of the box that holds the middle nine
    tenths of all points on each axis. So a device that counts in tens of thousands isn't suspected,
    but in a single trajectory a jump from where half of it lies to the other half isn't either.
    """
    counts = [0] * len(trajectories)
    for i, _, points in _suspects(trajectories)[0]:
        counts[i] = len(points)
    return counts


def warn_about_jumps(
    trajectories: Sequence[np.ndarray], *, name: str = "X", stacklevel: int = 3
) -> None:
    """Warn, once for all, if checked trajectories hold sentinels or jumps of more than a screen.

    :func:`jumps_of` says what a jump is.
    """
    suspects, screen = _suspects(trajectories)
    sentinels = [(i, point) for i, nowhere, _ in suspects for point in nowhere]
    jumps = [(i, point) for i, _, jumped in suspects for point in jumped]
    if not sentinels and not jumps:
        return
    parts = []
    if sentinels:
        i, point = sentinels[0]
        x, y = trajectories[i][point, :2]
        parts.append(
            f"{len(sentinels)} point(s) at what drivers write for no position, the first "
            f"{name}[{i}] at point {point}, ({x:g}, {y:g})"
        )
    if jumps:
        i, point = jumps[0]
        parts.append(
            f"{len(jumps)} jump(s) of more than a screen ({screen:.4g} units) within one tick of "
            f"the clock, the first {name}[{i}] at point {point}"
        )
    warnings.warn(
        f"{name} holds {' and '.join(parts)}. Such points spoil velocities, and in fit the scale "
        "of all. Drop or interpolate them; datasets.split_movements cuts a log at sentinels, and a "
        "movement that jumps is best cut in two.",
        UserWarning,
        stacklevel=stacklevel,
    )


def _suspects(
    trajectories: Sequence[np.ndarray],
) -> tuple[list[tuple[int, list[int], list[int]]], float]:
    """Return the trajectories that hold sentinels or jumps, with their points, and the screen."""
    xy = np.concatenate([trajectory[:, :2] for trajectory in trajectories])
    starts = np.cumsum([0, *map(len, trajectories)])
    marked = np.isin(xy, SENTINELS).any(axis=1)
    with np.errstate(over="ignore", invalid="ignore"):
        far = np.hypot(*np.diff(xy, axis=0).T) > SCREEN
    suspect = marked | np.append(False, far)
    if not suspect.any():
        return [], SCREEN
    reach, screen = _extent(xy[~marked])
    found = []
    of_sample = np.searchsorted(starts, np.flatnonzero(suspect), side="right") - 1
    for i in np.unique(of_sample).tolist():
        nowhere = at_sentinel(trajectories[i][:, :2], reach=reach)
        jumped = _jumps(trajectories[i], nowhere, screen)
        found.append((i, np.flatnonzero(nowhere).tolist(), jumped))
    return found, screen


def _extent(xy: np.ndarray) -> tuple[np.ndarray, float]:
    """Return how far from 0 most points come on each axis, and how wide a screen is."""
    if not len(xy):
        return np.zeros(2), SCREEN
    low, high = np.quantile(xy, [0.05, 0.95], axis=0)
    with np.errstate(over="ignore"):
        diagonal = float(np.hypot(*(high - low)))
    return np.maximum(np.abs(low), np.abs(high)), max(SCREEN, 1.5 * diagonal)


def _jumps(trajectory: np.ndarray, nowhere: np.ndarray, screen: float) -> list[int]:
    """Return the points of one trajectory that are reached by a jump."""
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.hypot(*np.diff(trajectory[:, :2], axis=0).T)
    took = np.diff(trajectory[:, 2])
    tick = np.median(took[took > 0]) if (took > 0).any() else 0.0
    far = (steps > screen) & (took <= TICK_TOLERANCE * tick) & ~nowhere[1:] & ~nowhere[:-1]
    points: list[int] = (np.flatnonzero(far) + 1).tolist()
    return points
