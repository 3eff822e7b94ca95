"""Tables of mousetrap, OpenSesame and MouseTracker: a row a trial."""

from __future__ import annotations

import re
from collections.abc import Iterator
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from ..._typing import FloatArray
from ._delimited import is_nothing
from ._problems import Malformed
from ._protocol import READER_CONSTRAINTS
from ._source import name_of
from ._trials import Trial, finish_trials, person_column, trial_table

_LISTS = ("xpos", "ypos", "timestamps")
_WIDE = re.compile(r"(?P<axis>x|y|t|xpos|ypos|timestamps)_(?P<place>\d+)", re.IGNORECASE)
_PERSONS = ("subject_nr", "subject", "participant")


@validate_params(
    {
        "person": [str, None],
        "interval": [Interval(Real, 0, None, closed="neither"), None],
        "on_error": READER_CONSTRAINTS["on_error"],
        "sort_time": READER_CONSTRAINTS["sort_time"],
    },
    prefer_skip_nested_validation=True,
)
def read_mousetrap(
    file: Any,
    *,
    person: str | None = None,
    interval: float | None = None,
    on_error: str = "raise",
    sort_time: bool = False,
) -> pd.DataFrame:
    r"""Read a table of mousetrap, OpenSesame or MouseTracker, which has a row a trial.

    Two forms are known. In that of OpenSesame's mousetrap plug-ins three cells of a trial hold
    lists, with brackets or without: `timestamps_ITEM`, `xpos_ITEM` and `ypos_ITEM`, for each item
    that has recorded. In mousetrap's wide form each point has columns of its own: X_1, X_2, ...,
    Y_1, ..., T_1, ... (or xpos_1 and so on).

    Formats: https://github.com/PascalKieslich/mousetrap-os,
    https://pascalkieslich.github.io/mousetrap/reference/mt_import_mousetrap.html and
    https://pascalkieslich.github.io/mousetrap/reference/mt_import_wide.html

    Parameters
    ----------
    file : str, path-like, open stream or DataFrame
        The table; a file is separated by comma, semicolon or tab.
    person : str or None, default=None
        Column that says who took part. None takes "subject_nr", "subject" or "participant", if one
        is there.
    interval : float or None, default=None
        Milliseconds from point to point of a wide table that has no times.
    on_error : {"raise", "skip"}, default="raise"
        Whether trials that can't be read raise an error that names them, or are left out with one
        warning that does.
    sort_time : bool, default=False
        Sort the points of each trial by time. Otherwise time that steps back is kept, and reported
        by a warning.

    Returns
    -------
    log : DataFrame of shape (n_points, n_columns)
        Columns movement (position of the trial in the file, from 0; with more than one item a
        trial, followed by "_" and the item), x and y (pixels, by default from the middle of the
        screen; in a wide table the unit of the table), t (milliseconds as recorded), and person if
        it is known.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the columns of neither form are there, there are no times, the table holds no points, or
        trials are malformed and `on_error` is "raise".

    Warns
    -----
    UserWarning
        If trials were left out, or time steps back.

    Examples
    --------
    >>> import io
    >>> from sklearn_ffrnn.datasets import read_mousetrap
    >>> table = io.StringIO('subject_nr,timestamps_choice,xpos_choice,ypos_choice\n'
    ...                     '3,"[100, 110]","[0, 4]","[344, 341]"\n')
    >>> read_mousetrap(table)
       movement    x      y      t person
    0         0  0.0  344.0  100.0      3
    1         0  4.0  341.0  110.0      3
    """
    where = "the table" if hasattr(file, "columns") else name_of(file)
    malformed = Malformed(where)
    table, places = trial_table(file, malformed)
    whose = person_column(table, person, _PERSONS)
    items = _items(table)
    found = (
        _of_lists(table, places, items, malformed)
        if items
        else _wide(table, places, interval, malformed)
    )
    trials = [
        Trial(movement, points, None, None if whose is None else table[whose].iloc[row])
        for row, movement, points in found
    ]
    return finish_trials(trials, malformed, on_error=on_error, sort_time=sort_time)


