"""Data of jsPsych's mouse-tracking extension."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import validate_params

from ._problems import Malformed
from ._protocol import READER_CONSTRAINTS
from ._source import name_of, read_text
from ._trials import Trial, finish_trials, parse_trials, person_column

_COLUMN = "mouse_tracking_data"
_STATES = {"mousemove": "Move", "mousedown": "Pressed", "mouseup": "Released"}
_PERSONS = ("subject", "subject_id", "participant", "participant_id", "PROLIFIC_PID")


@validate_params({**READER_CONSTRAINTS, "person": [str, None]}, prefer_skip_nested_validation=True)
def read_jspsych(
    file: Any, *, person: str | None = None, on_error: str = "raise", sort_time: bool = False
) -> pd.DataFrame:
    """Read what jsPsych's mouse-tracking extension has recorded.

    The data of an experiment are a JSON list of trials (``jsPsych.data.get().json()``) or a CSV
    file of them (``.csv()``), in which the cells of `mouse_tracking_data` hold JSON text. Trials
    without it are passed over.

    Format: https://www.jspsych.org/latest/extensions/mouse-tracking/

    Parameters
    ----------
    file : str, path-like or open stream
        The data.
    person : str or None, default=None
        Property of the trials that says who took part. None takes "subject", "subject_id",
        "participant", "participant_id" or "PROLIFIC_PID", if one is there.
    on_error : {"raise", "skip"}, default="raise"
        Whether trials that can't be read raise an error that names them, or are left out with one
        warning that does.
    sort_time : bool, default=False
        Sort the points of each trial by time. Otherwise time that steps back is kept, and reported
        by a warning.

    Returns
    -------
    log : DataFrame of shape (n_points, n_columns)
        Columns movement (position of the trial in the file, from 0), x and y (CSS pixels from the
        corner of the viewport), t (milliseconds from the start of the trial), state ("Move",
        "Pressed" or "Released"), and person if it is known.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such data, holds no points, or holds malformed trials and `on_error` is
        "raise".

    Warns
    -----
    UserWarning
        If trials were left out, or time steps back.

    Examples
    --------
    >>> import io
    >>> from sklearn_ffrnn.datasets import read_jspsych
    >>> data = io.StringIO('''[{"trial_index": 0, "subject": "ann", "mouse_tracking_data": [
    ...     {"x": 300, "y": 200, "t": 12, "event": "mousemove"},
    ...     {"x": 306, "y": 199, "t": 29, "event": "mousedown"}]}]''')
    >>> read_jspsych(data)
       movement      x      y     t    state person
    0         0  300.0  200.0  12.0     Move    ann
    1         0  306.0  199.0  29.0  Pressed    ann
    """
    malformed = Malformed(name_of(file), "trial")
    table, places = _trials(read_text(file), malformed)
    whose = person_column(table, person, _PERSONS)
    trials = []
    for i, cell in enumerate(table[_COLUMN]):
        if not isinstance(cell, list) and (cell is None or str(cell) in ("", "nan", "null")):
            continue
        try:
            points, states = _movement(json.loads(cell) if isinstance(cell, str) else cell)
        except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
            malformed.add(int(places[i]), f"{type(error).__name__}: {error}")
            continue
        who = None if whose is None else table[whose].iloc[i]
        if len(points):
            trials.append(Trial(i, points, states, who))
    return finish_trials(trials, malformed, on_error=on_error, sort_time=sort_time)


def _trials(text: str, malformed: Malformed) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a table with a row a trial, and the number or line of each."""
    where = malformed.where
    try:
        if text.lstrip()[:1] in ("[", "{"):
            data = json.loads(text)
            trials = data.get("trials", data) if isinstance(data, dict) else data
            table = pd.DataFrame({"trial": pd.Series(trials, dtype=object)})["trial"]
            if not all(isinstance(trial, dict) for trial in table):
                raise ValueError("not a list of trials")
            names = list(dict.fromkeys(name for trial in table for name in trial))
            frame = pd.DataFrame(
                {name: pd.Series([t.get(name) for t in table], dtype=object) for name in names}
            )
            places = np.arange(1, len(frame) + 1)
        else:
            frame, places = parse_trials(text, malformed)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where} is neither jsPsych's JSON nor its CSV: {error}") from error
    if _COLUMN not in frame.columns:
        raise ValueError(
            f"{where}: no trial has {_COLUMN!r}; was the mouse-tracking extension among the "
            f"extensions of the trials? They have {list(frame.columns)}."
        )
    return frame, places


def _movement(samples: Any) -> tuple[np.ndarray, list[str]]:
    points = np.array(
        [[float(sample[key]) for key in ("x", "y", "t")] for sample in samples], dtype=np.float64
    ).reshape(-1, 3)
    if not np.isfinite(points).all():
        raise ValueError("x, y or t is not finite")
    return points, [_STATES.get(sample.get("event", "mousemove"), "Move") for sample in samples]
