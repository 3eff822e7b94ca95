"""Find points that are not positions: sentinel values, and jumps of more than a screen."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

# The extreme numbers of 16 and 32 bits, and the latter rounded to float32: drivers write them when
# they have no position.
SENTINELS = (2**15 - 1, -(2**15), 2**16 - 1, 2**31 - 1, 2**31, -(2**31), 2**32 - 1, 2**32)
# Longest plausible step within one tick of the clock: a 4K screen has 3,840 columns, and no
# movement of the study's data, cursory or Balabit steps half as far.
SCREEN = 4096.0
TICK_TOLERANCE = 1.5  # usual steps; a step that takes longer is a gap in the recording


def at_sentinel(xy: np.ndarray, *, reach: np.ndarray | None = None) -> np.ndarray:
    """Return which points lie at a sentinel value, far outside all other points.

    A coordinate counts as a sentinel if it is the largest or smallest number of 16 or 32 bits, and
    more than twice as far from 0 as `reach` and as the same coordinate of all other points. A
    tablet that counts up to 32,767 is not suspected, because its points approach the edge step by
    step.

    Parameters
    ----------
    xy : ndarray of shape (n_points, 2)
        May hold NaN.
    reach : ndarray of shape (2,) or None
        Largest distance from 0 in other recordings of the device.
    """
    suspect = np.isin(xy, SENTINELS)
    if not suspect.any():
        return np.zeros(len(xy), dtype=bool)
    others = np.abs(xy[~suspect.any(axis=1) & np.isfinite(xy).all(axis=1)])
    if not len(others):
        return np.zeros(len(xy), dtype=bool)
    farthest = others.max(axis=0) if reach is None else np.maximum(others.max(axis=0), reach)
    return (suspect & (np.abs(xy) > 2 * farthest)).any(axis=1)


def jumps_of(trajectories: Sequence[np.ndarray]) -> list[int]:
    """Return how many points of each checked trajectory are reached by a jump.

    A jump is a step within one tick of the trajectory's own clock that is longer than
    :data:`SCREEN` and than one and a half times the diagonal of the box that holds the middle nine
    tenths of all points on each axis. So a device that counts in tens of thousands is not
    suspected. Nor is a jump between two halves of a single trajectory, because both halves
    determine that box.
    """
    counts = [0] * len(trajectories)
    for i, _, points in _suspects(trajectories)[0]:
        counts[i] = len(points)
    return counts


def warn_about_jumps(
    trajectories: Sequence[np.ndarray], *, name: str = "X", stacklevel: int = 3
) -> None:
    """Warn once if checked trajectories hold sentinels or jumps of more than a screen.

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
            f"{len(sentinels)} sentinel point(s), which drivers write when they have no position, "
            f"the first {name}[{i}] at point {point}, ({x:g}, {y:g})"
        )
    if jumps:
        i, point = jumps[0]
        parts.append(
            f"{len(jumps)} jump(s) of more than a screen ({screen:.4g} units) within one tick of "
            f"the clock, the first {name}[{i}] at point {point}"
        )
    warnings.warn(
        f"{name} holds {' and '.join(parts)}. Such points distort velocities and, in fit, "
        "the scale of all movements. Drop or interpolate them. datasets.split_movements cuts a log "
        "at sentinels; cut a movement that jumps in two.",
        UserWarning,
        stacklevel=stacklevel,
    )


def _suspects(
    trajectories: Sequence[np.ndarray],
) -> tuple[list[tuple[int, list[int], list[int]]], float]:
    """Return the trajectories that hold sentinels or jumps, with their points, and the screen."""
    xy = np.concatenate([trajectory[:, :2] for trajectory in trajectories])
    if _fits_on_a_screen(xy):
        return [], SCREEN
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


def _fits_on_a_screen(xy: np.ndarray) -> bool:
    """Tell whether all points are so close together that no step can be a jump."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    with np.errstate(over="ignore", invalid="ignore"):
        near = np.hypot(*(high - low)) <= SCREEN
    return bool(near and max(-low.min(), high.max()) < np.abs(SENTINELS).min())


def _extent(xy: np.ndarray) -> tuple[np.ndarray, float]:
    """Return how far from 0 most points lie on each axis, and the longest plausible step."""
    if not len(xy):
        return np.zeros(2), SCREEN
    low, high = np.quantile(xy, [0.05, 0.95], axis=0)
    with np.errstate(over="ignore"):
        diagonal = float(np.hypot(*(high - low)))
    return np.maximum(np.abs(low), np.abs(high)), max(SCREEN, 1.5 * diagonal)


def _jumps(trajectory: np.ndarray, nowhere: np.ndarray, screen: float) -> list[int]:
    """Return the points of one trajectory that a jump leads to."""
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.hypot(*np.diff(trajectory[:, :2], axis=0).T)
    took = np.diff(trajectory[:, 2])
    tick = np.median(took[took > 0]) if (took > 0).any() else 0.0
    far = (steps > screen) & (took <= TICK_TOLERANCE * tick) & ~nowhere[1:] & ~nowhere[:-1]
    return (np.flatnonzero(far) + 1).tolist()
