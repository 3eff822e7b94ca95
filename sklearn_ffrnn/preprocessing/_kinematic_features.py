"""KinematicFeatures: from trajectories to a table of features of how a movement goes."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted

from .._input import (
    SequenceBatch,
    check_input_features,
    check_n_columns,
    check_trajectories,
    warn_about_jumps,
)
from ._feature_table import FEATURES, GROUPS, USUAL_GROUPS, Feature
from ._kinematics import kinematics


class KinematicFeatures(TransformerMixin, BaseEstimator):
    """Describe each movement by some sixty numbers: how long, how fast, how smooth, how straight.

    The result is a plain table for any classifier or outlier detector of scikit-learn. Every
    movement is put on one even clock first, so that time stamps, their jitter and steps of zero
    tell nothing; speeds are relative to the movement's own mean, but for that mean itself.

    They are the global features of BeCAPTCHA-Mouse [1]_ and the usual ones of mouse dynamics
    ([2]_, [3]_), laws of human movement ([4]_, [5]_), measures of smoothness [6]_, and spectra,
    memory and tremor, which are this package's own. The neuromotor features of [1]_ are those of
    :class:`~sklearn_ffrnn.sigma_lognormal.SigmaLognormalTransformer`.

    Parameters
    ----------
    period : float, default=10.0
        Period of the even clock, in milliseconds. Take the coarsest of the recorders that are to
        be compared.
    groups : sequence of str or None, default=None
        Groups of features: "extent", "speed", "derivatives", "path", "spectrum", "memory",
        "residual" and "direction". None is all but "direction", for where a movement points tells
        of the page on the screen, not of who moves.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of a trajectory, 3 or 4.

    See Also
    --------
    VelocityTransformer : The movement itself, for the networks.
    sklearn_ffrnn.sigma_lognormal.SigmaLognormalTransformer : Features of the strokes.

    Notes
    -----
    Times t are in milliseconds. A feature that a movement does not have is NaN: correlations of a
    movement that keeps one speed, for example, and all but the duration where nothing moves.
    ``HistGradientBoostingClassifier``, random forests and ``IsolationForest`` take NaN as it is.

    References
    ----------
    .. [1] A. Acien, A. Morales, J. Fierrez and R. Vera-Rodriguez, "BeCAPTCHA-Mouse: Synthetic mouse
       trajectories and improved bot detection", Pattern Recognition 127, 2022 (arXiv:2005.00890).
    .. [2] H. Gamboa and A. Fred, "A behavioral biometric system based on human-computer
       interaction", SPIE 5404, 2004.
    .. [3] M. Antal and E. Egyed-Zsigmond, "Intrusion detection using mouse dynamics", IET
       Biometrics 8(5), 2019 (arXiv:1810.04668).
    .. [4] P. M. Fitts, "The information capacity of the human motor system in controlling the
       amplitude of movement", Journal of Experimental Psychology 47(6), 1954.
    .. [5] P. Viviani and T. Flash, "Minimum-jerk, two-thirds power law, and isochrony", Journal of
       Experimental Psychology: Human Perception and Performance 21(1), 1995.
    .. [6] S. Balasubramanian, A. Melendez-Calderon, A. Roby-Brami and E. Burdet, "On the analysis
       of movement smoothness", Journal of NeuroEngineering and Rehabilitation 12, 2015.

    Examples
    --------
    Outliers among movements, from people alone:

    >>> from sklearn.ensemble import IsolationForest
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_ffrnn.datasets import load_mouse_movements
    >>> from sklearn_ffrnn.preprocessing import KinematicFeatures
    >>> human = load_mouse_movements().data[:200]
    >>> detector = make_pipeline(KinematicFeatures(), IsolationForest(random_state=0)).fit(human)

    >>> features = KinematicFeatures(groups=["extent"]).set_output(transform="pandas")
    >>> table = features.fit_transform([[[0, 0, 0], [30, 40, 100], [60, 80, 200]]])
    >>> table[["duration", "mean_speed", "straightness"]].round(2)
       duration  mean_speed  straightness
    0       0.2         0.5           1.0
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "period": [Interval(Real, 0, None, closed="neither")],
        "groups": [list, tuple, None],
    }

    def __init__(self, period: float = 10.0, *, groups: Sequence[str] | None = None) -> None:
        self.period = period
        self.groups = groups

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> KinematicFeatures:
        """Check the trajectories; there is nothing to learn.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories with columns x, y, t, and stroke_id, which is not used; DataFrames with
            those columns, a Series or object array of either, a three-dimensional array padded
            with NaN rows, or a SequenceBatch.
        y : None
            Ignored.

        Returns
        -------
        self : KinematicFeatures
            The transformer.

        Raises
        ------
        ValueError, TypeError
            If a trajectory is malformed: the message names it and the remedy.
        """
        self._chosen()
        self.n_features_in_ = check_trajectories(X)[0].shape[1]
        return self

    def transform(self, X: Any) -> Any:
        """Return the features of each trajectory.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features_out) or SequenceBatch
            One row a trajectory, in order; of a SequenceBatch the negatives too.

        Warns
        -----
        UserWarning
            If points are no positions, as in :class:`~sklearn_ffrnn.VelocityTransformer`.
        """
        check_is_fitted(self)
        if isinstance(X, SequenceBatch):  # whoever made the batch has warned
            negatives: Any = self._table(X.negatives, "X.negatives") if len(X.negatives) else []
            return X.replace(self._table(X.rows, "X"), negatives)
        return self._table(X, "X", warn=True)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the features.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns of a trajectory; only their number is checked.

        Returns
        -------
        names : ndarray of str
            Such as "duration" and "speed_q95".
        """
        check_is_fitted(self)
        check_input_features(self, input_features)
        return np.asarray([feature.name for feature in self._chosen()], dtype=object)

    def describe(self) -> pd.DataFrame:
        """Return what the features are.

        Returns
        -------
        table : DataFrame
            One row a feature, indexed by its name, with columns group, unit ("length" is the unit
            of x and y), meaning and source (see the references).
        """
        return pd.DataFrame(self._chosen()).set_index("name")

    def _chosen(self) -> list[Feature]:
        groups = USUAL_GROUPS if self.groups is None else self.groups
        unknown = [group for group in groups if group not in GROUPS]
        if unknown or not len(groups):
            raise ValueError(
                f"groups={self.groups!r} must name some of {list(GROUPS)}, or be None."
            )
        return [feature for feature in FEATURES if feature.group in groups]

    def _table(self, X: Any, name: str, *, warn: bool = False) -> np.ndarray:
        trajectories = check_trajectories(X, name=name)
        check_n_columns(self, trajectories[0].shape[1], name=name)
        if warn:
            warn_about_jumps(trajectories, name=name, stacklevel=5)
        names = [feature.name for feature in self._chosen()]
        return kinematics(trajectories, self.period, names)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        tags.requires_fit = True
        return tags
