"""Human movements and fair negatives to score a classifier on."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import column_or_1d

from ._sigma_lognormal_sampler import SigmaLognormalNegativeSampler


def make_evaluation_set(
    X: Any, y: Any = None, *, groups: Any = None, **params: Any
) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Return human movements, negatives made from them, and groups to split by.

    With human movements alone, the area under the ROC curve is not defined. This function adds
    negatives before the split; split by the groups that it returns, and each negative stays on one
    side with its source.

    Parameters
    ----------
    X : list of array-like of shape (n_points, 3) or (n_points, 4)
        Trajectories in any of the forms that :func:`extract_strokes` takes.
    y : array-like of shape (n_samples,) or None, default=None
        Labels; None if all rows are human.
    groups : array-like of shape (n_samples,) or None, default=None
        Group of each row, such as its writer; None makes every row a group.
    **params
        Parameters of :class:`SigmaLognormalNegativeSampler`, such as `n_negatives`, `strength`,
        `n_jobs` and `random_state`, but not `mode`.

    Returns
    -------
    X : list of ndarray of shape (n_points, 3) or (n_points, 4)
        The rows, in order, and after them the negatives.
    y : ndarray of shape (n_rows + n_negatives,)
        Their labels.
    groups : ndarray of shape (n_rows + n_negatives,)
        Group of each row; a negative is in its source's group. Split by them, for example with
        :class:`~sklearn.model_selection.StratifiedGroupKFold`.

    Raises
    ------
    ValueError, TypeError
        If the input is malformed: the message names it and the remedy.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.negatives import make_evaluation_set
    >>> from sklearn_ffrnn.sigma_lognormal import position
    >>> t = np.arange(0.0, 600.0, 10.0)
    >>> X = [
    ...     np.column_stack([position([[length, 0, 5, 0.2, 0, 1]], t).round(), t])
    ...     for length in (200, 300, 400)
    ... ]
    >>> X, y, groups = make_evaluation_set(X, random_state=0)
    >>> len(X), y, groups
    (6, array([1, 1, 1, 0, 0, 0]), array([0, 1, 2, 0, 1, 2]))
    """
    sampler = SigmaLognormalNegativeSampler(mode="resample", **params)
    if groups is not None:
        groups = column_or_1d(groups)
        if len(groups) != len(X):
            raise ValueError(
                f"groups has {len(groups)} entries for the {len(X)} trajectories of X; give one "
                "for each."
            )
    both, y = sampler.fit_resample(X, y)
    own = np.arange(len(both) - sampler.n_negatives_) if groups is None else groups
    return both, y, np.concatenate([own, own[sampler.source_]])
