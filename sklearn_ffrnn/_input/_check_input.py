"""Check the input of an estimator, sequences or a plain table, and convert it to one form."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from ._columns import check_n_columns
from ._ragged import Ragged
from ._sequences import check_sequences, is_sequence_input

TABLE_DTYPES = (np.float64, np.float32)
# Share of a type's largest number that a value may reach: products with weights stay finite.
USABLE = 1e-6


def check_input(estimator: Any, X: Any, *, dtype: str, reset: bool) -> Ragged:
    """Return sequences, or the rows of a plain table as sequences of one step.

    With `reset` the estimator stores the number of channels and the names of a table's columns;
    without it they must match what is stored. `dtype` "auto" means float32 for sequences and the
    dtype of the data for tables.
    """
    if is_sequence_input(X):
        return check_sequence_input(estimator, X, dtype=dtype, reset=reset)
    table = validate_data(estimator, X, reset=reset, dtype=TABLE_DTYPES)
    return as_single_steps(table, dtype)


def check_usable(sequences: Ragged) -> None:
    """Raise a ValueError if a value is too large to compute with.

    Larger values would overflow in a product with the weights, and the result (NaN, infinity or an
    ordinary number) would depend on the processor.
    """
    size = np.abs(sequences.values).max(axis=1)
    largest = USABLE * float(np.finfo(size.dtype).max)
    if size.max() > largest:
        row = np.searchsorted(np.cumsum(sequences.lengths), size.argmax(), side="right")
        raise ValueError(
            f"X[{row}] holds values too large to compute with, up to {size.max():.3g}; in "
            f"{size.dtype} the largest usable one is {largest:.3g}. Scale it down."
        )


def check_sequence_input(estimator: Any, X: Any, *, dtype: str, reset: bool) -> Ragged:
    """Return sequences; arguments as in :func:`check_input`."""
    sequences = check_sequences(X, dtype="float32" if dtype == "auto" else dtype)
    n_channels = sequences.values.shape[1]
    if reset:
        estimator.n_features_in_ = n_channels
        estimator.__dict__.pop("feature_names_in_", None)
    else:
        check_n_columns(estimator, n_channels, what="the channels, on the last axis")
    check_usable(sequences)
    return sequences


def as_single_steps(table: np.ndarray, dtype: str) -> Ragged:
    """Return the rows of a checked table as sequences of one step."""
    values = table if dtype == "auto" else table.astype(dtype, copy=False)
    sequences = Ragged(values, np.ones(len(table), dtype=np.int64))
    check_usable(sequences)
    return sequences
