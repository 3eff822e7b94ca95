"""Extract the strokes of human movements: the public function and its division into chunks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from sklearn.utils._param_validation import Interval, StrOptions, validate_params
from tqdm.auto import tqdm

from .._input import NAMED, check_trajectories
from .._parallel_map import parallel_map
from ._chunk import SECONDS, plan_chunk
from ._plan import StrokePlan

# About the most points that are worked on together. More would fill the batches of the fit better,
# fewer need less memory. Results do not depend on it.
CHUNK = 20_000
SMALLEST_CHUNK = 4_000
SHORTEST_STEP, LONGEST_STEP = 1e-4, 2.0  # s between points; other values mean a wrong unit
WIDEST = 1e100  # of x and y, in any unit: squares of more would overflow
LONGEST = 1e9  # s


EXTRACTION_CONSTRAINTS = {
    "n_jobs": [Integral, None],
    "smoothing": [Interval(Real, 0, None, closed="left")],
    "target_snr": [Interval(Real, 0, 100, closed="both")],
    "max_strokes_per_second": [Interval(Real, 0, None, closed="neither")],
    "time_unit": [StrOptions(set(SECONDS))],
    "max_iter": [Interval(Integral, 0, None, closed="left")],
    "on_error": [StrOptions({"warn", "raise", "skip"})],
    "verbose": ["verbose"],
}


@validate_params(EXTRACTION_CONSTRAINTS, prefer_skip_nested_validation=True)
def extract_strokes(
    X: Any,
    *,
    n_jobs: int | None = None,
    smoothing: float = 12.0,
    target_snr: float = 25.0,
    max_strokes_per_second: float = 14.0,
    time_unit: str = "ms",
    max_iter: int = 4,
    on_error: str = "warn",
    verbose: int = 0,
) -> list[StrokePlan]:
    """Extract the strokes of movements, by the Sigma-Lognormal model.

    Each trajectory is cut at pen-ups and gaps, put on a regular clock and smoothed. The first guess
    has one stroke for each maximum of the speed. All strokes are then refined together by least
    squares on the velocity vector, strokes are added where much is left unexplained, and finally
    lengths and directions are fitted to velocity and position together.

    Parameters
    ----------
    X : list of array-like of shape (n_points, 3) or (n_points, 4)
        Trajectories with columns x, y, t and, optionally, stroke_id, which changes where the pen
        was lifted; DataFrames with those columns, a Series or object array of either, or a
        three-dimensional array padded with NaN rows. In a DataFrame t may hold dates or durations,
        which become milliseconds, the default `time_unit`.
    n_jobs : int or None, default=None
        Number of processes; None is 1 unless in a :obj:`joblib.parallel_config` context, -1 is one
        per processor. Results do not depend on it.
    smoothing : float, default=12.0
        Standard deviation of the Gaussian filter on the positions, in milliseconds whatever the
        unit of t. Faster components (tremor, noise of the recording) are left to the residual.
    target_snr : float, default=25.0
        Quality of the reconstructed velocity, in dB, above which no strokes are added.
    max_strokes_per_second : float, default=14.0
        Largest number of strokes per second of movement, rounded to whole strokes in each part of a
        trajectory. There is also at most one stroke per three points.
    time_unit : {"s", "ms", "us", "ns"}, default="ms"
        Unit of t.
    max_iter : int, default=4
        How many times strokes are added.
    on_error : {"warn", "raise", "skip"}, default="warn"
        What to do if trajectories cannot be modelled, because nothing moves or no part has three
        points. Such a trajectory gets a plan without strokes, with all its points in the residual,
        so that there is still one plan per trajectory: "warn" names them in one warning, "skip"
        says nothing, and "raise" raises ValueError.
    verbose : int, default=0
        Show a progress bar if not 0.

    Returns
    -------
    plans : list of StrokePlan
        One per trajectory, in order.

    See Also
    --------
    iter_strokes : The same for more trajectories than memory holds.

    Notes
    -----
    The strokes are those of the smoothed movement. A stroke of standard deviation w in time is
    found as one of sqrt(w^2 + smoothing^2), a little more symmetric: with 12 ms and a stroke of 50
    ms that is 3% wider and 8% less in sigma. For movements without noise, pass ``smoothing=0``.

    Raises
    ------
    ValueError, TypeError
        If a trajectory is malformed: the message names it and the remedy.

    References
    ----------
    O'Reilly, C., & Plamondon, R. (2009). Development of a Sigma-Lognormal representation for
    on-line signatures. Pattern Recognition 42, 3324-3337.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.sigma_lognormal import extract_strokes, position
    >>> t = np.arange(0.0, 800.0, 10.0)
    >>> strokes = [[100, 0, 5.3, 0.25, 0, 1], [60, 350, 5.3, 0.25, -1, -1.5]]
    >>> x, y = position(strokes, t).T
    >>> plan, = extract_strokes([np.column_stack([x, y, t])])
    >>> plan.n_strokes, plan.snr_velocity > 35
    (2, True)
    >>> plan.strokes[:, 0].round()
    array([100.,  60.])
    """
    trajectories = check_movements(X, time_unit, min_points=1)
    _check_time_unit(trajectories, time_unit)
    options: dict[str, Any] = {
        "smoothing": float(smoothing),
        "target_snr": target_snr,
        "max_rate": max_strokes_per_second,
        "time_unit": time_unit,
        "max_iter": max_iter,
    }
    chunks = _chunks(trajectories, effective_n_jobs(n_jobs))
    done = parallel_map(partial(plan_chunk, **options), zip(chunks), n_jobs, batch_size=1)
    plans: list[StrokePlan] = []
    with tqdm(
        total=len(trajectories), unit="trajectory", desc="extract_strokes", disable=not verbose
    ) as bar:
        for some in done:
            plans += some
            bar.update(len(some))
    report_unmodelled(plans, on_error)
    return plans


def check_movements(X: Any, time_unit: str, *, min_points: int = 2) -> list[np.ndarray]:
    """Return checked trajectories that are not too wide or too long to compute with.

    Raises
    ------
    TypeError, ValueError
        As from :func:`check_trajectories`, or if a movement is too wide or too long.
    """
    trajectories = check_trajectories(X, min_points=min_points)
    for i, x in enumerate(trajectories):
        with np.errstate(over="ignore"):
            width, length = np.ptp(x[:, :2]), (x[-1, 2] - x[0, 2]) * SECONDS[time_unit]
        if width > WIDEST:
            raise ValueError(
                f"X[{i}] spans {width:.3g}, too far to compute with; check the units of x and y."
            )
        if length > LONGEST:
            raise ValueError(
                f"X[{i}] lasts {length:.3g} s with time_unit={time_unit!r}; set time_unit to the "
                f"unit of t, one of {sorted(SECONDS)}, or cut the trajectory."
            )
    return trajectories


def _chunks(trajectories: list[np.ndarray], n_workers: int) -> Iterator[list[np.ndarray]]:
    """Yield neighbouring trajectories, the last of them in small chunks.

    Each chunk is a share of the remaining points, so that no worker waits long at the end.
    """
    n_points = np.cumsum([len(x) for x in trajectories])
    first = done = 0
    while first < len(trajectories):
        left = n_points[-1] - done
        share = CHUNK if n_workers == 1 else left // (2 * n_workers)
        size = min(max(share, SMALLEST_CHUNK), CHUNK)
        stop = int(np.searchsorted(n_points, done + size)) + 1
        yield trajectories[first:stop]
        first, done = stop, n_points[min(stop, len(n_points)) - 1]


def _check_time_unit(trajectories: list[np.ndarray], time_unit: str) -> None:
    """Warn if the trajectories are so short or slow that `time_unit` must be wrong."""
    steps = [(x[-1, 2] - x[0, 2]) / (len(x) - 1) for x in trajectories if x[-1, 2] > x[0, 2]]
    if not steps:
        return
    step = float(np.median(steps)) * SECONDS[time_unit]
    if not SHORTEST_STEP <= step <= LONGEST_STEP:
        warnings.warn(
            f"The median step between points is {step:.3g} s with time_unit={time_unit!r}, which "
            f"no pointer or pen records; set time_unit to the unit of t, one of {sorted(SECONDS)}.",
            UserWarning,
            stacklevel=3,
        )


def report_unmodelled(plans: list[StrokePlan], on_error: str, first: int = 0) -> None:
    """Name the trajectories without strokes, counted from `first`, in one warning or an error."""
    bad = [i for i, plan in enumerate(plans, start=first) if plan.n_strokes == 0]
    if not bad or on_error == "skip":
        return
    named = ", ".join(f"X[{i}]" for i in bad[:NAMED]) + (", ..." if len(bad) > NAMED else "")
    message = (
        f"{len(bad)} of {len(plans)} trajectories cannot be modelled, because nothing moves or no "
        f"part has three points at different times: {named}."
    )
    if on_error == "raise":
        raise ValueError(f"{message} Drop them, or pass on_error='warn' for plans without strokes.")
    warnings.warn(f"{message} Their plans have no strokes.", UserWarning, stacklevel=3)
