"""Sessions of the Balabit Mouse Dynamics Challenge."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import validate_params

from .._input import at_sentinel

_COLUMNS = ["client timestamp", "button", "state", "x", "y"]
_NO_POSITION = 65535  # what the recorder writes while the pointer is nowhere


@validate_params({"path": [str, os.PathLike]}, prefer_skip_nested_validation=True)
def load_balabit_session(path: str | os.PathLike[str]) -> pd.DataFrame:
    r"""Load one session of the Balabit Mouse Dynamics Challenge data set.

    A session is one continuous log of a remote desktop client. Times are the client's, whose clock
    ticks about every 16 ms; those of the recording device on the network also hold its delays.

    - Rows that repeat the row before (the network sends some twice) are dropped.
    - Where the pointer has no position (65535 in a coordinate, or another sentinel of those that
      :func:`split_movements` knows) and on turns of the wheel (button "Scroll"), which are no
      movement, x and y are NaN. :func:`split_movements` cuts there.
    - All else is kept in the order of the file, also rows of equal time and clock steps back.

    Parameters
    ----------
    path : str or path-like
        A session file: CSV with the columns record timestamp, client timestamp, button, state,
        x and y, times in seconds.

    Returns
    -------
    log : DataFrame of shape (n_events, 5)
        Columns x and y (pixels), t (milliseconds, from 0), button and state.
        ``log.attrs["n_repeated"]`` is the number of rows dropped.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is missing, the file is empty, a row has more cells than the header or a cell is
        not a number.

    See Also
    --------
    split_movements : Cuts the log into movements.

    References
    ----------
    Á. Fülöp, L. Kovács, T. Kurics and E. Windhager-Pokol, "Balabit Mouse Dynamics Challenge data
    set", 2016, https://github.com/balabit/Mouse-Dynamics-Challenge

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_ffrnn.datasets import load_balabit_session
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "session_01")
    ...     _ = path.write_text("record timestamp,client timestamp,button,state,x,y\n"
    ...                         "0.0,2.0,NoButton,Move,1043,410\n"
    ...                         "0.1,2.125,NoButton,Move,1024,410\n"
    ...                         "0.2,2.25,Left,Pressed,1024,411\n")
    ...     log = load_balabit_session(path)
    >>> log
            x      y      t    button    state
    0  1043.0  410.0    0.0  NoButton     Move
    1  1024.0  410.0  125.0  NoButton     Move
    2  1024.0  411.0  250.0      Left  Pressed
    """
    path = Path(path)
    try:
        with warnings.catch_warnings():
            # Without index_col=False one cell too many in each row moves all columns by one.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            table = pd.read_csv(
                path, skipinitialspace=True, keep_default_na=False, dtype=str, index_col=False
            )
    except (
        pd.errors.EmptyDataError,
        pd.errors.ParserError,
        pd.errors.ParserWarning,
        UnicodeDecodeError,
    ) as error:
        raise ValueError(f"{path} cannot be read as a CSV file: {error}") from error
    table.columns = table.columns.str.strip()
    missing = [column for column in _COLUMNS if column not in table.columns]
    if missing:
        raise ValueError(
            f"{path} has no column {', '.join(map(repr, missing))}; its columns are "
            f"{list(table.columns)}. A Balabit session has record timestamp, client timestamp, "
            "button, state, x, y."
        )
    if table.empty:
        raise ValueError(f"{path} holds a header but no events.")
    numbers = {c: _numbers(table[c], path) for c in ("client timestamp", "x", "y")}
    log = pd.DataFrame(
        {
            "x": numbers["x"],
            "y": numbers["y"],
            "t": (numbers["client timestamp"] - numbers["client timestamp"][0]) * 1000.0,
            "button": table["button"].str.strip(),
            "state": table["state"].str.strip(),
        }
    )
    repeated = (log == log.shift()).all(axis=1)
    log = log[~repeated].reset_index(drop=True)
    nowhere = (log[["x", "y"]] == _NO_POSITION).any(axis=1) | (log["button"] == "Scroll")
    nowhere |= at_sentinel(log[["x", "y"]].to_numpy())
    log.loc[nowhere, ["x", "y"]] = np.nan
    log.attrs["n_repeated"] = int(repeated.sum())
    return log


def _numbers(column: pd.Series, path: Path) -> np.ndarray:
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(numbers))
    if len(bad):
        raise ValueError(
            f"{path}, event {int(bad[0])} (line {int(bad[0]) + 2}): {column.name} is "
            f"{column.iloc[bad[0]]!r}, not a number."
        )
    return numbers
