"""Any table of points, from a file or at hand."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any

import pandas as pd
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from ._delimited import CHUNK_ROWS
from ._finish import finish_log
from ._log_pieces import iter_pieces
from ._log_points import iter_points, join_pieces
from ._problems import Malformed
from ._protocol import READER_CONSTRAINTS
from ._source import name_of
from ._time_unit import MILLISECONDS


@validate_params(
    {
        "x": [str],
        "y": [str],
        "t": [str],
        "movement": [str, None],
        "state": [str, None],
        "person": [str, None],
        "device": [str, None],
        "time_unit": [StrOptions({"infer", *MILLISECONDS})],
        "delimiter": [str, None],
        "decimal": [StrOptions({".", ","}), None],
        "on_error": READER_CONSTRAINTS["on_error"],
        "sort_time": READER_CONSTRAINTS["sort_time"],
        "chunk_rows": [Interval(Integral, 1, None, closed="left"), None],
    },
    prefer_skip_nested_validation=True,
)
def read_log(
    file: Any,
    *,
    x: str = "x",
    y: str = "y",
    t: str = "t",
    movement: str | None = None,
    state: str | None = None,
    person: str | None = None,
    device: str | None = None,
    time_unit: str = "infer",
    delimiter: str | None = None,
    decimal: str | None = None,
    on_error: str = "raise",
    sort_time: bool = False,
    chunk_rows: int | None = None,
) -> Any:
    r"""Read any table that has a row a point: CSV, JSON lines, Parquet, Arrow, or a DataFrame.

    CSV (RFC 4180, https://www.rfc-editor.org/rfc/rfc4180) is read with a byte-order mark or
    without, with either kind of line ends, separated by comma, semicolon, tab, bar or space, and
    with points or commas in its numbers. JSON lines (https://jsonlines.org) hold one object a line.
    Parquet (https://parquet.apache.org/docs/file-format/) and Arrow's files and streams (Feather,
    https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format) take pyarrow. The kind is
    told from the content. A file is read piece by piece; nothing in it is run.

    Parameters
    ----------
    file : str, path-like, open stream or DataFrame
        The table. Tables of polars and pyarrow are converted.
    x, y, t : str, default="x", "y", "t"
        Names of the columns that hold positions and times. Empty cells and "NaN" in x or y mean
        that the pointer has no position. Times may be numbers, dates or durations; dates as text
        are read as ISO 8601 ("2024-05-01 12:00:00.016"), in UTC if they name no zone.
    movement, state, person, device : str or None, default=None
        Names of the columns that tell which movement (or session, or visitor) a point belongs to,
        the event ("pressed" and the like; :func:`split_movements` cuts there), who moved and with
        what. None: there is none.
    time_unit : {"infer", "s", "ms", "us", "ns"}, default="infer"
        Unit of times that are numbers. "infer" takes it from the usual step where only one unit
        gives one that a pointer has (0.12 to 500 ms); where two do, from the time since 1970.
    delimiter : str or None, default=None
        What separates the cells of a CSV file; None finds out.
    decimal : {".", ","} or None, default=None
        The decimal sign of a CSV file; None finds out.
    on_error : {"raise", "skip"}, default="raise"
        Whether rows that can't be read raise an error that names their lines, or are left out with
        one warning that does.
    sort_time : bool, default=False
        Sort the points of each movement by time. Otherwise time that steps back is kept, and
        reported by a warning.
    chunk_rows : int or None, default=None
        If an int, return an iterator of tables of at most so many rows, for
        :func:`split_movements`: then a log of any length fits into memory.

    Returns
    -------
    log : DataFrame of shape (n_points, n_columns), or iterator of DataFrame
        Columns x and y (in the unit of the file), t (milliseconds, from 0 at the first point of the
        file), and "movement", "state", "person" and "device" where they are named above, as
        categories. ``log.attrs["n_malformed"]`` is the number of rows left out.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If it takes pyarrow to read and that is missing.
    TypeError
        If `file` is neither a path nor a stream nor a table.
    ValueError
        If a column is missing, the unit of time is in doubt, there are no points, rows are
        malformed and `on_error` is "raise", or a log in pieces is to be sorted.

    Warns
    -----
    UserWarning
        If rows were left out, or time steps back.

    See Also
    --------
    split_movements : Cuts the log into movements.

    Examples
    --------
    >>> import io
    >>> from sklearn_ffrnn.datasets import read_log
    >>> log = io.StringIO("visitor;left;top;at\na;5,5;7;0,016\na;6;8;0,032\nb;1;2;0,032\n")
    >>> read_log(log, x="left", y="top", t="at", movement="visitor", time_unit="s")
      movement    x    y     t
    0        a  5.5  7.0   0.0
    1        a  6.0  8.0  16.0
    2        b  1.0  2.0  16.0
    """
    if sort_time and chunk_rows is not None:
        raise ValueError("sort_time=True needs the whole log; leave out chunk_rows.")
    optional = {"movement": movement, "state": state, "person": person, "device": device}
    names = {"x": x, "y": y, "t": t}
    names |= {use: name for use, name in optional.items() if name is not None}
    malformed = Malformed("the table" if hasattr(file, "columns") else name_of(file))
    size = min(chunk_rows or CHUNK_ROWS, CHUNK_ROWS)
    pieces = iter_points(
        iter_pieces(file, names, malformed, size, delimiter=delimiter, decimal=decimal),
        names,
        malformed,
        time_unit,
    )
    if chunk_rows is not None:
        return _iter_logs(pieces, malformed, on_error, chunk_rows)
    return finish_log(join_pieces(list(pieces)), malformed, on_error=on_error, sort_time=sort_time)


def _iter_logs(
    pieces: Iterator[dict[str, Any]], malformed: Malformed, on_error: str, chunk_rows: int
) -> Iterator[pd.DataFrame]:
    """Yield pieces, joined to tables of at most `chunk_rows` rows."""

    def checked() -> pd.DataFrame:
        part = Malformed(malformed.where, malformed.unit)  # all are reported together, at the end
        return finish_log(join_pieces(held), part, on_error=on_error, sort_time=False)

    held: list[dict[str, Any]] = []
    for columns in pieces:
        if on_error == "raise":
            malformed.report("raise")
        if held and sum(len(piece["t"]) for piece in [*held, columns]) > chunk_rows:
            yield checked()
            held = []
        held.append(columns)
    if held:
        yield checked()
    malformed.report(on_error)
