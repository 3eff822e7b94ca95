"""Extract the strokes of more movements than memory holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from sklearn.utils._param_validation import validate_params

from .._input import check_trajectories
from ._extract import CHUNK, EXTRACTION_CONSTRAINTS, extract_strokes, report_unmodelled
from ._plan import StrokePlan

# Chunks per worker in a batch: several, so that few workers wait for the last ones.
CHUNKS_PER_WORKER = 4


@validate_params(
    {"on_error": EXTRACTION_CONSTRAINTS["on_error"]}, prefer_skip_nested_validation=False
)
def iter_strokes(
    X: Iterable[Any], *, on_error: str = "warn", **params: Any
) -> Iterator[StrokePlan]:
    """Extract the strokes of movements that an iterable yields, such as a generator.

    It reads movements until each worker has some tens of thousands of points, and yields their
    plans before it reads more. So memory does not grow with the number of movements. The plans are
    those of :func:`extract_strokes`.

    Parameters
    ----------
    X : iterable of array-like of shape (n_points, 3) or (n_points, 4)
        Trajectories with columns x, y, t and, optionally, stroke_id; or DataFrames with those
        columns.
    on_error : {"warn", "raise", "skip"}, default="warn"
        As in :func:`extract_strokes`; "warn" and "raise" name trajectories by their position in
        the stream.
    **params
        Other parameters of :func:`extract_strokes`, such as `n_jobs` and `time_unit`.

    Yields
    ------
    plan : StrokePlan
        One per trajectory, in order.

    Raises
    ------
    ValueError, TypeError
        If a trajectory is malformed: the message names it by its position in the stream.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.sigma_lognormal import iter_strokes, position
    >>> t = np.arange(0.0, 600.0, 10.0)
    >>> stream = (
    ...     np.column_stack([position([[length, 0, 5, 0.2, 0, 1]], t), t])
    ...     for length in (200, 300, 400)
    ... )
    >>> [int(plan.strokes[0, 0].round(-1)) for plan in iter_strokes(stream)]
    [200, 300, 400]
    """
    n_points = CHUNKS_PER_WORKER * CHUNK * effective_n_jobs(params.get("n_jobs"))
    for first, batch in _batches(X, n_points):
        plans = extract_strokes(batch, on_error="skip", **params)
        report_unmodelled(plans, on_error, first)
        yield from plans


def _batches(X: Iterable[Any], n_points: int) -> Iterator[tuple[int, list[np.ndarray]]]:
    """Yield trajectories with `n_points` in total, and the position of the first one."""
    batch: list[np.ndarray] = []
    points = first = 0
    for i, item in enumerate(X):
        batch += check_trajectories([item], first=i, min_points=1)
        points += len(batch[-1])
        if points >= n_points:
            yield first, batch
            batch, points, first = [], 0, i + 1
    if batch:
        yield first, batch
