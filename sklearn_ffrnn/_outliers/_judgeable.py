"""Whether a recording holds enough to judge it by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..preprocessing._recorders import usual_interval


class Limits(NamedTuple):
    """What a recording must hold; times are in the unit of t."""

    coarsest: float
    shortest: float
    fewest: int


def reasons_against(trajectories: list[np.ndarray], limits: Limits) -> np.ndarray:
    """Say why movements can't be judged; empty where they can.

    Parameters
    ----------
    trajectories : list of ndarray of shape (n_points, 3) or more
        Recorded movements.
    limits : Limits
        What they must hold.
    """
    return np.array([_reason_against(row, limits) for row in trajectories], dtype=object)


def _reason_against(trajectory: np.ndarray, limits: Limits) -> str:
    t = trajectory[:, 2]
    usual = usual_interval(trajectory)
    moved = np.diff(trajectory[:, :2], axis=0).any(axis=1)
    n_places = len(np.unique(t[1:][moved])) + 1
    if not moved.any():
        return "nothing moves"
    if t[-1] - t[0] < limits.shortest:
        return f"too short: {t[-1] - t[0]:g}, and {limits.shortest:g} are needed"
    if usual > limits.coarsest:
        return f"too coarse: a point every {usual:g}, and {limits.coarsest:g} is the most"
    if n_places < limits.fewest:
        return f"too few points: {n_places} on the move, and {limits.fewest} are needed"
    return ""
