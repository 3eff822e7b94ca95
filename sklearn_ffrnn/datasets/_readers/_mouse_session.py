"""Sessions of the public data sets of mouse movements that share one form."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import validate_params

from ._delimited import CHUNK_ROWS
from ._finish import finish_log
from ._log_pieces import iter_pieces
from ._log_points import iter_points, join_pieces
from ._problems import Malformed
from ._protocol import READER_CONSTRAINTS, Source
from ._source import name_of, person_of

_NAMES = {name: name for name in ("button", "state", "x", "y")}
_USER = r"(?:^|/)(user\d+)/"


def read_session(
    file: Source,
    time: str,
    time_unit: str,
    *,
    no_position: float | None = None,
    on_error: str,
    sort_time: bool,
) -> pd.DataFrame:
    """Read a CSV file with the columns x, y, button, state and `time`.

    x and y are NaN where one is `no_position`, and on turns of the wheel (button "Scroll"), which
    are no movement.
    """
    malformed = Malformed(name_of(file))
    names = {"t": time, **_NAMES}
    pieces = iter_pieces(file, names, malformed, CHUNK_ROWS)
    points = iter_points(pieces, names, malformed, time_unit, strict=True)
    columns = join_pieces(list(points))
    known = {**columns, "person": person_of(file, _USER), "device": "mouse"}
    if "button" in columns:
        nowhere = np.asarray(columns["button"] == "Scroll")
        for axis in ("x", "y"):
            nowhere |= columns[axis] == no_position
        known |= {axis: np.where(nowhere, np.nan, columns[axis]) for axis in ("x", "y")}
    return finish_log(known, malformed, on_error=on_error, sort_time=sort_time)


@validate_params(READER_CONSTRAINTS, prefer_skip_nested_validation=True)
def read_sapimouse(
    file: Source, *, on_error: str = "raise", sort_time: bool = False
) -> pd.DataFrame:
    r"""Read a session of the SapiMouse data set.

    Format: https://ms.sapientia.ro/~manyi/sapimouse/sapimouse.html, a CSV file with the columns
    client timestamp (milliseconds), button, state, x and y.

    Parameters
    ----------
    file : str, path-like or open stream
        The session.
    on_error : {"raise", "skip"}, default="raise"
        Whether rows that can't be read raise an error that names their lines, or are left out with
        one warning that does.
    sort_time : bool, default=False
        Sort all points by time. Otherwise time that steps back is kept, and reported by a warning.

    Returns
    -------
    log : DataFrame of shape (n_events, n_columns)
        Columns x and y (pixels; NaN without a position and on turns of the wheel), t (milliseconds,
        from 0), button, state, device ("mouse") and, if the path names a folder like "user7",
        person.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is missing, there are no points, or rows are malformed and `on_error` is
        "raise".

    Warns
    -----
    UserWarning
        If rows were left out, or time steps back.

    References
    ----------
    M. Antal, N. Fejér and K. Buza, "SapiMouse: Mouse dynamics-based user authentication using deep
    feature learning", SACI 2021

    Examples
    --------
    >>> import io
    >>> from sklearn_ffrnn.datasets import read_sapimouse
    >>> read_sapimouse(io.StringIO("client timestamp,button,state,x,y\n"
    ...                            "1000,NoButton,Move,640,401\n1008,Left,Pressed,640,402\n"))
           x      y    t    button    state device
    0  640.0  401.0  0.0  NoButton     Move  mouse
    1  640.0  402.0  8.0      Left  Pressed  mouse
    """
    return read_session(file, "client timestamp", "ms", on_error=on_error, sort_time=sort_time)


@validate_params(READER_CONSTRAINTS, prefer_skip_nested_validation=True)
def read_bogazici(
    file: Source, *, on_error: str = "raise", sort_time: bool = False
) -> pd.DataFrame:
    r"""Read a session of the Boğaziçi mouse dynamics data set.

    Format: https://data.mendeley.com/datasets/w6cxr8yc7p/2, a CSV file with the columns
    client_timestamp (seconds since 1970), x, y, button, state and window.

    Parameters
    ----------
    file : str, path-like or open stream
        The session.
    on_error : {"raise", "skip"}, default="raise"
        Whether rows that can't be read raise an error that names their lines, or are left out with
        one warning that does.
    sort_time : bool, default=False
        Sort all points by time. Otherwise time that steps back is kept, and reported by a warning.

    Returns
    -------
    log : DataFrame of shape (n_events, n_columns)
        Columns x and y (pixels; NaN without a position and on turns of the wheel), t (milliseconds,
        from 0), button, state, device ("mouse") and, if the path names a folder like "user7",
        person.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a column is missing, there are no points, or rows are malformed and `on_error` is
        "raise".

    Warns
    -----
    UserWarning
        If rows were left out, or time steps back.

    References
    ----------
    A. A. Kılıç, M. Yıldırım and E. Anarım, "Bogazici mouse dynamics dataset", Data in Brief 36,
    2021

    Examples
    --------
    >>> import io
    >>> from sklearn_ffrnn.datasets import read_bogazici
    >>> read_bogazici(io.StringIO("client_timestamp,x,y,button,state,window\n"
    ...                           "1.5,10,20,,Move,browsing\n1.75,11,20,Left,Pressed,browsing\n"))
          x     y      t button    state device
    0  10.0  20.0    0.0            Move  mouse
    1  11.0  20.0  250.0   Left  Pressed  mouse
    """
    return read_session(file, "client_timestamp", "s", on_error=on_error, sort_time=sort_time)
