"""The output of transformers that return trajectories."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ._columns import check_input_features
from ._trajectories import STROKE_COLUMN, TRAJECTORY_COLUMNS


class TrajectoryOutputMixin:
    """Mixin for transformers whose output has the form of their input."""

    n_features_in_: int

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of a trajectory's columns.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the input columns, which are returned.

        Returns
        -------
        names : ndarray of str
            "x", "y", "t" and, with four columns, "stroke_id".
        """
        check_is_fitted(self)
        names = (*TRAJECTORY_COLUMNS, STROKE_COLUMN)[: self.n_features_in_]
        check_input_features(self, input_features)
        return np.asarray(names if input_features is None else input_features, dtype=object)

    def set_output(self, *, transform: str | None = None) -> Self:
        """Do nothing: the output has the same container as the input.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None, default=None
            Ignored; accepted so that `set_output` works on a whole pipeline.

        Returns
        -------
        self : object
            The transformer.
        """
        return self
