"""Check trajectories (x, y, t) of any accepted form and convert them to a list of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ._frame_numbers import as_frame, select_columns
from ._items import as_numbers, check_same_channels, list_items

TRAJECTORY_COLUMNS = ("x", "y", "t")
STROKE_COLUMN = "stroke_id"
NAMED = 10  # most trajectories that a message names


def check_trajectories(
    X: Any, *, name: str = "X", first: int = 0, min_points: int = 2, allow_backwards: bool = False
) -> list[np.ndarray]:
    """Return `X` as a list of float64 arrays (n_points, 3), or 4 with a stroke_id column.

    Parameters
    ----------
    X : list, tuple, Series, object array or 3-D array padded with NaN rows
        Trajectories with columns x, y, t and, optionally, stroke_id. In DataFrames (of pandas,
        polars or pyarrow) columns are found by name, and t may hold durations or dates: they become
        milliseconds, dates counted from the first one.
    name : str
        Name of the argument, for error messages.
    first : int
        Position of X[0] in the whole input if X is a part of it, for error messages.
    min_points : int
        Smallest number of points of a trajectory.
    allow_backwards : bool
        Whether time may run backwards, for reports on the recording.

    Raises
    ------
    TypeError
        If `X` is not a collection of trajectories.
    ValueError
        If a trajectory is malformed; the message names it and says what to do.
    """
    items = list_items(X, name, what="trajectories of shape (n_points, 3) with columns x, y, t")
    out = [
        _check_trajectory(
            item, f"{name}[{i}]", min_points=min_points, allow_backwards=allow_backwards
        )
        for i, item in enumerate(items, start=first)
    ]
    check_same_channels(out, name, what="columns")
    return out


def select_trajectory(frame: pd.DataFrame, where: str, more: Sequence[str] = ()) -> pd.DataFrame:
    """Return columns x, y, t, and `more`, of a DataFrame; only t may hold dates or durations."""
    columns = [*TRAJECTORY_COLUMNS, *more]
    frame = select_columns(frame, columns, where, "Rename its columns to x, y, t.")
    for name in frame.columns.drop("t"):
        if getattr(frame[name].dtype, "kind", "O") in "mM":
            raise ValueError(
                f"{where} has times ({frame[name].dtype}) in column {name!r}; only t may hold "
                "times. Are its columns named in the order x, y, t?"
            )
    return frame


def _check_trajectory(
    item: Any, where: str, *, min_points: int, allow_backwards: bool
) -> np.ndarray:
    item = as_frame(item)
    if isinstance(item, pd.DataFrame):
        strokes = [STROKE_COLUMN] if STROKE_COLUMN in item.columns else []
        item = select_trajectory(item, where, strokes)
    array = as_numbers(item, where).astype(np.float64, copy=False)
    if array.ndim != 2:
        raise ValueError(
            f"{where} has {array.ndim} dimension(s); a trajectory has two, (n_points, 3) with "
            "columns x, y, t."
        )
    if array.shape[1] not in (3, 4):
        if array.shape[0] in (3, 4):
            raise ValueError(
                f"{where} has shape {array.shape}, which looks like (channels, time); a "
                "trajectory is (n_points, 3) with columns x, y, t. Transpose it with a.T."
            )
        raise ValueError(
            f"{where} has {array.shape[1]} columns; a trajectory has 3 (x, y, t), or 4 with "
            "stroke_id last. Select the columns in that order."
        )
    finite = bool(np.isfinite(array).all())
    if not finite:
        array = array[: _valid_length(array)]
    if len(array) < min_points:
        raise ValueError(
            f"{where} has {len(array)} point(s); a trajectory needs at least {min_points}. "
            "Drop it, and its label."
        )
    if not finite and not np.isfinite(array).all():
        row = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        kind = "NaN" if np.isnan(array[row]).any() else "an infinite value"
        raise ValueError(
            f"{where} holds {kind} at point {row}; drop or interpolate such points. "
            "Only trailing all-NaN rows are taken as padding."
        )
    backwards = array[1:, 2] < array[:-1, 2]
    if backwards.any() and not allow_backwards:
        j = int(backwards.argmax())
        raise ValueError(
            f"{where}: time goes backwards from {array[j, 2]:g} to {array[j + 1, 2]:g} at point "
            f"{j + 1}; sort the points by t, or check that the columns are in the order x, y, t."
        )
    return array


def _valid_length(array: np.ndarray) -> int:
    """Return the number of rows before the trailing all-NaN ones."""
    filled = np.flatnonzero(~np.isnan(array).all(axis=-1))
    return int(filled[-1]) + 1 if len(filled) else 0
