"""Split one long table into a list of sequences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ._frame_numbers import as_frame, frame_numbers, select_columns
from ._trajectories import TRAJECTORY_COLUMNS


def sequences_from_frame(
    df: pd.DataFrame,
    *,
    id: str,
    columns: Sequence[str] = TRAJECTORY_COLUMNS,
) -> list[np.ndarray]:
    """Turn one long table, a row per point, into a list of arrays, one per sequence.

    Parameters
    ----------
    df : DataFrame
        One row per point. The points of a sequence must be in order, but rows of several sequences
        may be interleaved. Tables of polars and pyarrow are converted.
    id : str
        Column that says which sequence a point belongs to.
    columns : sequence of str, default=("x", "y", "t")
        Columns to keep, in order. Numbers may be nullable or Arrow-backed: missing values become
        NaN. Durations (timedelta64) become milliseconds, and dates (datetime64 of any resolution
        and time zone) milliseconds since the first row of `df`.

    Returns
    -------
    sequences : list of ndarray of shape (n_points, len(columns))
        In the order in which the values of `id` first appear.

    Raises
    ------
    TypeError
        If `df` is not a DataFrame, or `columns` is a string.
    ValueError
        If a column is missing, occurs twice or holds neither numbers nor times, or if `id` has
        missing values.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_ffrnn import sequences_from_frame
    >>> log = pd.DataFrame({"who": ["a", "a", "b", "b"], "x": [0, 1, 5, 6], "y": [0, 0, 2, 3],
    ...                     "t": [0, 10, 0, 16]})
    >>> [s.shape for s in sequences_from_frame(log, id="who")]
    [(2, 3), (2, 3)]
    >>> log["t"] = pd.to_datetime(["2024-05-01 12:00:00.000", "2024-05-01 12:00:00.010",
    ...                            "2024-05-01 12:00:00.000", "2024-05-01 12:00:00.016"])
    >>> sequences_from_frame(log, id="who")[1]
    array([[ 5.,  2.,  0.],
           [ 6.,  3., 16.]])
    """
    df = as_frame(df)
    if not isinstance(df, pd.DataFrame):
        raise TypeError(f"df must be a pandas DataFrame, got {type(df).__name__}.")
    if isinstance(columns, str):
        raise TypeError(f"columns must be a list of names, got the string {columns!r}.")
    columns = list(columns)
    remedy = "Rename them, or pass other names as id= and columns=."
    points = select_columns(df, columns, "df", remedy)
    ids = select_columns(df, [id], "df", remedy)[id]
    if ids.isna().any():
        raise ValueError(
            f"df[{id!r}] is missing in row {int(np.flatnonzero(ids.isna())[0])}; "
            "drop such rows or give them an id."
        )
    codes, _ = pd.factorize(ids)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order])) + 1
    numbers = frame_numbers(points, "df").astype(np.float64)[order]
    return np.split(numbers, starts) if len(df) else []
