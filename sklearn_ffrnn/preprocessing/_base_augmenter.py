"""What the augmenters share: movements are changed in training, and never at prediction."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .._input import SequenceBatch, TrajectoryOutputMixin, check_n_columns, check_trajectories


class BaseAugmenter(  # type: ignore[call-arg]  # scikit-learn's keyword, untyped
    TrajectoryOutputMixin,
    TransformerMixin,
    BaseEstimator,
    auto_wrap_output_keys=None,
    metaclass=ABCMeta,
):
    """Base of the augmenters."""

    random_state: Any

    @abstractmethod
    def _view(
        self, trajectory: np.ndarray, rng: np.random.RandomState, spare: np.random.RandomState
    ) -> np.ndarray:
        """Return what stands for a trajectory in training.

        Whatever becomes of it, as many numbers are drawn from `rng`. Others come from `spare`, once
        it was seeded by one of these: a new RandomState would take a hundred times as long.
        """

    @abstractmethod
    def _check_params(self) -> None:
        """Raise ValueError if a parameter is not what it must be."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Check the input; there is nothing to learn.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4), or SequenceBatch
            Trajectories.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The augmenter.
        """
        self._check(X)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Return another view of every movement, and of every negative that `X` carries.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4), or SequenceBatch
            Trajectories.
        y : None
            Ignored.

        Returns
        -------
        views : list of ndarray or SequenceBatch
            As many, in the same order.
        """
        rows = self._check(X)
        rng = check_random_state(self.random_state)
        spare = np.random.RandomState()
        views = [self._view(row, rng, spare) for row in rows]
        if not isinstance(X, SequenceBatch):
            return views
        negatives = check_trajectories(X.negatives, name="X.negatives") if len(X.negatives) else []
        return X.replace(views, [self._view(negative, rng, spare) for negative in negatives])

    def transform(self, X: Any) -> Any:
        """Return `X` as it is: views are for training.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories.

        Returns
        -------
        X : same as given
            Not copied.
        """
        check_is_fitted(self)
        check_n_columns(self, check_trajectories(X)[0].shape[1])
        return X

    def _check(self, X: Any) -> list[np.ndarray]:
        self._check_params()
        rows = check_trajectories(X)
        self.n_features_in_ = rows[0].shape[1]
        return rows

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        tags.requires_fit = True
        tags.non_deterministic = True
        return tags
