"""The columns of a table as positions, times and names; rows that have none are counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..._typing import BoolArray, FloatArray
from ._delimited import is_nothing, numbers
from ._log_pieces import Piece
from ._problems import Malformed

_1970 = pd.Timestamp(0, tz="UTC")


class ColumnReader:
    """Turns pieces of one table into arrays, all of them as the first.

    Parameters
    ----------
    malformed : Malformed
        Counts the rows that can't be read.
    names : mapping of str to str
        What the columns are called in the file, for the messages.
    strict : bool, default=False
        Whether a missing x or y makes a row malformed.

    Attributes
    ----------
    dates : bool or None
        Whether t holds dates or durations, which come in milliseconds; None before the first piece.
    """

    def __init__(
        self, malformed: Malformed, names: Mapping[str, str], *, strict: bool = False
    ) -> None:
        self.malformed = malformed
        self.names = names
        self.strict = strict
        self.dates: bool | None = None

    def read(self, piece: Piece) -> dict[str, Any]:
        """Return the columns of the rows that can be read: numbers as arrays, others categorical.

        x and y are NaN where a cell says that there is no value; any other that isn't a finite
        number makes the row malformed, and so do a missing time and a missing movement.
        """
        frame = piece.frame
        columns: dict[str, Any] = {}
        faults: dict[str, BoolArray] = {}
        for use in frame.columns:
            column = frame[use]
            if use in ("x", "y"):
                columns[use] = _as_numbers(column, piece.decimal)
                missing = np.isnan(columns[use])
                faults[use] = missing if self.strict else _unreadable(missing, column)
            elif use == "t":
                columns[use] = self._times(column, piece.decimal)
                faults[use] = np.isnan(columns[use])
            else:
                codes, values = pd.factorize(column)
                columns[use] = pd.Categorical.from_codes(codes, categories=pd.Index(list(values)))
                if use == "movement":
                    faults[use] = columns[use].isna()
        bad = np.logical_or.reduce(list(faults.values()))
        for i in np.flatnonzero(bad).tolist():
            use = next(name for name, fault in faults.items() if fault[i])
            what = {"t": "a time", "movement": "an id"}.get(use, "a number")
            cell = frame[use].iloc[i]
            cell = repr(cell) if isinstance(cell, str) else cell
            problem = f"{self.names[use]} is {cell}, not {what}"
            self.malformed.add(int(piece.places[i]), problem)
        return {use: values[~bad] for use, values in columns.items()} if bad.any() else columns

    def _times(self, column: pd.Series, decimal: str) -> FloatArray:
        kind = getattr(column.dtype, "kind", "O")
        if kind in "mM":
            self.dates = True
            return _milliseconds(column)
        if self.dates is not True:
            times = _as_numbers(column, decimal)
            if self.dates is None:
                self.dates = kind == "O" and len(times) > 0 and bool(np.isnan(times).all())
            if not self.dates:
                return times
        return _milliseconds(pd.to_datetime(column, utc=True, format="ISO8601", errors="coerce"))


def _as_numbers(column: pd.Series, decimal: str) -> FloatArray:
    if column.dtype == object:
        cells = column.tolist()
        if not all(type(cell) is str for cell in cells):
            cells = [_plain(cell) for cell in cells]
        return numbers(cells, decimal)
    if pd.api.types.is_numeric_dtype(column.dtype):
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return np.where(np.isfinite(values), values, np.nan)
    return numbers(column.astype(object).fillna("").tolist(), decimal)


def _plain(cell: Any) -> Any:
    """Return a cell as what can be told to be a number or not."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) < 2**63:
        return float(cell)
    return "" if cell is None else str(cell)


def _unreadable(missing: BoolArray, column: pd.Series) -> BoolArray:
    """Tell where there is no value though the cell doesn't say that there is none."""
    fault = missing.copy()
    if fault.any() and pd.api.types.is_numeric_dtype(column.dtype):
        fault &= ~column.isna().to_numpy()
    else:
        for i in np.flatnonzero(fault).tolist():
            cell = column.iloc[i]
            fault[i] = not (cell is None or is_nothing(str(cell)))
    return fault


def _milliseconds(column: pd.Series) -> FloatArray:
    """Return dates as milliseconds since 1970, and durations as milliseconds."""
    if column.dtype.kind == "M":
        aware = column.dt.tz_localize("UTC") if column.dt.tz is None else column
        column = aware - _1970
    durations: FloatArray = column.dt.total_seconds().to_numpy(dtype=np.float64, na_value=np.nan)
    return durations * 1000.0