def _items(table: pd.DataFrame) -> list[str]:
    """Return what follows "xpos", "ypos" and "timestamps" in names of columns of lists."""
    names = set(table.columns)
    rests = [str(name)[len("xpos") :] for name in table.columns if str(name).startswith("xpos")]
    return [
        rest
        for rest in rests
        if not re.fullmatch(r"_?\d+", rest) and {f"{axis}{rest}" for axis in _LISTS} <= names
    ]


def _of_lists(
    table: pd.DataFrame, places: np.ndarray, items: list[str], malformed: Malformed
) -> Iterator[tuple[int, Any, FloatArray]]:
    for row in range(len(table)):
        for item in items:
            cells = [table[f"{axis}{item}"].iloc[row] for axis in _LISTS]
            try:
                lists = [_numbers(cell) for cell in cells]
                if len({len(values) for values in lists}) > 1:
                    raise ValueError(f"lists of {', '.join(str(len(v)) for v in lists)} numbers")
            except ValueError as error:
                malformed.add(
                    int(places[row]), f"{error} in {', '.join(f'{a}{item}' for a in _LISTS)}"
                )
                continue
            if len(lists[0]):
                movement = row if len(items) == 1 else f"{row}_{item.lstrip('_')}"
                yield row, movement, np.column_stack(lists)


def _numbers(cell: Any) -> FloatArray:
    """Return the numbers of a cell, "[1, 2]", "1,2" or a list; none if it says that there are."""
    if isinstance(cell, str):
        parts: Any = [part for part in re.split(r"[,\s]+", cell.strip(" \t[]()")) if part]
        if not parts or (len(parts) == 1 and is_nothing(parts[0])):
            return np.empty(0)
    elif np.ndim(cell) == 0:
        parts = [] if pd.isna(cell) else [cell]
    else:
        parts = cell
    values = np.array([float(part) for part in parts], dtype=np.float64)
    if not np.isfinite(values).all():
        raise ValueError("a number that is not finite")
    return values


def _wide(
    table: pd.DataFrame, lines: np.ndarray, interval: float | None, malformed: Malformed
) -> Iterator[tuple[int, Any, FloatArray]]:
    columns: dict[str, dict[int, Any]] = {"x": {}, "y": {}, "t": {}}
    for name in table.columns:
        if match := _WIDE.fullmatch(str(name)):
            columns[match["axis"][0].lower()][int(match["place"])] = name
    places = sorted(columns["x"])
    if not places or sorted(columns["y"]) != places:
        raise ValueError(
            f"{malformed.where} has neither columns timestamps..., xpos... and ypos... of lists "
            f"nor as many X_1, X_2, ... as Y_1, Y_2, ...; its columns are {list(table.columns)}."
        )
    if sorted(columns["t"]) != places and interval is None:
        raise ValueError(
            f"{malformed.where} has {len(columns['t'])} columns T_1, T_2, ... for {len(places)} "
            "points; name the milliseconds from point to point by interval=."
        )
    axes = ["x", "y"] if interval is not None else ["x", "y", "t"]
    cells = np.stack(
        [table[[columns[axis][p] for p in places]].to_numpy(dtype=object) for axis in axes], axis=-1
    )
    for row, trial in enumerate(cells):
        # A comma is a decimal one: such tables have no thousands.
        texts = [[str(cell).replace(",", ".") for cell in point] for point in trial]
        while texts and all(is_nothing(text) for text in texts[-1]):
            texts.pop()
        try:
            points = np.array([[float(text) for text in point] for point in texts])
            if not np.isfinite(points).all():
                raise ValueError("a missing value between others")
        except ValueError as error:
            malformed.add(int(lines[row]), str(error))
            continue
        if not len(points):
            continue
        if interval is not None:
            points = np.column_stack([points, interval * np.arange(len(points))])
        yield row, row, points
