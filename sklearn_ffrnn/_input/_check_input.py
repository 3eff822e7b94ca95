"""What an estimator is given: sequences or a plain table, checked and made one form."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from ._columns import check_n_columns
from ._ragged import Ragged
from ._sequences import check_sequences, is_sequence_input

TABLE_DTYPES = (np.float64, np.float32)


def check_input(estimator: Any, X: Any, *, dtype: str, reset: bool) -> Ragged:
    """Return sequences, or the rows of a plain table as sequences of one step.

    With `reset` the estimator learns the number of channels, and the names of a table's columns;
    otherwise they must be those that it knows. `dtype` "auto" is float32 for sequences and that of
    the data for tables.
    """
    if is_sequence_input(X):
        return check_sequence_input(estimator, X, dtype=dtype, reset=reset)
    table = validate_data(estimator, X, reset=reset, dtype=TABLE_DTYPES)
    return as_single_steps(table, dtype)


def check_sequence_input(estimator: Any, X: Any, *, dtype: str, reset: bool) -> Ragged:
    """Return sequences; arguments as in :func:`check_input`."""
    sequences = check_sequences(X, dtype="float32" if dtype == "auto" else dtype)
    n_channels = sequences.values.shape[1]
    if reset:
        estimator.n_features_in_ = n_channels
        estimator.__dict__.pop("feature_names_in_", None)
    else:
        check_n_columns(estimator, n_channels, what="the channels, on the last axis")
    return sequences


def as_single_steps(table: np.ndarray, dtype: str) -> Ragged:
    """Return the rows of a checked table as sequences of one step."""
    values = table if dtype == "auto" else table.astype(dtype, copy=False)
    return Ragged(values, np.ones(len(table), dtype=np.int64))
