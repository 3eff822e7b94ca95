"""Find where the strokes of a pen begin."""

from __future__ import annotations

import numpy as np


def stroke_starts(stroke_id: np.ndarray | None, n_points: int) -> np.ndarray:
    """Return the first point of each pen stroke: where `stroke_id` changes."""
    if stroke_id is None:
        return np.zeros(min(n_points, 1), dtype=np.intp)
    return np.flatnonzero(np.append(True, stroke_id[1:] != stroke_id[:-1]))
