"""Sessions of the Balabit Mouse Dynamics Challenge."""

from __future__ import annotations

import pandas as pd
from sklearn.utils._param_validation import StrOptions, validate_params

from ._readers import READER_CONSTRAINTS, Source, read_session

_NO_POSITION = 65535.0  # what the recorder writes while the pointer is nowhere


@validate_params(
    {
        "path": READER_CONSTRAINTS["file"],
        "clock": [StrOptions({"client", "record"})],
        "on_error": READER_CONSTRAINTS["on_error"],
        "sort_time": READER_CONSTRAINTS["sort_time"],
    },
    prefer_skip_nested_validation=True,
)
def load_balabit_session(
    path: Source, *, clock: str = "client", on_error: str = "raise", sort_time: bool = False
) -> pd.DataFrame:
    r"""Load one session of the Balabit Mouse Dynamics Challenge data set.

    A session is one continuous log of a remote desktop client, with the times of two clocks: the
    client's, which ticks about every 16 ms, and that of the recording device on the network. The
    latter gives a whole burst of points one time, and holds the delays of the network.

    Format: https://github.com/balabit/Mouse-Dynamics-Challenge#session-files

    - Rows that repeat the row before (the network sends some twice) are dropped.
    - Where the pointer has no position (65535 in a coordinate, or another sentinel of those that
      :func:`split_movements` knows) and on turns of the wheel (button "Scroll"), which are no
      movement, x and y are NaN. :func:`split_movements` cuts there.
    - All else is kept in the order of the file, also rows of equal time and clock steps back.

    Parameters
    ----------
    path : str, path-like or open stream
        A session file: CSV with the columns record timestamp, client timestamp, button, state,
        x and y, times in seconds.
    clock : {"client", "record"}, default="client"
        Whose times to take. The client's are the ones of the movement.
    on_error : {"raise", "skip"}, default="raise"
        Whether rows that can't be read raise an error that names their lines, or are left out with
        one warning that does.
    sort_time : bool, default=False
        Sort all points by time. Otherwise time that steps back is kept, and reported by a warning.

    Returns
    -------
    log : DataFrame of shape (n_events, n_columns)
        Columns x and y (pixels), t (milliseconds, from 0), button, state, device ("mouse") and, if
        the path names a folder like "user7", person. ``log.attrs["n_repeated"]`` is the number of
        rows dropped.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is missing, the file holds no points, or rows are malformed and `on_error` is
        "raise".

    Warns
    -----
    UserWarning
        If rows were left out, or time steps back.

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
            x      y      t    button    state device
    0  1043.0  410.0    0.0  NoButton     Move  mouse
    1  1024.0  410.0  125.0  NoButton     Move  mouse
    2  1024.0  411.0  250.0      Left  Pressed  mouse
    """
    log = read_session(
        path,
        f"{clock} timestamp",
        "s",
        no_position=_NO_POSITION,
        on_error=on_error,
        sort_time=sort_time,
    )
    before = log.shift()
    repeated = (log.eq(before) | (log.isna() & before.isna())).all(axis=1)
    attributes = {**log.attrs, "n_repeated": int(repeated.sum())}
    log = log[~repeated].reset_index(drop=True)
    log.attrs.update(attributes)
    return log
