"""Negatives of one class alone, for tables: rows whose values do not belong together."""

from __future__ import annotations

import numpy as np

from .._typing import FloatArray

_MOST_KEPT = 0.9


def feature_noise(table: FloatArray, rng: np.random.RandomState) -> FloatArray:
    """Return as many rows of values that each column has, drawn for each column on its own.

    What tells them from the rows of `table` is how features go together. Up to nine in ten values
    of a row stay those of one row, so that negatives lie near and far. The idea is that of
    unsupervised random forests (L. Breiman and A. Cutler, 2003), where all columns are drawn.

    Parameters
    ----------
    table : ndarray of shape (n_rows, n_columns)
        Rows of the one class.
    rng : RandomState
        Draws the values.
    """
    drawn = np.column_stack([rng.permutation(column) for column in table.T])
    kept = rng.uniform(size=table.shape) < rng.uniform(0, _MOST_KEPT, size=(len(table), 1))
    return np.where(kept, table, drawn)
