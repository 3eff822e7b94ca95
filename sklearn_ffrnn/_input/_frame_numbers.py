"""Convert the columns of a table to numbers, and times to milliseconds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def as_frame(item: Any) -> Any:
    """Convert a table of polars or pyarrow to a DataFrame; return all else unchanged.

    numpy would read such a table by position, whatever the names of its columns.
    """
    if isinstance(item, pd.DataFrame) or not hasattr(item, "columns"):
        return item
    return item.to_pandas() if hasattr(item, "to_pandas") else item


def select_columns(
    frame: pd.DataFrame, columns: list[Any], where: str, remedy: str
) -> pd.DataFrame:
    """Return the named columns; raise ValueError if one is missing or occurs twice."""
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        index = [name for name in frame.index.names if name in missing]
        if index:
            remedy = f"The index is named {index[0]!r}: make it a column by reset_index()."
        raise ValueError(
            f"{where} has no column {missing}; its columns are {list(frame.columns)}. {remedy}"
        )
    twice = [c for c in columns if (frame.columns == c).sum() > 1]
    if twice:
        raise ValueError(f"{where} has column {twice} twice; rename or drop one.")
    return frame[columns]


def frame_numbers(frame: pd.DataFrame, where: str) -> np.ndarray:
    """Return the columns of a table as an array of real numbers; missing values are NaN.

    Durations become milliseconds, and dates milliseconds since the first date of their column:
    counted from 1970, a float resolves only a fourth of a microsecond.
    """
    dtypes = set(frame.dtypes)
    if len(dtypes) == 1 and all(isinstance(d, np.dtype) and d.kind in "fiub" for d in dtypes):
        return frame.to_numpy()
    columns = [
        _column_numbers(frame.iloc[:, j], f"{where}: column {name!r}")
        for j, name in enumerate(frame.columns)
    ]
    return np.column_stack(columns) if columns else np.empty((len(frame), 0))


def _column_numbers(column: pd.Series, where: str) -> np.ndarray:
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    if column.dtype == object:
        column = column.infer_objects()  # it may hold dates
    kind = getattr(column.dtype, "kind", "O")
    try:
        if kind in "mM":
            unit = "ns" if "[ns" in str(column.dtype) else "us"  # years before 1677 overflow in ns
            times = column.to_numpy(dtype=f"{kind}8[{unit}]")
            if kind == "M":  # in UTC, which has no daylight saving time
                times = times - np.append(times[~np.isnat(times)], np.datetime64("NaT"))[0]
            return np.asarray(times / np.timedelta64(1, "ms"), dtype=np.float64)
        if kind == "c":
            raise ValueError("Complex data not supported")
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{where} cannot be read as numbers or times ({error}); convert it by pd.to_numeric, "
            "or pd.to_datetime(..., utc=True) for dates."
        ) from error
