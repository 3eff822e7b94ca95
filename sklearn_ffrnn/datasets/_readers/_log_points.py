"""Points of pieces of a table, with times in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from ._log_columns import ColumnReader
from ._problems import Malformed
from ._time_unit import MILLISECONDS, infer_time_unit


def iter_points(
    pieces: Any,
    names: Mapping[str, str],
    malformed: Malformed,
    time_unit: str,
    *,
    strict: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yield the columns of pieces that hold points, t in milliseconds from the first.

    With `strict`, positions that are missing make a row malformed.
    """
    reader = ColumnReader(malformed, names, strict=strict)
    first: float | None = None
    for piece in pieces:
        columns = reader.read(piece)
        t = columns["t"]
        if not len(t):
            continue
        if first is None:
            first = float(t[0])
            if not reader.dates and time_unit == "infer":
                time_unit = infer_time_unit(t, _steps(t, columns.get("movement")), malformed.where)
        columns["t"] = (t - first) * (1.0 if reader.dates else MILLISECONDS[time_unit])
        yield columns


def _steps(t: np.ndarray, movement: Any) -> np.ndarray:
    """Return the steps in time from one point of a movement to the next."""
    if movement is None:
        return np.diff(t)
    order = np.argsort(movement.codes, kind="stable")
    return np.diff(t[order])[np.diff(movement.codes[order]) == 0]


def join_pieces(pieces: list[dict[str, Any]]) -> dict[str, Any]:
    """Join the columns of all pieces, one column after the other, to hold no more than needed."""
    joined: dict[str, Any] = {"x": np.empty(0), "y": np.empty(0), "t": np.empty(0)}
    for use in list(pieces[0]) if pieces else []:
        parts = [piece.pop(use) for piece in pieces]
        if isinstance(parts[0], pd.Categorical):
            joined[use] = union_categoricals(parts)
        else:
            joined[use] = np.concatenate(parts)
    return joined
