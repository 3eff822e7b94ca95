"""Points of pieces of a table, with times in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from ._delimited import CHUNK_ROWS
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
    found = (columns for piece in pieces if len((columns := reader.read(piece))["t"]))
    # As many as a long file has in its first piece, for some files come in pieces of a row.
    beginning = _first_of(found, CHUNK_ROWS if time_unit == "infer" else 1)
    if not beginning:
        return
    first = float(beginning[0]["t"][0])
    if not reader.dates and time_unit == "infer":
        t = np.concatenate([columns["t"] for columns in beginning])
        time_unit = infer_time_unit(t, _steps(t, _movements(beginning)), malformed.where)
    for columns in chain(beginning, found):
        columns["t"] = (columns["t"] - first) * (1.0 if reader.dates else MILLISECONDS[time_unit])
        yield columns


def _first_of(found: Iterator[dict[str, Any]], n_rows: int) -> list[dict[str, Any]]:
    """Return the first pieces, as many as hold `n_rows` rows."""
    beginning: list[dict[str, Any]] = []
    for columns in found:
        beginning.append(columns)
        n_rows -= len(columns["t"])
        if n_rows <= 0:
            break
    return beginning


def _movements(pieces: list[dict[str, Any]]) -> Any:
    if "movement" not in pieces[0]:
        return None
    return union_categoricals([columns["movement"] for columns in pieces])


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
