"""What recordings are like, a row a group, with plain warnings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import validate_params
from sklearn.utils.validation import column_or_1d

from .._input import check_trajectories
from ._recording_facts import recording_facts

# Period that examples and the guide resample at, in ms; a clock half as fast again will do.
RESAMPLE = 16.0
_COARSE = 1.5 * RESAMPLE
_FEW_POINTS, _FEW_MOVEMENTS = 5, 20
_OTHER_CLOCK = 2.0  # times as slow or fast as the other groups'
_SECONDS, _MICROSECONDS = 0.1, 2000.0  # steps that no clock in milliseconds has


@validate_params({"groups": ["array-like", None]}, prefer_skip_nested_validation=True)
def describe_recordings(X: Any, groups: Any = None) -> pd.DataFrame:
    """Describe how movements were recorded, and warn of what spoils training.

    Look at this before you train: a wrong unit of time, a clock in bursts or two fingers in one
    movement are easily seen here and nowhere later.

    Parameters
    ----------
    X : list of array-like of shape (n_points, 3) or (n_points, 4)
        Movements with columns x, y, t (milliseconds) and optionally stroke_id, in any form that the
        estimators take. Time may run backwards here.
    groups : array-like of shape (n_movements,) or None, default=None
        What to tell apart: persons, devices, sources or classes. None takes all as one.

    Returns
    -------
    report : DataFrame
        One row for each group (in the order in which they appear), with the columns

        - `movements`, `points`: how many there are;
        - `median_points`, `median_duration` (ms), `median_distance` (along the path, in the unit of
          x and y): of a movement;
        - `clock_step` (ms), `clock_rate` (Hz): median time between distinct stamps, and the rate
          that it makes;
        - `clock_jitter`: standard deviation over mean of these steps, without gaps; 0 for an even
          clock;
        - `points_per_stamp`: mean number of points that share a time stamp; above 1 the stamps
          come in bursts;
        - `equal_stamps`: share of points with the time stamp of the one before;
        - `steps_back`: steps in which time runs backwards;
        - `grid`: distance of the lines that coordinates lie on, 0 for none;
        - `start_speed`, `end_speed`: median speed of the first and the last step, relative to the
          movement's mean; near 0 for movements from rest to rest;
        - `sentinels`, `jumps`: points at what drivers write for no position, and that are reached
          by a jump of more than a screen;
        - `mixed_pointers`: movements whose points alternate between two places;
        - `warnings`: list of str, plain words for what of this is a problem.

    Raises
    ------
    TypeError, ValueError
        If a movement is malformed, or `groups` has not one entry for each.

    See Also
    --------
    recording_artefacts : Tells whether the recording gives the class away.
    RecordingsDisplay : Draws the distributions behind these numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.inspection import describe_recordings
    >>> rng = np.random.default_rng(0)
    >>> def movement(step):
    ...     t = np.cumsum(rng.integers(step - 2, step + 3, size=30))
    ...     return np.column_stack([rng.integers(-9, 10, size=(30, 2)).cumsum(axis=0), t])
    >>> X = [movement(step) for step in [16, 110] * 30]
    >>> report = describe_recordings(X, groups=["office", "remote"] * 30)
    >>> report[["movements", "clock_step", "grid"]]
            movements  clock_step  grid
    group
    office         30        16.0   1.0
    remote         30       110.0   1.0
    >>> report.loc["remote", "warnings"]
    ['clock of 110 ms: too coarse for resample=16', 'clock of 110 ms, where others have 16 ms']
    """
    trajectories = check_trajectories(X, min_points=1, allow_backwards=True)
    groups = check_groups(groups, len(trajectories))
    facts = recording_facts(trajectories)
    rows = {
        name: _row(part)
        for name, part in facts.groupby(pd.Series(groups), sort=False, dropna=False)
    }
    report = pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")
    steps = report["clock_step"]
    report["warnings"] = [
        _warnings(row, facts[groups == name], _others(steps, i))
        for i, (name, row) in enumerate(rows.items())
    ]
    return report


def check_groups(groups: Any, n: int) -> np.ndarray:
    """Return a group for each of `n` movements; "all" if there are none."""
    if groups is None:
        return np.full(n, "all", dtype=object)
    groups = column_or_1d(groups)
    if len(groups) != n:
        raise ValueError(
            f"groups has {len(groups)} entries for the {n} movements of X; give one for each."
        )
    return np.asarray(groups)


def _row(facts: pd.DataFrame) -> dict[str, Any]:
    medians = facts[["points", "duration", "distance", "step", "jitter", "grid"]].median()
    points = facts["points"].sum()
    return {
        "movements": len(facts),
        "points": int(points),
        "median_points": medians["points"],
        "median_duration": medians["duration"],
        "median_distance": medians["distance"],
        "clock_step": medians["step"],
        "clock_rate": 1000.0 / medians["step"],
        "clock_jitter": medians["jitter"],
        "points_per_stamp": float((facts["per_stamp"] * facts["points"]).sum() / points),
        "equal_stamps": float((facts["equal"] * facts["points"]).sum() / points),
        "steps_back": int(facts["backwards"].sum()),
        "grid": medians["grid"],
        "start_speed": facts["start_speed"].median(),
        "end_speed": facts["end_speed"].median(),
        "sentinels": int(facts["sentinels"].sum()),
        "jumps": int(facts["jumps"].sum()),
        "mixed_pointers": int(facts["mixed"].sum()),
    }


def _others(steps: pd.Series, i: int) -> float:
    """Return the median clock step of the other groups."""
    return float(steps.drop(steps.index[i]).median()) if len(steps) > 1 else float("nan")


def _warnings(row: dict[str, Any], facts: pd.DataFrame, other_step: float) -> list[str]:
    n, step = row["movements"], row["clock_step"]
    moved_back, still = int((facts["backwards"] > 0).sum()), int((facts["distance"] == 0).sum())
    short = int((facts["points"] < _FEW_POINTS).sum())
    strange = step < _SECONDS or step > _MICROSECONDS
    unit = "seconds" if step < _SECONDS else "microseconds or nanoseconds"
    bursts = row["points_per_stamp"] >= 2
    found = {
        f"steps of {step:.3g}: is t in {unit}? It should be in milliseconds": strange,
        f"clock of {step:.3g} ms: too coarse for resample={RESAMPLE:g}": (
            not strange and step > _COARSE
        ),
        f"clock of {step:.3g} ms, where others have {other_step:.3g} ms": not (
            1 / _OTHER_CLOCK <= (step / other_step if other_step else np.nan) <= _OTHER_CLOCK
        )
        and np.isfinite(step * other_step),
        "perfectly even clock: of a tablet, resampled or generated": row["clock_jitter"] < 1e-6,
        f"stamps come in bursts of {row['points_per_stamp']:.2g} points: take the device's own "
        "clock, if the log has one": bursts,
        f"{row['equal_stamps']:.0%} of the points have the time stamp of the one before": (
            not bursts and row["equal_stamps"] > 0.05
        ),
        f"time steps back in {moved_back} movement(s): cut or sort them": moved_back > 0,
        f"{row['sentinels']} point(s) at a sentinel, which is no position: drop them": (
            row["sentinels"] > 0
        ),
        f"{row['jumps']} jump(s) of more than a screen: cut the movements there": row["jumps"] > 0,
        f"{row['mixed_pointers']} movement(s) alternate between two places: two pointers in one "
        "log? Split by pointer": row["mixed_pointers"] > 0,
        f"{still} movement(s) stay in one place: drop them": still > 0,
        f"{short} of {n} movements have fewer than {_FEW_POINTS} points": short > 0.1 * n,
        f"only {n} movement(s)": n < _FEW_MOVEMENTS,
    }
    return [text for text, is_so in found.items() if is_so]
