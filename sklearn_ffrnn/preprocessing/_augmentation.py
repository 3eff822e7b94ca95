"""Cut, turn and scale one trajectory: variants that the same person might have made."""

from __future__ import annotations

import numpy as np

from .._recording import find_lattice


def cut(trajectory: np.ndarray, begin: float, end: float) -> np.ndarray:
    """Return the part from time `begin` to `end`; the first point is interpolated.

    Return the whole trajectory if fewer than three distinct time stamps would be left.
    """
    t = trajectory[:, 2]
    inside = trajectory[(t > begin) & (t <= end)]
    if len(np.unique(inside[:, 2])) < 3 or not np.ptp(inside[:, :2], axis=0).any():
        return trajectory
    if begin <= t[0]:
        return trajectory[t <= end]
    first = inside[0].copy()
    first[:3] = [*(np.interp(begin, t, axis) for axis in trajectory[:, :2].T), begin]
    return np.vstack([first, inside])


def turn(points: np.ndarray, angle: float, factor: float, mirror: bool) -> np.ndarray:
    """Turn positions about the first one by `angle`, scale them, and mirror them if asked to.

    Parameters
    ----------
    points : ndarray of shape (n_points, 2)
        x and y.
    angle : float
        In quarters of a full turn, so that whole ones are exact.
    factor : float
        Scale factor.
    mirror : bool
        Whether to mirror before turning.
    """
    whole = int(np.floor(angle))
    rest = 0.5 * np.pi * (angle - whole)
    cos, sin = np.cos(rest), np.sin(rest)
    rotation = np.array([[cos, sin], [-sin, cos]])  # multiplies row vectors from the right
    for _ in range(whole % 4):
        rotation = rotation @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    if mirror:
        rotation = np.array([[1.0, 0.0], [0.0, -1.0]]) @ rotation
    return points[0] + factor * (points - points[0]) @ rotation


def on_lattice_of(source: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Round positions to the lattice of `source`; both have shape (n_points, 2)."""
    return find_lattice(source).snap(points)
