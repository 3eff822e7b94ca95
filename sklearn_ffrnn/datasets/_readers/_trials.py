"""Tables with a row a trial, of whose cells some hold a whole movement."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ..._input import as_frame
from ..._typing import FloatArray
from ._delimited import cells_of_any_size, iter_cells
from ._finish import finish_log
from ._problems import Malformed
from ._source import read_text


class Trial(NamedTuple):
    """One recorded movement of a trial table."""

    movement: Any
    points: FloatArray  # (n_points, 3): x, y, t in milliseconds
    states: Sequence[str] | None = None
    person: Any = None


def trial_table(file: Any, malformed: Malformed) -> tuple[pd.DataFrame, np.ndarray]:
    """Return a table with a row a trial, and the line (or row, from 1) of each.

    A DataFrame stays as it is; a delimited file comes as strings. Its rows of more or fewer cells
    than the header are counted as malformed.

    Raises
    ------
    ValueError
        If the file is empty.
    """
    table = as_frame(file)
    if isinstance(table, pd.DataFrame):
        malformed.unit = "trial"
        return table, np.arange(1, len(table) + 1)
    return parse_trials(read_text(file), malformed)


def parse_trials(text: str, malformed: Malformed) -> tuple[pd.DataFrame, np.ndarray]:
    """Return delimited text as a table of strings, as above.

    Cells may be of any length. The delimiter is that of comma, semicolon and tab which the header
    has most of.
    """
    malformed.unit = "line"
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    names: list[str] = []

    def choose(header: list[str]) -> list[str]:
        names[:] = dict.fromkeys(header)
        return names

    with cells_of_any_size():
        parts = list(
            iter_cells(io.StringIO(text, newline=""), malformed, choose, delimiter=delimiter)
        )
    columns = {
        name: pd.Series([cell for part in parts for cell in part.columns[name]], dtype=object)
        for name in names
    }
    lines = np.concatenate([np.empty(0, dtype=np.intp), *(part.lines for part in parts)])
    return pd.DataFrame(columns), lines


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
