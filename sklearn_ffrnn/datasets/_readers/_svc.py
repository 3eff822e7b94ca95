"""Pen files in the form of SVC2004."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import StrOptions, validate_params

from ._finish import finish_log
from ._problems import Malformed
from ._protocol import READER_CONSTRAINTS, Source
from ._source import name_of, open_text, person_of, stem_of
from ._time_unit import MILLISECONDS


@validate_params(
    {
        **READER_CONSTRAINTS,
        "order": [StrOptions({"xy", "yx"})],
        "time_unit": [StrOptions(set(MILLISECONDS))],
    },
    prefer_skip_nested_validation=True,
)
def read_svc(
    file: Source,
    *,
    order: str = "xy",
    time_unit: str = "ms",
    on_error: str = "raise",
    sort_time: bool = False,
) -> pd.DataFrame:
    r"""Read a pen file of SVC2004, the signature verification competition, or a ``.svc`` file.

    The first line is the number of points. Each line after it is a point: x, y, time, whether the
    pen was down (1 or 0), and perhaps azimuth, altitude and pressure, separated by spaces.

    Format: https://cse.hkust.edu.hk/svc2004/download.html

    Parameters
    ----------
    file : str, path-like or open stream
        The file.
    order : {"xy", "yx"}, default="xy"
        Order of the first two columns; some collections of handwriting write y first.
    time_unit : {"ms", "s", "us", "ns"}, default="ms"
        Unit of the times in the file.
    on_error : {"raise", "skip"}, default="raise"
        Whether lines that can't be read raise an error that names them, or are left out with one
        warning that does.
    sort_time : bool, default=False
        Sort all points by time. Otherwise time that steps back is kept, and reported by a warning.

    Returns
    -------
    log : DataFrame of shape (n_points, n_columns)
        Columns movement (name of the file without its ending), stroke_id (from 0; a stroke begins
        where the pen comes down), x and y (units of the tablet), t (milliseconds, from 0), pen_down
        (bool), device ("pen") and, for names like "U1S2", person ("1").

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the first line is not a number, the file holds no points, or has malformed lines (or
        fewer or more than the first says) and `on_error` is "raise".

    Warns
    -----
    UserWarning
        If lines were left out, or time steps back.

    Examples
    --------
    >>> import io
    >>> from sklearn_ffrnn.datasets import read_svc
    >>> read_svc(io.StringIO("3\n2933 5678 31275775 0\n2933 5678 31275785 1\n"
    ...                      "3001 5851 31275795 1\n"))[["stroke_id", "x", "y", "t", "pen_down"]]
       stroke_id       x       y     t  pen_down
    0          0  2933.0  5678.0   0.0     False
    1          1  2933.0  5678.0  10.0      True
    2          1  3001.0  5851.0  20.0      True
    """
    malformed = Malformed(name_of(file))
    rows: list[list[float]] = []
    with open_text(file) as stream:
        first = stream.readline().strip("\ufeff \t\r\n")
        if not first.isdecimal():
            raise ValueError(
                f"{malformed.where}: the first line is {first[:40]!r}, not the number of points."
            )
        number = 1
        for number, line in enumerate(stream, start=2):
            cells = line.split()
            if not cells:
                continue
            try:
                if len(cells) < 4:
                    raise ValueError(f"{len(cells)} number(s), fewer than x, y, time and pen")
                row = [float(cell) for cell in cells[:4]]
                if not np.isfinite(row).all() or row[3] not in (0, 1):
                    raise ValueError(f"{' '.join(cells[:4])!r} are not x, y, time and 0 or 1")
            except ValueError as error:
                malformed.add(number, str(error))
                continue
            rows.append(row)
    if len(rows) + malformed.count != int(first):
        malformed.add(number, f"{len(rows)} points end here; line 1 says {first}")
    x, y, t, pen = np.array(rows, dtype=np.float64).reshape(-1, 4).T
    if order == "yx":
        x, y = y, x
    down = pen == 1
    return finish_log(
        {
            "movement": stem_of(file),
            "stroke_id": np.cumsum(down & ~np.append(False, down[:-1])),
            "x": x,
            "y": y,
            "t": (t - t[:1]) * MILLISECONDS[time_unit],
            "pen_down": down,
            "person": person_of(file, r"(?:^|/)[uU](\d+)[sS]\d+\.[^/]*$"),
            "device": "pen",
        },
        malformed,
        on_error=on_error,
        sort_time=sort_time,
    )
