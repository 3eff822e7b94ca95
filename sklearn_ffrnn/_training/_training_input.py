"""Check the input of fit and partial_fit."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.validation import _check_sample_weight, validate_data

from .._input import (
    TABLE_DTYPES,
    Ragged,
    SequenceBatch,
    as_single_steps,
    check_labels,
    check_sequence_input,
    is_sequence_input,
    without_extension_dtype,
)
from ..nn import activation_limit
from ._data import TrainingData


def check_training_input(
    estimator: Any,
    X: Any,
    y: Any,
    sample_weight: Any,
    groups: Any,
    *,
    dtype: str,
    reset: bool,
) -> TrainingData:
    """Return the checked arguments of fit, and the negatives that `X` carries, as training data.

    `dtype` and `reset` are as in :func:`check_input`: with `reset` the estimator stores the number
    of channels, otherwise it compares it.
    """
    sequences, y = _check_X_y(estimator, X, y, dtype=dtype, reset=reset)
    y = check_labels(y)
    check_consistent_length(X, y)
    if sample_weight is not None:
        sample_weight = _check_sample_weight(
            sample_weight, np.empty((len(y), 1)), dtype=np.float64, ensure_non_negative=True
        )
        if not sample_weight.any():
            raise ValueError(
                "Sample weights must contain at least one non-zero number, but sample_weight "
                "is zero throughout."
            )
    if groups is not None:
        groups = column_or_1d(groups)
        check_consistent_length(y, groups)
    _warn_of_saturation(sequences)
    data = TrainingData(sequences, y, sample_weight, groups)
    if isinstance(X, SequenceBatch) and len(X.negatives):
        data = data.with_negatives_of(X)
    # Weight 0 must have the same effect as leaving the sample out.
    return data if data.weight is None else data.select(data.weight > 0)


def _check_X_y(
    estimator: Any, X: Any, y: Any, *, dtype: str, reset: bool
) -> tuple[Ragged, np.ndarray]:
    y = without_extension_dtype(y)
    if not is_sequence_input(X):
        X, y = validate_data(estimator, X, y, reset=reset, dtype=TABLE_DTYPES)
        return as_single_steps(X, dtype), y
    if y is None:
        y = _carried_labels(estimator, X)
    return check_sequence_input(estimator, X, dtype=dtype, reset=reset), y


def _carried_labels(estimator: Any, X: Any) -> np.ndarray:
    """Return the label of each row if `X` carries negatives and all its rows are human."""
    carries = isinstance(X, SequenceBatch) and len(X.negatives) > 0
    if not carries or X.human_label is None:
        why = "carries no negatives" if not carries else "holds rows that are not human"
        raise ValueError(
            f"{type(estimator).__name__} requires y to be passed, but the target y is None, and X "
            f"{why}. Pass y, or put a sampler of negatives first in the pipeline and give it "
            "human movements only."
        )
    return np.repeat(np.asarray([X.human_label]), len(X))


def _warn_of_saturation(sequences: Ragged) -> None:
    """Warn of values so large that units saturate and learn nothing from them."""
    size = np.abs(sequences.values).max(axis=1)
    limit = activation_limit(getattr(torch, str(size.dtype)))
    if size.max() > limit:
        row = np.searchsorted(np.cumsum(sequences.lengths), size.argmax(), side="right")
        warnings.warn(
            f"X[{row}] holds values up to {size.max():.3g}, but units saturate at {limit:.3g} and "
            "learn nothing from them. Scale it (VelocityTransformer(scale='dataset')).",
            UserWarning,
            stacklevel=5,
        )
