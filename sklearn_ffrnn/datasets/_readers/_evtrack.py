"""Logs of evtrack."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import validate_params

from ._finish import finish_log
from ._problems import Malformed
from ._protocol import READER_CONSTRAINTS, Source
from ._source import name_of, open_text

_COLUMNS = ["cursor", "timestamp", "xpos", "ypos", "event"]
_STATES = {
    **dict.fromkeys(("mousemove", "touchmove", "pointermove"), "Move"),
    **dict.fromkeys(("mousedown", "touchstart", "pointerdown"), "Pressed"),
    **dict.fromkeys(("mouseup", "touchend", "touchcancel", "pointerup"), "Released"),
    "click": "Click",
}


@validate_params(READER_CONSTRAINTS, prefer_skip_nested_validation=True)
def read_evtrack(file: Source, *, on_error: str = "raise", sort_time: bool = False) -> pd.DataFrame:
    r"""Read a log of evtrack, which records the events of a web page.

    A log has a header and a line an event, separated by spaces: cursor, timestamp, xpos, ypos,
    event, xpath, attrs and extras. Moves and clicks of mouse and fingers are kept; other events
    (of the keyboard, the window, or that the pointer is over something) are passed over.

    Format: https://github.com/luileito/evtrack#result

    Parameters
    ----------
    file : str, path-like or open stream
        The log.
    on_error : {"raise", "skip"}, default="raise"
        Whether lines that can't be read raise an error that names them, or are left out with one
        warning that does.
    sort_time : bool, default=False
        Sort the points of each cursor by time. Otherwise time that steps back is kept, and reported
        by a warning.

    Returns
    -------
    log : DataFrame of shape (n_points, 6)
        Columns movement (device and cursor, such as "mouse 0"; each finger has a cursor of its
        own), x and y (CSS pixels from the corner of the page), t (milliseconds, from 0 at the first
        point), state ("Move", "Pressed", "Released" or "Click") and device ("mouse" or "touch").

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the header is missing, the log holds no points, or holds malformed lines and `on_error`
        is "raise".

    Warns
    -----
    UserWarning
        If lines were left out, or time steps back.

    Examples
    --------
    >>> import io
    >>> from sklearn_ffrnn.datasets import read_evtrack
    >>> log = io.StringIO("cursor timestamp xpos ypos event xpath attrs extras\n"
    ...                   "0 1405503114382 0 0 load / {} {}\n"
    ...                   "0 1405503114532 220 31 mousemove //*[@id='a b'] {} {}\n"
    ...                   "0 1405503114548 223 30 mousedown / {} {}\n")
    >>> read_evtrack(log)
      movement      x     y     t    state device
    0  mouse 0  220.0  31.0   0.0     Move  mouse
    1  mouse 0  223.0  30.0  16.0  Pressed  mouse
    """
    malformed = Malformed(name_of(file))
    points: list[tuple[float, float, float]] = []
    cursors: list[str] = []
    states: list[str] = []
    devices: list[str] = []
    with open_text(file) as stream:
        header = stream.readline().removeprefix("\ufeff").split()
        if header[:5] != _COLUMNS:
            raise ValueError(
                f"{malformed.where}: the header is {' '.join(header)!r}, but that of an evtrack "
                f"log begins with {' '.join(_COLUMNS)!r}."
            )
        for number, line in enumerate(stream, start=2):
            cells = line.split(maxsplit=5)  # what follows may hold spaces
            if not cells or (len(cells) > 4 and cells[4] not in _STATES):
                continue
            try:
                if len(cells) < 5:
                    raise ValueError(f"{len(cells)} cell(s) for {len(header)} columns")
                point = (float(cells[2]), float(cells[3]), float(cells[1]))
                if not np.isfinite(point).all():
                    raise ValueError(f"timestamp, xpos and ypos are {cells[1:4]}")
            except ValueError as error:
                malformed.add(number, str(error))
                continue
            points.append(point)
            devices.append("touch" if cells[4].startswith("touch") else "mouse")
            cursors.append(f"{devices[-1]} {cells[0]}")
            states.append(_STATES[cells[4]])
    x, y, t = np.array(points, dtype=np.float64).reshape(-1, 3).T
    return finish_log(
        {
            "movement": pd.Categorical(cursors),
            "x": x,
            "y": y,
            "t": t - t[:1],
            "state": pd.Categorical(states),
            "device": pd.Categorical(devices),
        },
        malformed,
        on_error=on_error,
        sort_time=sort_time,
    )
