"""Base of the samplers of negatives: rows, labels, numbers, and the two kinds of pipeline."""

from __future__ import annotations

import warnings
from abc import ABCMeta, abstractmethod
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._input import (
    NAMED,
    SequenceBatch,
    TrajectoryOutputMixin,
    check_labels,
    check_n_columns,
    check_trajectories,
    warn_about_jumps,
)


def _in_mode(mode: str) -> Any:
    return available_if(lambda sampler: sampler.mode == mode)


class BaseNegativeSampler(  # type: ignore[call-arg]  # scikit-learn's keyword, untyped
    TrajectoryOutputMixin,
    TransformerMixin,
    BaseEstimator,
    auto_wrap_output_keys=None,
    metaclass=ABCMeta,
):
    """Base class of the samplers, whose docstrings describe the parameters."""

    _parameter_constraints: dict[str, list[Any]] = {
        "n_negatives": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0, None, closed="neither"),
            StrOptions({"balance"}),
        ],
        "mode": [StrOptions({"attach", "resample"})],
        "human_label": [Integral, str, bool],
        "negative_label": [Integral, str, bool],
        "on_error": [StrOptions({"warn", "raise", "skip"})],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    }

    def _check_rows(self, X: Any) -> list[np.ndarray]:
        """Return checked trajectories that can be computed with."""
        return check_trajectories(X)

    @abstractmethod
    def _model(self, human: dict[int, np.ndarray]) -> dict[int, Any]:
        """Return, by row, the models of the rows that can be modelled."""

    @abstractmethod
    def _negatives(self, models: dict[int, Any], rng: np.random.RandomState) -> list[np.ndarray]:
        """Return a negative for each entry of `source_`."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> Self:
        """Model the human movements and decide which negatives to make.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories in any of the forms that :func:`extract_strokes` takes.
        y : array-like of shape (n_samples,) or None, default=None
            Labels; None if all rows are human.

        Returns
        -------
        self : object
            The fitted sampler.

        Raises
        ------
        ValueError, TypeError
            If a trajectory or a label is malformed, or there is nothing to make negatives from:
            the message says what to do.

        Warns
        -----
        UserWarning
            If movements cannot be modelled, or points are not positions, as in
            :class:`~sklearn_ffrnn.VelocityTransformer`.
        """
        self._make(X, y, synthesis=False)
        return self

    @_in_mode("attach")
    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> SequenceBatch:
        """Return the rows with negatives attached; only with ``mode="attach"``.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories.
        y : array-like of shape (n_samples,) or None, default=None
            Labels; None if all rows are human.

        Returns
        -------
        batch : SequenceBatch
            All rows, in order, and the negatives that they carry. If all rows are human, a
            classifier can be fitted on it without y.
        """
        rows, y, negatives = self._make(X, y)
        return SequenceBatch(
            rows,
            negatives,
            self.source_,
            human_label=self.human_label if np.all(y == self.human_label) else None,
            negative_label=self.negative_label,
        )

    @_in_mode("attach")
    def transform(self, X: Any) -> Any:
        """Return `X` unchanged: negatives are for training; only with ``mode="attach"``.

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

    @_in_mode("resample")
    @_fit_context(prefer_skip_nested_validation=True)
    def fit_resample(self, X: Any, y: Any = None) -> tuple[list[np.ndarray], np.ndarray]:
        """Return rows and negatives with their labels; only with ``mode="resample"``.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories.
        y : array-like of shape (n_samples,) or None, default=None
            Labels; None if all rows are human.

        Returns
        -------
        X_resampled : list of ndarray of shape (n_points, 3) or (n_points, 4)
            All rows, in order, and after them the negatives; `source_` holds the row that each of
            these was made from.
        y_resampled : ndarray of shape (n_samples + `n_negatives_`,)
            Their labels.
        """
        rows, y, negatives = self._make(X, y)
        return [*rows, *negatives], np.append(y, [self.negative_label] * len(negatives))

    def _make(
        self, X: Any, y: Any, *, synthesis: bool = True
    ) -> tuple[list[np.ndarray], np.ndarray, list[np.ndarray]]:
        """Return rows, their labels and negatives, and set the fitted attributes."""
        if isinstance(X, SequenceBatch):
            raise TypeError(
                f"X is a SequenceBatch; {type(self).__name__} takes trajectories. Put it first in "
                "the pipeline, or pass X.rows."
            )
        rows = self._check_rows(X)
        warn_about_jumps(rows, stacklevel=5)
        y = self._check_labels(rows, y)
        rng = check_random_state(self.random_state)
        human = np.flatnonzero(y == self.human_label)
        models = self._model({i: rows[i] for i in human.tolist()})
        modelled = np.isin(human, list(models))
        self._report(human[~modelled], len(human))
        self.n_features_in_ = rows[0].shape[1]
        self.unmodelled_ = human[~modelled]
        self.n_negatives_ = self._count(y, len(human))
        self.source_ = _share_out(human, human[modelled], self.n_negatives_, rng)
        return rows, y, self._negatives(models, rng) if synthesis else []

    def _check_labels(self, rows: list[np.ndarray], labels: Any) -> np.ndarray:
        if self.human_label == self.negative_label:
            raise ValueError(
                f"human_label and negative_label are both {self.human_label!r}; negatives need a "
                "label of their own."
            )
        given = [self.human_label] * len(rows) if labels is None else labels
        y = check_labels(given)
        if len(y) != len(rows):
            raise ValueError(
                f"y has {len(y)} labels for the {len(rows)} trajectories of X; give one for each."
            )
        if not np.any(y == self.human_label):
            raise ValueError(
                f"y has no row of human_label={self.human_label!r}, only "
                f"{np.unique(y).tolist()[:5]}; name the human class by human_label."
            )
        if isinstance(self.negative_label, str) != isinstance(y[0], str):
            raise TypeError(
                f"negative_label={self.negative_label!r} and the labels in y, like {y[0]!r}, are "
                "of different types; set negative_label to one of their kind."
            )
        return y

    def _count(self, y: np.ndarray, n_human: int) -> int:
        if isinstance(self.n_negatives, str):  # "balance"
            return max(0, n_human - int(np.sum(y == self.negative_label)))
        return round(self.n_negatives * n_human)

    def _report(self, bad: np.ndarray, n_human: int) -> None:
        """Name the human rows that cannot be modelled, in one warning or error."""
        if not len(bad):
            return
        named = ", ".join(f"X[{i}]" for i in bad[:NAMED]) + (", ..." if len(bad) > NAMED else "")
        message = (
            f"{len(bad)} of {n_human} human movements cannot be modelled, because nothing moves "
            f"or no part has three points at different times: {named}."
        )
        if self.on_error == "raise" or len(bad) == n_human:
            raise ValueError(f"{message} Drop them, and their labels.")
        if self.on_error == "warn":
            warnings.warn(
                f"{message} Other movements replace them as sources.",
                UserWarning,
                stacklevel=4,
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        tags.requires_fit = True
        tags.non_deterministic = True
        return tags


def _share_out(
    human: np.ndarray, modelled: np.ndarray, n_negatives: int, rng: np.random.RandomState
) -> np.ndarray:
    """Return the sources of the negatives, ascending: each row in turn, or a modelled one instead.

    Parameters
    ----------
    human, modelled : ndarray of int
        Human rows, and those of them that have strokes.
    n_negatives : int
        How many negatives to make.
    rng : RandomState
        Draws the rows that get one negative more than others.
    """
    turns, left = divmod(n_negatives, len(human))
    wanted = np.concatenate([np.repeat(human, turns), rng.permutation(human)[:left]])
    can = np.isin(wanted, modelled)
    n_missing = int(np.sum(~can))
    rounds = -(-n_missing // len(modelled))
    others = [rng.permutation(modelled) for _ in range(rounds)]
    stand_ins = np.concatenate([*others, np.empty(0, np.intp)])[:n_missing]
    return np.sort(np.concatenate([wanted[can], stand_ins])).astype(np.intp)
