"""Convert a collection of arrays of numbers, of any accepted form, to a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ._frame_numbers import as_frame, frame_numbers
from ._nested import refuse_nested
from ._sequence_batch import SequenceBatch


def list_items(X: Any, name: str, *, what: str) -> Any:
    """Return a list of items, or the float 3-D array itself."""
    X = as_frame(X)
    refuse_nested(X, name, what=what)
    if isinstance(X, pd.DataFrame):
        raise TypeError(
            f"{name} is one long DataFrame; turn it into {what} first: "
            "sequences_from_frame(df, id=...)."
        )
    if isinstance(X, SequenceBatch):
        X = X.rows
    if isinstance(X, pd.Series):
        X = X.tolist()
    if not isinstance(X, (list, tuple, np.ndarray)):
        if not hasattr(X, "__array__"):
            raise TypeError(f"{name} must be a list of {what}, got {type(X).__name__}.")
        X = np.asarray(X)
    if len(X) == 0:
        raise ValueError(f"{name} is empty (0 sample(s)); give at least 1 of the {what}.")
    if isinstance(X, np.ndarray) and X.ndim != 1:
        if X.ndim == 2:
            raise ValueError(
                f"{name} is a single 2-D array of shape {X.shape}; expected a list of {what}. "
                f"Wrap one of them in a list: [{name}]."
            )
        if X.ndim != 3:
            raise ValueError(f"{name} has {X.ndim} dimensions; expected a list of {what}.")
        return as_numbers(X, name)
    return list(X)


def as_numbers(item: Any, where: str) -> np.ndarray:
    """Return `item` as a real numeric array; times of a DataFrame in milliseconds."""
    item = as_frame(item)
    if isinstance(item, pd.DataFrame):
        return frame_numbers(item, where)
    if item is None or isinstance(item, (str, bytes, dict, set)):
        raise TypeError(
            f"{where} is a {type(item).__name__}; expected an array of numbers. Drop it, and its "
            "label."
        )
    try:
        if isinstance(item, np.ma.MaskedArray):  # np.asarray returns what the mask hides
            item = np.ma.filled(item.astype(np.float64), np.nan)
        array = np.asarray(item)
        if _holds_times(array):
            raise ValueError(
                "it holds numpy times; give numbers of milliseconds, or a DataFrame with columns "
                "x, y, t, where t may be dates or durations"
            )
        if array.dtype.kind == "c":
            raise ValueError("Complex data not supported")
        if array.dtype.kind in "SU":
            raise ValueError("it holds strings; convert them by astype(float) if they are numbers")
        if array.dtype.kind not in "fiub":
            array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{where} cannot be read as an array of real numbers ({error}); every row needs the "
            "same number of numeric columns."
        ) from error
    return array


def _holds_times(array: np.ndarray) -> bool:
    """Tell whether `item` holds numpy times, which would become numbers of an unknown unit."""
    if array.dtype == object:
        return any(isinstance(value, (np.datetime64, np.timedelta64)) for value in array.flat)
    return array.dtype.kind in "mM"


def check_same_channels(arrays: Sequence[np.ndarray], name: str, *, what: str) -> None:
    """Raise a ValueError if one of the arrays has more or fewer columns than the first."""
    channels = np.array([a.shape[1] for a in arrays])
    odd = np.flatnonzero(channels != channels[0])
    if len(odd):
        i = int(odd[0])
        message = (
            f"{name}[{i}] has {channels[i]} {what} where {name}[0] has {channels[0]}; all must "
            "have the same."
        )
        if what == "channels" and len({a.shape[0] for a in arrays}) == 1:
            message += " The first axes agree: is this (channels, time)? Then transpose with a.T."
        raise ValueError(message)
