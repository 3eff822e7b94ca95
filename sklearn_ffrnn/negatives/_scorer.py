"""A scorer for human data alone: it makes the negatives of each test fold."""

from __future__ import annotations

from copy import deepcopy
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.metrics import get_scorer, get_scorer_names
from sklearn.utils._param_validation import Interval, StrOptions, validate_params
from sklearn.utils.metadata_routing import get_routing_for_object

from ._base_sampler import BaseNegativeSampler


class NegativesScorer:
    """Scorer that :func:`make_negatives_scorer` returns."""

    def __init__(self, scorer: Any, sampler: BaseNegativeSampler | None, random_state: int) -> None:
        self._scorer = scorer
        self._sampler = sampler
        self._random_state = random_state

    def __call__(
        self, estimator: Any, X: Any, y: Any = None, *, sample_weight: Any = None
    ) -> float:
        """Return the score of a fitted estimator on rows and on negatives made from them.

        Parameters
        ----------
        estimator : object
            A fitted classifier or outlier detector.
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories that it was not fitted on.
        y : array-like of shape (n_samples,) or None, default=None
            Labels; None if all rows are human.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            Weight of each row; a negative has the weight of its source.

        Returns
        -------
        score : float
            Higher is better.
        """
        sampler = clone(_sampler_of(estimator) if self._sampler is None else self._sampler)
        sampler.set_params(mode="resample", random_state=self._random_state)
        both, labels = sampler.fit_resample(X, y)
        if sample_weight is None:
            return float(self._scorer(estimator, both, labels))
        weight = np.asarray(sample_weight)
        weight = np.concatenate([weight, weight[sampler.source_]])
        return float(self._scorer(estimator, both, labels, sample_weight=weight))

    def set_score_request(self, **requests: Any) -> NegativesScorer:
        """Request metadata for the scorer, if metadata routing is enabled.

        Parameters
        ----------
        **requests : bool, str or None
            As for scikit-learn's scorers: ``sample_weight=True``.

        Returns
        -------
        self : NegativesScorer
            The scorer.
        """
        self._scorer.set_score_request(**requests)
        return self

    def get_metadata_routing(self) -> Any:
        """Return the metadata that the scorer requests.

        Returns
        -------
        routing : MetadataRequest
            Routing of the scorer that scores rows and negatives.
        """
        return get_routing_for_object(self._scorer)

    def _accept_sample_weight(self) -> bool:
        """Tell scikit-learn's searches whether weights of rows may be passed."""
        accepts = getattr(self._scorer, "_accept_sample_weight", None)
        return bool(accepts is not None and accepts())

    def __repr__(self) -> str:
        return (
            f"make_negatives_scorer({self._scorer!r}, sampler={self._sampler!r}, "
            f"random_state={self._random_state})"
        )


@validate_params(
    {
        "scoring": [StrOptions(set(get_scorer_names())), callable],
        "sampler": [BaseNegativeSampler, None],
        "random_state": [Interval(Integral, 0, 2**32 - 1, closed="both")],
    },
    prefer_skip_nested_validation=True,
)
def make_negatives_scorer(
    scoring: Any = "roc_auc", *, sampler: Any = None, random_state: int = 0
) -> NegativesScorer:
    """Return a scorer that makes negatives of the rows it is to score on.

    With human data only, a test fold has one class, and the area under the ROC curve is not
    defined. This scorer makes the other class of the test fold, never of training rows, and scores
    how well the fitted model tells the two apart. Pass it as ``scoring=`` to
    :func:`~sklearn.model_selection.cross_val_score`, :class:`~sklearn.model_selection.GridSearchCV`
    and the like.

    Parameters
    ----------
    scoring : str or callable, default="roc_auc"
        Score of rows and negatives together: a name that scikit-learn knows, or a scorer
        ``scoring(estimator, X, y)``.
    sampler : SigmaLognormalNegativeSampler, MixedNegativeSampler or None, default=None
        Makes the negatives; its `mode` and `random_state` are ignored. None takes the sampler in
        the pipeline that is scored. Pass one to search over parameters of the pipeline's sampler
        (see Notes), to score on negatives of another kind than in training, or if the pipeline has
        none.
    random_state : int, default=0
        Seeds the negatives, in place of the sampler's own.

    Returns
    -------
    scorer : callable
        ``scorer(estimator, X, y=None, sample_weight=None)`` returns a float, the higher the
        better. It can be pickled, so that it works with ``n_jobs``.

    Raises
    ------
    ValueError
        If a parameter is not allowed; when called, if no sampler was passed and the estimator has
        none, or several.

    See Also
    --------
    sklearn_ffrnn.negatives.make_evaluation_set : Makes negatives before the split.

    Notes
    -----
    Negatives depend on three things alone: the rows of the fold, the sampler's parameters, and
    `random_state`. So all candidates of a search are scored on the same negatives, fold by fold, in
    every process and on every call, as long as their samplers have the same parameters. If the
    search varies these parameters, such as `strength`, each candidate would be scored on negatives
    of its own kind, and the one with the easiest negatives would win. Pass `sampler` then: all
    candidates are scored on its negatives, and the search finds the best parameters to train with.

    Each negative shares the clock and the tremor of its source (see
    :func:`~sklearn_ffrnn.sigma_lognormal.synthesize`), so split by writer if you know who made the
    movements: pass ``groups``, with :class:`~sklearn.model_selection.GroupKFold`.

    An outlier detector labels outliers -1: to score one, pass a sampler with ``negative_label=-1``.

    Examples
    --------
    >>> from sklearn.model_selection import cross_val_score
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
    >>> from sklearn_ffrnn import SigmaLognormalNegativeSampler
    >>> from sklearn_ffrnn.datasets import load_mouse_movements
    >>> from sklearn_ffrnn.negatives import make_negatives_scorer
    >>> human = load_mouse_movements().data[:60]
    >>> model = make_pipeline(
    ...     SigmaLognormalNegativeSampler(strength=8.0, random_state=0),
    ...     VelocityTransformer(),
    ...     FFRNNClassifier((32, 32), max_iter=30, random_state=0),
    ... )
    >>> auc = cross_val_score(model, human, scoring=make_negatives_scorer(), cv=2)
    >>> bool(auc.mean() > 0.7)
    True
    """
    return NegativesScorer(deepcopy(get_scorer(scoring)), sampler, random_state)


def _sampler_of(estimator: Any) -> BaseNegativeSampler:
    """Return the only sampler of negatives in an estimator, at any depth."""
    params = estimator.get_params() if hasattr(estimator, "get_params") else {}
    samplers = [value for value in params.values() if isinstance(value, BaseNegativeSampler)]
    if len(samplers) != 1:
        raise ValueError(
            f"{type(estimator).__name__} has {len(samplers)} samplers of negatives, but the "
            "scorer needs exactly one; pass make_negatives_scorer(sampler=...)."
        )
    return samplers[0]
