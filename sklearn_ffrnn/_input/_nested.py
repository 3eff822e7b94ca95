"""Recognize sktime's nested form: a table with a whole sequence in each cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def is_nested(X: Any) -> bool:
    """Tell whether a two-dimensional table holds a Series, an array or a list in a cell."""
    if isinstance(X, pd.DataFrame):
        return any(_holds_sequences(X.iloc[:, i]) for i in range(X.shape[1]))
    if isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype == object:
        return _holds_sequences(X.ravel())
    return False


def _holds_sequences(column: Any) -> bool:
    if column.dtype != object:
        return False
    return any(isinstance(cell, (pd.Series, np.ndarray, list, tuple)) for cell in column)


def refuse_nested(X: Any, name: str, *, what: str) -> None:
    """Raise a TypeError that says how to turn a nested table into a list, if `X` is one."""
    if is_nested(X):
        cells = f"{name}.to_numpy()" if isinstance(X, pd.DataFrame) else name
        raise TypeError(
            f"{name} is a nested table of shape {X.shape}, with a whole sequence in each cell; "
            f"turn it into a list of {what}: [np.column_stack(row) for row in {cells}]."
        )
