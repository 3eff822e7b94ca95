"""A report on whether the recording alone gives the classes of a data set away."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student_t
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_score
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params
from sklearn.utils.validation import check_consistent_length, column_or_1d

from .._input import SequenceBatch, check_trajectories
from ._recording_families import FAMILIES

_TOLERANCE = 0.05  # an AUC this close to 0.5 is of no use to a model
_MAX_SAMPLES_PER_TREE = 1000  # keeps the forests' time in proportion to the number of samples


@validate_params(
    {
        "y": ["array-like"],
        "groups": ["array-like", None],
        "cv": ["cv_object"],
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def recording_artefacts(
    X: Any,
    y: Any,
    groups: Any = None,
    *,
    cv: Any = 5,
    n_estimators: int = 100,
    n_jobs: int | None = None,
    random_state: Any = None,
) -> pd.DataFrame:
    """Tell whether the recording alone, not the movement, gives away the class of trajectories.

    Human and synthetic trajectories often differ in properties that a model should not learn: the
    clock runs evenly in one class, coordinates are whole numbers in one class, one class starts
    from rest. A model trained on them scores well and learns nothing about people. For each such
    family of features, a random forest that sees only this family is cross-validated; its area
    under the ROC curve (AUC) should be near 0.5.

    Parameters
    ----------
    X : list of array-like of shape (n_points, 3) or (n_points, 4)
        Trajectories with columns x, y, t and optionally stroke_id; DataFrames with those columns, a
        Series or object array of either, or a three-dimensional array padded with NaN rows. Time
        may run backwards here, because that is an artefact to report. The negatives of a
        SequenceBatch are added as rows with the batch's ``negative_label``, in the group of their
        source.
    y : array-like of shape (n_samples,)
        Labels of two classes.
    groups : array-like of shape (n_samples,) or None, default=None
        Trajectories of one group stay on one side of every split. Put a synthetic trajectory in
        one group with the human one that it was made from; see Notes for what happens otherwise.
    cv : int or cross-validation splitter, default=5
        Number of folds: stratified by class and shuffled, and by group where there are groups.
    n_estimators : int, default=100
        Trees of each forest.
    n_jobs : int or None, default=None
        Folds to fit at the same time. The result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seeds the folds and the forests. Pass an int for the same report on every call.

    Returns
    -------
    report : DataFrame
        One row for each family, "clock", "lattice", "duplicate points", "start/end at rest",
        "length" and "zero steps" (points that share a time stamp), with columns

        - ``auc``: mean over folds of the AUC of the forest that sees this family alone;
        - ``standard_error``: of that mean, from the scatter between folds;
        - ``told_apart``: True where the AUC is significantly above 0.55 (one-sided t-test over the
          folds at 5 %) and above 0.5 (at 1 %);
        - ``verdict``: the same in words;
        - ``telling_feature``: the one feature that separates the classes best on its own, and
          ``mean_<label>`` for each class, its mean.

    Raises
    ------
    TypeError, ValueError
        If a trajectory is malformed, `y` has not two classes, or a class comes from fewer groups
        than there are folds: the message says what to do.

    Notes
    -----
    Only an AUC above 0.5 counts. A synthetic trajectory with exactly its source's clock has exactly
    its source's features: with both in one fold the AUC is 0.5 to the last digit, with one in
    training and one under test a forest recalls the features with the other label and the AUC falls
    far below 0.5. So an AUC near 0 means that pairs were split between training and test, not that
    the classes differ; the verdict then asks for `groups`.

    To find whether the synthetic class as a whole differs, and not only each from its source, take
    human trajectories of some sources and synthetic ones of others.

    Coordinates are compared with lattices to single precision. Pairs that differ in their movement
    also differ a little in the speed at their ends and in repeated positions.

    Examples
    --------
    The same movements at an even clock and at one with jitter:

    >>> import numpy as np
    >>> from sklearn_ffrnn.inspection import recording_artefacts
    >>> rng = np.random.default_rng(0)
    >>> def movement(jitter):
    ...     t = np.cumsum(10.0 + rng.integers(-jitter, jitter + 1, size=30))
    ...     return np.column_stack([rng.integers(0, 500, size=(30, 2)), t])
    >>> X = [movement(jitter) for jitter in [0, 4] * 60]
    >>> report = recording_artefacts(X, ["machine", "human"] * 60, cv=3, random_state=0)
    >>> report.loc[["clock", "lattice"], "verdict"].to_list()
    ['gives the class away', 'nothing to see']
    >>> report.loc["clock", "telling_feature"]
    'share of steps like the median'
    """
    X, y, groups = _with_negatives(X, y, groups)
    trajectories = check_trajectories(X, min_points=1, allow_backwards=True)
    y, groups = _check_labels(trajectories, y, groups)
    rng = check_random_state(random_state)
    folds = _folds(cv, y, groups, rng)
    forest = RandomForestClassifier(
        n_estimators,
        max_samples=min(_MAX_SAMPLES_PER_TREE, min(len(train) for train, _ in folds)),
        random_state=rng.randint(np.iinfo(np.int32).max),
    )
    rows = {}
    for name, family in FAMILIES.items():
        features = pd.DataFrame([family(trajectory) for trajectory in trajectories])
        aucs = cross_val_score(
            forest, features.to_numpy(), y, cv=folds, scoring="roc_auc", n_jobs=n_jobs
        )
        rows[name] = _row(aucs, features, y, grouped=groups is not None)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("artefact")


def _with_negatives(X: Any, y: Any, groups: Any) -> tuple[Any, Any, Any]:
    """Turn a SequenceBatch into rows and negatives, one after the other."""
    if not isinstance(X, SequenceBatch):
        return X, y, groups
    rows = np.arange(len(X)) if groups is None else np.asarray(groups)
    check_consistent_length(X.rows, y, rows)
    labels = [*np.asarray(y), *[X.negative_label] * len(X.negatives)]
    return [*X.rows, *X.negatives], labels, np.concatenate([rows, rows[X.source]])


def _check_labels(trajectories: Any, y: Any, groups: Any) -> tuple[np.ndarray, Any]:
    y = column_or_1d(y)
    groups = None if groups is None else column_or_1d(groups)
    for name, column in (("y", y), ("groups", groups)):
        if column is not None and len(column) != len(trajectories):
            raise ValueError(
                f"{name} has {len(column)} entries for the {len(trajectories)} trajectories of X; "
                "give one for each."
            )
    classes = np.unique(y)
    if len(classes) != 2:
        raise ValueError(
            f"y has {len(classes)} class(es), {classes.tolist()[:5]}; the report compares two. "
            "Select two classes, or make negatives first if all are human."
        )
    return y, groups


def _folds(cv: Any, y: np.ndarray, groups: Any, rng: Any) -> list[tuple[Any, Any]]:
    """Return the train and test positions of each fold, with both classes in each."""
    n_folds = 5 if cv is None else cv
    if isinstance(n_folds, (int, np.integer)):
        what = "trajectories" if groups is None else "groups"
        for label in np.unique(y):
            kin = np.flatnonzero(y == label) if groups is None else np.unique(groups[y == label])
            if len(kin) < n_folds:
                raise ValueError(
                    f"class {label!s} comes from {len(kin)} {what}, fewer than the {n_folds} "
                    f"folds; pass a smaller cv, or more {what}."
                )
        kind = StratifiedKFold if groups is None else StratifiedGroupKFold
        cv = kind(int(n_folds), shuffle=True, random_state=rng)
    splits = cv.split(np.zeros(len(y)), y, groups) if hasattr(cv, "split") else cv
    folds = list(splits)
    for i, fold in enumerate(folds):
        for part, positions in zip(("training", "test"), fold, strict=True):
            if len(np.unique(y[positions])) < 2:
                raise ValueError(
                    f"the {part} part of fold {i} holds one class only; pass a smaller cv, or "
                    "groups that hold both classes."
                )
    return folds


def _row(
    aucs: np.ndarray, features: pd.DataFrame, y: np.ndarray, *, grouped: bool
) -> dict[str, Any]:
    n_folds = len(aucs)
    auc = float(aucs.mean())
    error = float(aucs.std(ddof=1) / np.sqrt(n_folds)) if n_folds > 1 else np.nan
    quantiles = student_t.ppf(np.array([0.95, 0.99]), n_folds - 1)
    likely, sure = error * quantiles if n_folds > 1 else (0.0, 0.0)
    told_apart = auc - 0.5 > max(_TOLERANCE + likely, sure)
    telling: str = max(features.columns, key=lambda name: _separation(features[str(name)], y))
    return {
        "auc": auc,
        "standard_error": error,
        "told_apart": told_apart,
        "verdict": _verdict(auc, told_apart, below=0.5 - auc > max(0.1, sure), grouped=grouped),
        "telling_feature": telling,
        **{f"mean_{label}": features.loc[y == label, telling].mean() for label in np.unique(y)},
    }


def _verdict(auc: float, told_apart: bool, *, below: bool, grouped: bool) -> str:
    if told_apart:
        return "gives the class away" if auc >= 0.9 else "helps to tell the classes apart"
    if auc - 0.5 > _TOLERANCE:
        return "perhaps a trace, too little data to say"
    if below and grouped:
        return "below chance: what holds in some groups is reversed in others"
    if below:
        return "below chance: pass groups, to keep sources and copies together"
    return "nothing to see"


def _separation(feature: pd.Series, y: np.ndarray) -> float:
    """Return how far from 0.5 the AUC of one feature is; missing values count as the lowest."""
    return abs(float(roc_auc_score(y, feature.rank(na_option="top"))) - 0.5)
