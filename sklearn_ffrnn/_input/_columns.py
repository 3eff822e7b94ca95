"""Check the number of columns, with the error messages of scikit-learn."""

from __future__ import annotations

from typing import Any


def check_n_columns(
    estimator: Any, n_columns: int, *, name: str = "X", what: str = "the columns of a trajectory"
) -> None:
    """Raise ValueError if `n_columns` is not what `estimator` was fitted on."""
    if n_columns != estimator.n_features_in_:
        raise ValueError(
            f"{name} has {n_columns} features, but {type(estimator).__name__} is expecting "
            f"{estimator.n_features_in_} features as input ({what})."
        )


def check_input_features(estimator: Any, input_features: Any) -> None:
    """Raise ValueError if `input_features` is given and does not name each column."""
    if input_features is not None and len(input_features) != estimator.n_features_in_:
        raise ValueError(
            "input_features should have length equal to the number of columns, "
            f"{estimator.n_features_in_}, got {len(input_features)}."
        )
