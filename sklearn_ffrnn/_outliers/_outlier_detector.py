"""The detector that learns from human movements alone."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OutlierMixin, _fit_context, clone
from sklearn.ensemble._base import _set_random_states
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._classifiers import BaseRNNClassifier, FFRNNClassifier, weight_dtype
from .._input import SequenceBatch, check_input, check_n_columns, check_sequences
from ._distortions import DISTORTIONS, Distortion, make_distorted


class FFRNNOutlierDetector(OutlierMixin, BaseEstimator):
    """Forward-Forward outlier detector, which is trained on inliers alone.

    Forward-Forward learns from positives and negatives. Here the samples are the positives, and the
    negatives are made from them by distorting one sample or mixing two: they are not human
    movements, though their parts are. Samples that the trained network takes for distorted are
    outliers. The idea comes from self-contrastive Forward-Forward [1]_, where a negative is a pair
    of two samples.

    Parameters
    ----------
    estimator : FFRNNClassifier, BPTTRNNClassifier or None, default=None
        Classifier to train on samples and negatives; None is ``FFRNNClassifier()``.
    distortions : "all" or list of str and callable, default="all"
        Distortions to draw from, one at random for each negative. Names are "smooth",
        "flatten_speed", "phase_randomize", "add_noise", "warp", "circular_shift" and, of two
        samples, "mix". A callable takes a sequence of shape (n_steps, n_channels), another of any
        length, and a RandomState, and returns the negative, of any length. Sequences of fewer than
        4 steps, such as the rows of a table, are always mixed.
    n_negatives : int, default=2
        Number of negatives per sample.
    contamination : float, default=0.1
        Share of the training samples to call outliers. If all samples are human, it is the share of
        false alarms that you accept.
    random_state : int, RandomState instance or None, default=None
        Seeds the negatives and the classifier.

    Attributes
    ----------
    estimator_ : BaseRNNClassifier
        The trained classifier, with classes 1 (sample) and -1 (negative).
    offset_ : float
        Score below which a sample is an outlier: ``decision_function = score_samples - offset_``.
    n_features_in_ : int
        Channels of the sequences.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if the input was a plain table with names.

    See Also
    --------
    FFRNNClassifier : Learns from samples of both classes.
    sklearn.ensemble.IsolationForest : Outliers among rows of features.

    Notes
    -----
    Scale the channels to a deviation near 1, as for the classifiers:
    ``VelocityTransformer(scale="dataset")`` does so.

    The threshold is a quantile of the training scores, which are higher than the scores of new
    samples. To fix the share of false alarms on new samples, take the quantile of ``score_samples``
    on held-out samples.

    References
    ----------
    .. [1] X. Chen, D. Liu, J. Laydevant and J. Grollier, "Self-Contrastive Forward-Forward
       algorithm", Nature Communications 16, 5978, 2025 (arXiv:2409.11593).

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn import FFRNNClassifier, FFRNNOutlierDetector
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> classifier = FFRNNClassifier(hidden_layer_sizes=(64,), learning_rate_init=0.01, max_iter=40)
    >>> detector = FFRNNOutlierDetector(classifier, random_state=0).fit(X)
    >>> detector.predict([[0, 0], [8, 8]])
    array([ 1, -1])
    >>> float((detector.predict(X) == -1).mean())
    0.1
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": [BaseRNNClassifier, None],
        "distortions": [StrOptions({"all"}), list, tuple],
        "n_negatives": [Interval(Integral, 1, None, closed="left")],
        "contamination": [Interval(Real, 0, 0.5, closed="right")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: BaseRNNClassifier | None = None,
        *,
        distortions: str | Sequence[str | Distortion] = "all",
        n_negatives: int = 2,
        contamination: float = 0.1,
        random_state: Any = None,
    ) -> None:
        self.estimator = estimator
        self.distortions = distortions
        self.n_negatives = n_negatives
        self.contamination = contamination
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> FFRNNOutlierDetector:
        """Train on the samples and on negatives made from them.

        Parameters
        ----------
        X : list of array-like of shape (n_steps, n_channels), array-like of shape \
(n_samples, n_steps, n_channels), SequenceBatch, or array-like of shape (n_samples, n_features)
            Sequences of two samples or more. Three-dimensional arrays may be padded with trailing
            NaN rows. A plain table is taken as sequences of one step. The negatives that a
            SequenceBatch carries are trained on too.
        y : None
            Ignored.

        Returns
        -------
        self : FFRNNOutlierDetector
            The fitted detector.

        Raises
        ------
        ValueError, TypeError
            If the input is malformed: the message names the sample and the remedy.
        """
        distortions = self._distortions()
        classifier = clone(FFRNNClassifier() if self.estimator is None else self.estimator)
        sequences = check_input(self, X, dtype=weight_dtype(classifier.dtype), reset=True)
        if len(sequences.lengths) < 2:
            raise ValueError(
                "X holds 1 sample, and a negative is made of two; give more samples to learn from."
            )
        random_state = check_random_state(self.random_state)
        _set_random_states(classifier, random_state)
        # Table rows are passed on as sequences, which default to single precision.
        if classifier.dtype == "auto":
            classifier.set_params(dtype=str(sequences.values.dtype))
        rows = sequences.split()
        negatives, source = make_distorted(rows, distortions, self.n_negatives, random_state)
        if isinstance(X, SequenceBatch) and len(X.negatives):
            carried = check_sequences(X.negatives, name="X.negatives")
            check_n_columns(self, carried.values.shape[1], name="X.negatives", what="the channels")
            negatives, source = negatives + carried.split(), np.append(source, X.source)
        batch = SequenceBatch(rows, negatives, source, negative_label=-1)
        self.estimator_ = classifier.fit(batch)
        scores = self.estimator_.decision_function(rows)
        self.offset_ = np.percentile(scores, 100 * self.contamination)
        return self

    def score_samples(self, X: Any) -> np.ndarray:
        """Return the log-odds that a sample is an inlier, not a distorted sample.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            The lower a score, the stronger the outlier.
        """
        check_is_fitted(self)
        sequences = check_input(self, X, dtype=weight_dtype(self.estimator_.dtype), reset=False)
        return self.estimator_.decision_function(sequences.split())

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the scores minus ``offset_``.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        decision : ndarray of shape (n_samples,)
            Negative for outliers.
        """
        return self.score_samples(X) - self.offset_

    def predict(self, X: Any) -> np.ndarray:
        """Label samples as inliers or outliers.

        Parameters
        ----------
        X : sequences, or array-like of shape (n_samples, n_features)
            As in :meth:`fit`.

        Returns
        -------
        labels : ndarray of int of shape (n_samples,)
            1 for inliers, -1 for outliers.
        """
        return np.where(self.decision_function(X) >= 0, 1, -1)

    def _distortions(self) -> list[Distortion]:
        if isinstance(self.distortions, str):
            return list(DISTORTIONS.values())
        unknown = [d for d in self.distortions if not callable(d) and d not in DISTORTIONS]
        if unknown or not self.distortions:
            raise ValueError(
                f"distortions={self.distortions!r} must hold one or more of {list(DISTORTIONS)}, "
                "or functions (sequence, other, random_state) -> sequence."
            )
        return [d if callable(d) else DISTORTIONS[d] for d in self.distortions]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
