"""Tables with a row a trial, of whose cells some hold a whole movement."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ..._input import as_frame
from ..._typing import FloatArray
from ._finish import finish_log
from ._problems import Malformed
from ._source import read_text


class Trial(NamedTuple):
    """One recorded movement of a trial table."""

    movement: Any
    points: FloatArray  # (n_points, 3): x, y, t in milliseconds
    states: Sequence[str] | None = None
    person: Any = None


def trial_table(file: Any, where: str) -> pd.DataFrame:
    """Return a table with a row a trial: a DataFrame as it is, or a delimited file as strings.

    Cells of any length are read, with the delimiter (of comma, semicolon and tab) that the header
    has most of.

    Raises
    ------
    ValueError
        If the file is empty, or has a row of more or fewer cells than the header.
    """
    table = as_frame(file)
    if isinstance(table, pd.DataFrame):
        return table
    return parse_trials(read_text(file), where)


def parse_trials(text: str, where: str) -> pd.DataFrame:
    """Return delimited text as a table of strings; errors as above."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    if not header:
        raise ValueError(f"{where} is empty.")
    delimiter = max(",;\t", key=header.count)
    try:
        table = pd.read_csv(
            io.StringIO(text, newline=""),
            sep=delimiter,
            dtype=str,
            keep_default_na=False,
            index_col=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise ValueError(f"{where} cannot be read as a table: {error}") from error
    table.columns = table.columns.str.strip()
    return table


def person_column(table: pd.DataFrame, person: str | None, usual: Sequence[str]) -> str | None:
    """Return the column that says who moved: the one named, or the first usual one that is there.

    Raises
    ------
    ValueError
        If the one that is named isn't there.
    """
    if person is not None and person not in table.columns:
        raise ValueError(
            f"there is no column {person!r} (person); the columns are {list(table.columns)}."
        )
    return person or next((name for name in usual if name in table.columns), None)


def finish_trials(
    trials: Sequence[Trial], malformed: Malformed, *, on_error: str, sort_time: bool
) -> pd.DataFrame:
    """Return the points of all trials as a checked table."""
    n_points = [len(trial.points) for trial in trials]
    points = np.concatenate([np.empty((0, 3)), *(trial.points for trial in trials)])
    columns: dict[str, Any] = {
        "movement": _repeated([trial.movement for trial in trials], n_points),
        "x": points[:, 0],
        "y": points[:, 1],
        "t": points[:, 2],
    }
    if any(trial.person is not None for trial in trials):
        columns["person"] = _repeated([trial.person for trial in trials], n_points)
    if any(trial.states is not None for trial in trials):
        states = [
            state
            for trial, n in zip(trials, n_points, strict=True)
            for state in (trial.states or ["Move"] * n)
        ]
        columns["state"] = pd.Categorical(states)
    return finish_log(columns, malformed, on_error=on_error, sort_time=sort_time)


def _repeated(values: list[Any], counts: list[int]) -> Any:
    """Return each value as often as its count says."""
    return pd.Series(values).repeat(counts).to_numpy()
