"""A classifier of movements that declines what holds too little to judge."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, _fit_context, clone
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import _check_method_params, check_is_fitted

from .._input import SequenceBatch, check_n_columns, check_trajectories
from ._judgeable import Limits, reasons_against


class AbstainingClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Decline movements that hold too little to judge; leave the others to a classifier.

    A movement of three points, or one recorded every tenth of a second, can't be told from a
    machine's, whatever a classifier says. Here its probabilities are NaN and its label is
    `declined`, in Python as in the graph that :func:`~sklearn_ffrnn.export.to_onnx` writes. The
    classifier learns from none of them either.

    Parameters
    ----------
    estimator : estimator
        Classifier of trajectories, usually a pipeline that starts with
        :class:`~sklearn_ffrnn.VelocityTransformer` or a sampler.
    coarsest : float, default=40.0
        Longest usual interval between points, in the unit of t, that can be judged.
    shortest : float, default=150.0
        Shortest duration that can be judged.
    fewest : int, default=10
        Fewest points at different times, and not at the place before, that can be judged.
    declined : int, float or str, default=-1
        What :meth:`predict` says of the others: no label of `y`, and of the same kind.

    Attributes
    ----------
    estimator_ : estimator
        The fitted classifier.
    classes_ : ndarray of shape (n_classes,)
        Its classes.
    n_features_in_ : int
        Number of columns of a trajectory, 3 or 4.

    See Also
    --------
    HumanMovementDetector : Learns from people alone, and declines in the same way.

    Notes
    -----
    ``score`` counts what is declined as wrong.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_ffrnn import AbstainingClassifier, FFRNNClassifier, VelocityTransformer
    >>> from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements
    >>> human = load_mouse_movements().data[:60]
    >>> X = human + make_minimum_jerk_movements(human, random_state=0)
    >>> pipeline = make_pipeline(VelocityTransformer(16.0), FFRNNClassifier(16, random_state=0))
    >>> model = AbstainingClassifier(pipeline).fit(X, np.repeat([1, 0], 60))
    >>> model.predict_proba([X[0][:4]])
    array([[nan, nan]])
    >>> model.reasons([X[0][:4]])
    array(['too short: 56, and 150 are needed'], dtype=object)
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": [HasMethods(["fit", "predict", "predict_proba"])],
        "coarsest": [Interval(Real, 0, None, closed="neither")],
        "shortest": [Interval(Real, 0, None, closed="left")],
        "fewest": [Interval(Integral, 2, None, closed="left")],
        "declined": [Real, str],
    }

    def __init__(
        self,
        estimator: Any,
        *,
        coarsest: float = 40.0,
        shortest: float = 150.0,
        fewest: int = 10,
        declined: Any = -1,
    ) -> None:
        self.estimator = estimator
        self.coarsest = coarsest
        self.shortest = shortest
        self.fewest = fewest
        self.declined = declined

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: Any, y: Any = None, **fit_params: Any) -> AbstainingClassifier:
        """Fit the classifier on the movements that can be judged.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4), or SequenceBatch
            Movements, as :class:`~sklearn_ffrnn.VelocityTransformer` takes them.
        y : array-like of shape (n_samples,), default=None
            Labels; None where the classifier needs none, as with a sampler of negatives.
        **fit_params
            Passed to the classifier's ``fit``; of what has a value for each movement, those of the
            movements that can be judged.

        Returns
        -------
        self : AbstainingClassifier
            The fitted classifier.

        Raises
        ------
        ValueError, TypeError
            If a movement is malformed, none can be judged, or `declined` is a label of `y`.
        """
        rows = check_trajectories(X)
        reasons = reasons_against(rows, self._limits)
        judged = np.flatnonzero(reasons == "")
        if not len(judged):
            raise ValueError(
                f"None of the {len(rows)} movements of X can be judged; X[0] is {reasons[0]}. "
                "Loosen coarsest, shortest or fewest; times are in the unit of t."
            )
        # A batch keeps the negatives of the movements that are kept.
        kept = X[judged] if isinstance(X, SequenceBatch) else [rows[i] for i in judged]
        params = _check_method_params(rows, {"y": y, **fit_params}, indices=judged)
        self.estimator_ = clone(self.estimator).fit(kept, **params)
        self.classes_ = self.estimator_.classes_
        self.n_features_in_ = rows[0].shape[1]
        self._check_declined()
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return a label for each movement.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            Those of the classifier, and `declined` where a movement can't be judged.
        """
        rows, judged = self._judged(X)
        dtype = np.result_type(self.classes_, np.asarray(self.declined))
        labels = np.full(len(rows), self.declined, dtype)
        if len(judged):
            labels[judged] = self.estimator_.predict([rows[i] for i in judged])
        return labels

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities of all classes.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of ``classes_``; NaN where a movement can't be judged.
        """
        rows, judged = self._judged(X)
        probabilities = np.full((len(rows), len(self.classes_)), np.nan)
        if len(judged):
            probabilities[judged] = self.estimator_.predict_proba([rows[i] for i in judged])
        return probabilities

    def reasons(self, X: Any) -> np.ndarray:
        """Say why movements can't be judged.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.

        Returns
        -------
        reasons : ndarray of str of shape (n_samples,)
            Empty where a movement can be judged.
        """
        return reasons_against(self._check(X), self._limits)

    @property
    def _limits(self) -> Limits:
        return Limits(self.coarsest, self.shortest, self.fewest)

    def _check(self, X: Any) -> list[np.ndarray]:
        check_is_fitted(self)
        rows = check_trajectories(X)
        check_n_columns(self, rows[0].shape[1])
        return rows

    def _judged(self, X: Any) -> tuple[list[np.ndarray], np.ndarray]:
        """Return the movements, and the positions of those that can be judged."""
        rows = self._check(X)
        return rows, np.flatnonzero(reasons_against(rows, self._limits) == "")

    def _check_declined(self) -> None:
        is_text = self.classes_.dtype.kind in "OUS"
        if isinstance(self.declined, str) != is_text or self.declined in self.classes_.tolist():
            raise ValueError(
                f"declined={self.declined!r} must be told from the classes, "
                f"{self.classes_.tolist()}, and be of their kind. Set it to another "
                f"{'string' if is_text else 'number'}."
            )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        return tags
