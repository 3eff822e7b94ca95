"""SigmaLognormalTransformer: from trajectories to kinematic features of fixed length."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils.validation import check_is_fitted

from .._input import (
    check_input_features,
    check_n_columns,
    check_trajectories,
    warn_about_jumps,
)
from ._extract import EXTRACTION_CONSTRAINTS, extract_strokes
from ._features import FEATURE_NAMES, plan_features


class SigmaLognormalTransformer(TransformerMixin, BaseEstimator):
    """Describe each movement by features of its strokes, the same number for every movement.

    The features are the number of strokes and of parts, the duration, strokes per second, the
    quality of the reconstruction (SNR of velocity and position, in dB), both also divided by the
    number of strokes, and mean, standard deviation, 10%, 50% and 90% quantiles of

    - ``length`` D, ``mu``, ``sigma``, ``width`` (sigma exp(mu)), ``peak_speed`` and
      ``direction_change`` (theta_e - theta_s) of the strokes,
    - ``interval`` (between the strokes' medians in time) and ``turn`` (from the end of one stroke
      to the start of the next, wrapped to half a turn) of neighbouring strokes.

    Times are in seconds, whatever the unit of t. SNR over the number of strokes and the strokes'
    parameters are known biomarkers of motor control.

    Parameters
    ----------
    n_jobs : int or None, default=None
        Number of processes; features do not depend on it.
    smoothing : float, default=12.0
        Standard deviation of the Gaussian filter on the positions, in milliseconds.
    target_snr : float, default=25.0
        Quality, in dB, above which no strokes are added.
    max_strokes_per_second : float, default=14.0
        Largest number of strokes per second of movement.
    time_unit : {"s", "ms", "us", "ns"}, default="ms"
        Unit of t.
    max_iter : int, default=4
        How many times strokes are added.
    on_error : {"warn", "raise", "skip"}, default="warn"
        As in :func:`extract_strokes`. A movement without strokes has NaN in all features but the
        counts and the duration; one with a single stroke has NaN in those of neighbouring strokes.
    verbose : int, default=0
        Show a progress bar if not 0.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of a trajectory, 3 or 4.

    See Also
    --------
    extract_strokes : The strokes themselves.

    References
    ----------
    O'Reilly, C., & Plamondon, R. (2009). Development of a Sigma-Lognormal representation for
    on-line signatures. Pattern Recognition 42, 3324-3337.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.sigma_lognormal import SigmaLognormalTransformer, position
    >>> t = np.arange(0.0, 800.0, 10.0)
    >>> x, y = position([[100, 0, 5.3, 0.25, 0, 1], [60, 350, 5.3, 0.25, -1, -1.5]], t).T
    >>> features = SigmaLognormalTransformer().set_output(transform="pandas")
    >>> table = features.fit_transform([np.column_stack([x, y, t])])
    >>> table[["n_strokes", "length_mean", "interval_mean"]].round(2)
       n_strokes  length_mean  interval_mean
    0        2.0        79.71           0.35
    """

    _parameter_constraints: dict[str, list[Any]] = {**EXTRACTION_CONSTRAINTS}

    def __init__(
        self,
        *,
        n_jobs: int | None = None,
        smoothing: float = 12.0,
        target_snr: float = 25.0,
        max_strokes_per_second: float = 14.0,
        time_unit: str = "ms",
        max_iter: int = 4,
        on_error: str = "warn",
        verbose: int = 0,
    ) -> None:
        self.n_jobs = n_jobs
        self.smoothing = smoothing
        self.target_snr = target_snr
        self.max_strokes_per_second = max_strokes_per_second
        self.time_unit = time_unit
        self.max_iter = max_iter
        self.on_error = on_error
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> SigmaLognormalTransformer:
        """Check the trajectories; there is nothing to learn.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Trajectories in any of the forms that :func:`extract_strokes` takes.
        y : None
            Ignored.

        Returns
        -------
        self : SigmaLognormalTransformer
            The transformer.

        Raises
        ------
        ValueError, TypeError
            If a trajectory is malformed: the message names it and the remedy.
        """
        self.n_features_in_ = check_trajectories(X, min_points=1)[0].shape[1]
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the features of each trajectory.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            As in :meth:`fit`.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features_out)
            One row per trajectory, in order.
        """
        check_is_fitted(self)
        trajectories = check_trajectories(X, min_points=1)
        check_n_columns(self, trajectories[0].shape[1])
        warn_about_jumps(trajectories)
        plans = extract_strokes(trajectories, **self.get_params(deep=False))
        return np.stack([plan_features(plan) for plan in plans])

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the features.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns of a trajectory; only their number is checked.

        Returns
        -------
        names : ndarray of str
            Such as "n_strokes" and "sigma_median".
        """
        check_is_fitted(self)
        check_input_features(self, input_features)
        return np.asarray(FEATURE_NAMES, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        tags.requires_fit = True
        return tags
