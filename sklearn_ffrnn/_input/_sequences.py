"""Tell sequences from tables, check them, and join them into one flat array."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from ._items import as_numbers, check_same_channels, list_items
from ._nested import is_nested
from ._ragged import Ragged
from ._sequence_batch import SequenceBatch


def is_sequence_input(X: Any) -> bool:
    """Tell sequences (ragged or 3-D) from a plain 2-D table.

    Input that is neither counts as sequences if :func:`check_sequences` explains better than
    scikit-learn's check of tables what is wrong with it.
    """
    if is_nested(X):
        return True
    if isinstance(X, pd.DataFrame) or issparse(X):
        return False
    if X is None or isinstance(X, (SequenceBatch, str, bytes, dict, set, Iterator)):
        return True
    if not isinstance(X, (list, tuple, pd.Series)) and getattr(X, "ndim", None) != 1:
        return getattr(X, "ndim", None) == 3
    if isinstance(X, np.ndarray) and X.dtype != object:
        return False
    items = X.tolist() if isinstance(X, (pd.Series, np.ndarray)) else X
    return not len(items) or not _are_table_rows(items)


def _are_table_rows(items: Sequence[Any]) -> bool:
    """Tell whether `items` are numbers, or rows of equally many numbers, not sequences."""
    dimensions = {
        1 + (len(item) > 0 and np.ndim(item[0]) > 0)
        if isinstance(item, (list, tuple))
        else np.ndim(item)
        for item in items
    }
    return dimensions == {0} or (dimensions == {1} and len({len(item) for item in items}) == 1)


def check_sequences(X: Any, *, name: str = "X", dtype: Any = np.float32) -> Ragged:
    """Return sequences of any number of channels as one flat array and their lengths.

    Parameters
    ----------
    X : list, tuple, Series, object array or 3-D array padded with NaN rows
        Sequences of shape (n_steps, n_channels).
    name : str
        Name of the argument, for error messages.
    dtype : numpy dtype
        Type of the values returned.

    Raises
    ------
    TypeError
        If `X` is not a collection of sequences.
    ValueError
        If a sequence is malformed; the message names it and says what to do.
    """
    items = list_items(X, name, what="sequences of shape (n_steps, n_channels)")
    if isinstance(items, np.ndarray):
        return _flatten_padded(items, name, dtype)
    arrays = []
    for i, item in enumerate(items):
        where = f"{name}[{i}]"
        array = as_numbers(item, where)
        if array.ndim != 2:
            raise ValueError(
                f"{where} has {array.ndim} dimension(s); a sequence has two, "
                "(n_steps, n_channels). Reshape one channel with a[:, None]."
            )
        if len(array) == 0 or array.shape[1] == 0:
            raise ValueError(f"{where} is empty (shape {array.shape}); drop it, and its label.")
        arrays.append(array)
    check_same_channels(arrays, name, what="channels")
    lengths = np.array([len(a) for a in arrays], dtype=np.int64)
    with np.errstate(over="ignore"):  # what overflows is reported as infinity below
        flat = Ragged(np.concatenate(arrays).astype(dtype, copy=False), lengths)
    _check_finite(flat, name)
    return flat


def _flatten_padded(X: np.ndarray, name: str, dtype: Any) -> Ragged:
    if 0 in X.shape:
        raise ValueError(f"{name} is empty (shape {X.shape}); give at least one step and channel.")
    filled = ~np.isnan(X).all(axis=2)
    lengths = np.where(filled.any(axis=1), X.shape[1] - np.argmax(filled[:, ::-1], axis=1), 0)
    if not lengths.all():
        i = int(np.flatnonzero(lengths == 0)[0])
        raise ValueError(f"{name}[{i}] is NaN throughout; drop it, and its label.")
    steps = np.arange(X.shape[1]) < lengths[:, None]
    with np.errstate(over="ignore"):  # what overflows is reported as infinity below
        flat = Ragged(X[steps].astype(dtype, copy=False), lengths.astype(np.int64))
    _check_finite(flat, name)
    return flat


def _check_finite(flat: Ragged, name: str) -> None:
    bad = np.flatnonzero(~np.isfinite(flat.values).all(axis=1))
    if not len(bad):
        return
    ends = np.cumsum(flat.lengths)
    i = int(np.searchsorted(ends, bad[0], side="right"))
    step = int(bad[0] - (ends[i] - flat.lengths[i]))
    value = "NaN" if np.isnan(flat.values[bad[0]]).any() else "infinity"
    raise ValueError(
        f"Input {name} contains {value}: {name}[{i}] at step {step}. Drop or interpolate it; only "
        "trailing all-NaN rows of a 3-D array are taken as padding. A value too large for "
        f"{flat.values.dtype} counts as infinity."
    )
