"""Leave one recorder out: how many of its people a detector keeps that has not seen it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.utils.validation import column_or_1d, has_fit_parameter

from .._input import check_trajectories


def leave_one_recorder_out(
    detector: Any, X: Any, recorders: Any, machines: Any = None
) -> pd.DataFrame:
    """Fit a detector without the people of each recorder in turn, and judge these.

    A detector that holds on held-out people of its own recorders may still take those behind
    another one for machines. Choose between settings by the worst row of this table.

    Parameters
    ----------
    detector : estimator
        Detector of outliers that learns from people's movements, such as
        :class:`~sklearn_ffrnn.HumanMovementDetector` or a pipeline of
        :class:`~sklearn_ffrnn.KinematicFeatures` and ``IsolationForest``. It is cloned, and told
        the recorders that are left if its ``fit`` takes `groups`.
    X : list of array-like of shape (n_points, 3) or (n_points, 4)
        Movements of people.
    recorders : array-like of shape (n_samples,)
        Recorder of each: device, data set, or whatever one model should hold across.
    machines : list of array-like or None, default=None
        Movements of machines, to rank people against.

    Returns
    -------
    table : DataFrame
        One row for each recorder, with columns n (people), judged (share of them whose score is
        not NaN), kept (share of those that ``predict`` calls people) and, with `machines`, auc
        (area under the ROC curve of those against the machines that can be judged) and caught
        (share of these that ``predict`` calls machines).

    Raises
    ------
    ValueError, TypeError
        If the input is malformed, or there is only one recorder.

    Examples
    --------
    >>> from sklearn.ensemble import IsolationForest
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_ffrnn import KinematicFeatures
    >>> from sklearn_ffrnn.datasets import load_mouse_movements
    >>> from sklearn_ffrnn.inspection import leave_one_recorder_out
    >>> import numpy as np
    >>> X = load_mouse_movements().data[:200]
    >>> fast = [float(np.median(np.diff(x[:, 2]))) < 12 for x in X]
    >>> forest = IsolationForest(contamination=0.1, random_state=0)
    >>> table = leave_one_recorder_out(make_pipeline(KinematicFeatures(), forest), X, fast)
    >>> table.columns.tolist(), table.index.tolist()
    (['n', 'judged', 'kept'], [False, True])
    """
    rows = check_trajectories(X)
    recorders = column_or_1d(recorders)
    if len(recorders) != len(rows):
        raise ValueError(
            f"recorders has {len(recorders)} entries for the {len(rows)} movements of X; give one "
            "for each."
        )
    names = np.unique(recorders)
    if len(names) < 2:
        raise ValueError(f"recorders names {names.tolist()} alone; two or more are compared.")
    return pd.DataFrame(
        {name: _judge(detector, rows, recorders, name, machines) for name in names.tolist()}
    ).T.astype({"n": int})


def _judge(
    detector: Any, rows: list[np.ndarray], recorders: np.ndarray, left_out: Any, machines: Any
) -> dict[str, float]:
    """Return the row of one recorder."""
    others = np.flatnonzero(recorders != left_out)
    told = {"groups": recorders[others]} if has_fit_parameter(detector, "groups") else {}
    fitted = clone(detector).fit([rows[i] for i in others], **told)
    people = [rows[i] for i in np.flatnonzero(recorders == left_out)]
    scores, kept = _verdicts(fitted, people)
    row = {"n": len(people), "judged": len(scores) / len(people), "kept": _share(kept)}
    if machines is not None:
        theirs, taken = _verdicts(fitted, machines)
        y = np.repeat([1, 0], [len(scores), len(theirs)])
        both = len(scores) and len(theirs)
        row["auc"] = roc_auc_score(y, np.concatenate([scores, theirs])) if both else np.nan
        row["caught"] = _share(~taken)
    return row


def _verdicts(fitted: Any, movements: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return scores, and whether people are seen, of what can be judged."""
    scores = np.asarray(fitted.score_samples(movements))
    judged = ~np.isnan(scores)
    return scores[judged], np.asarray(fitted.predict(movements))[judged] == 1


def _share(true: np.ndarray) -> float:
    return float(np.mean(true)) if len(true) else np.nan
