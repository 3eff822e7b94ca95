"""The transformer from trajectories to velocity sequences."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn import get_config
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._input import (
    TRAJECTORY_COLUMNS,
    SequenceBatch,
    check_input_features,
    check_n_columns,
    check_trajectories,
    warn_about_jumps,
)
from .._recording import find_lattice
from .._typing import FloatArray
from ._equal_lengths import of_equal_length
from ._intrinsic import NAMES, PACED_NAMES, intrinsic, paced
from ._recorders import usual_interval
from ._velocity import Moments, divisor, merge_equal_times, resample_uniformly, velocity, z_score

COARSE = 3.0  # periods of the clock; points farther apart leave it little to go by
LARGEST = float(np.finfo(np.float32).max)
CHANNELS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "velocity": lambda steps: steps,
    "intrinsic": intrinsic,
    "paced": paced,
}
CHANNEL_NAMES = {
    "velocity": tuple(f"velocity_{c}" for c in TRAJECTORY_COLUMNS[:2]),
    "intrinsic": NAMES,
    "paced": PACED_NAMES,
}


class VelocityTransformer(  # type: ignore[call-arg]  # scikit-learn's keyword, untyped
    TransformerMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Turn trajectories of any length into velocity sequences.

    ``v_i = (p_{i+1} - p_i) / (t_{i+1} - t_i)``, in the units of the data. Points that share a time
    stamp are merged into the last of them first. The order is: merge, resample, differentiate,
    turn into channels, cut, scale, pad.

    Parameters
    ----------
    resample : float or None, default=None
        Period, in the time unit of the data, of a uniform clock to interpolate to. The sampling
        rate and jitter of the clock alone often tell recordings from synthetic data: resample both,
        so that a model learns from the movement.
    keep_lattice : bool, default=False
        Whether resampled positions are rounded to the lattice that the recording lies on, as a
        recorder with that clock would have done. Without it, interpolated positions are smoother
        than recorded ones.
    channels : {"velocity", "intrinsic", "paced"}, default="velocity"
        "velocity" is along x and y, in the units of the data. "intrinsic" has five channels that
        depend neither on the unit of length nor on the direction of a movement: the logarithm of
        the speed relative to the movement's own mean, cosine and sine of the angle turned since the
        step before, and the third difference of position along and across the heading, relative to
        the local speed. They need equal time steps: set `resample`. "paced" adds the logarithm of
        the speed itself, in units of the data per unit of t: without it a movement looks the same
        at any pace.
    max_length : int, "mean" or None, default=None
        Largest number of steps; later ones are cut. "mean" is the rounded mean length of the
        training set, as in the study; :meth:`partial_fit` does not support it. Shorter sequences
        are padded with NaN to this length or, if it is None, to the longest of the batch.
    scale : {"dataset", "sequence"} or None, default="dataset"
        "dataset" subtracts the mean and divides by the deviation of each channel over all steps of
        the training set, which keeps differences of speed between movements. "sequence" does so
        within each sequence, over all channels together, which removes them. None keeps the units.

    Attributes
    ----------
    n_features_in_ : int
        Columns of a trajectory: 3, or 4 with a column stroke_id.
    max_length_ : int or None
        Most steps of a sequence.
    mean_, var_, scale_ : ndarray of shape (n_channels,)
        Mean, variance and divisor of each channel; only with ``scale="dataset"``.
    n_steps_seen_ : int
        Number of steps that these are computed from; only with ``scale="dataset"``.

    See Also
    --------
    FFRNNClassifier : Learns from the output.

    Notes
    -----
    A :class:`SequenceBatch` keeps the negatives that it carries: they are transformed like its
    rows, and the statistics are computed from the rows alone.

    With ``set_output(transform="pandas")`` the result is a Series of DataFrames, one per sequence.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn import VelocityTransformer
    >>> X = [np.array([[0, 0, 0], [3, 4, 10], [6, 8, 20]]), np.array([[0, 0, 0], [0, 5, 10]])]
    >>> VelocityTransformer(scale=None).fit_transform(X)
    array([[[0.3, 0.4],
            [0.3, 0.4]],
           [[0. , 0.5],
            [nan, nan]]], dtype=float32)
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "resample": [Interval(Real, 0, None, closed="neither"), None],
        "keep_lattice": ["boolean"],
        "channels": [StrOptions(set(CHANNELS))],
        "max_length": [Interval(Integral, 1, None, closed="left"), StrOptions({"mean"}), None],
        "scale": [StrOptions({"dataset", "sequence"}), None],
    }

    mean_: FloatArray
    var_: FloatArray
    n_steps_seen_: int

    def __init__(
        self,
        resample: float | None = None,
        *,
        keep_lattice: bool = False,
        channels: str = "velocity",
        max_length: int | str | None = None,
        scale: str | None = "dataset",
    ) -> None:
        self.resample = resample
        self.keep_lattice = keep_lattice
        self.channels = channels
        self.max_length = max_length
        self.scale = scale

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> VelocityTransformer:
        """Learn the common length and the scale.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3)
            Trajectories with columns x, y, t; DataFrames with those columns, a Series or object
            array of either, a three-dimensional array padded with NaN rows, or a SequenceBatch. In
            a DataFrame t may hold dates or durations: they become milliseconds.
        y : None
            Ignored.

        Returns
        -------
        self : VelocityTransformer
            The fitted transformer.

        Raises
        ------
        ValueError, TypeError
            If a trajectory is malformed: the message names it and the remedy.

        Warns
        -----
        UserWarning
            If points lie at a sentinel (65535, 32767, ...) far from all others, or a trajectory
            jumps by more than a screen within one tick of its clock; or if points are more than
            three times as far apart as the clock of `resample`. :meth:`transform` warns too. A
            SequenceBatch is not checked: the sampler that made it has done so.
        """
        self._learn(X, reset=True)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any = None) -> VelocityTransformer:
        """Learn the scale from one more part of a training set that memory can't hold.

        After all parts the statistics are those of :meth:`fit` on the whole, up to rounding. Go
        through all data with this method before you train a classifier on any of it, so that the
        classifier sees data of one scale.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3)
            As in :meth:`fit`.
        y : None
            Ignored.

        Returns
        -------
        self : VelocityTransformer
            The transformer.

        Raises
        ------
        ValueError, TypeError
            If a trajectory is malformed, or ``max_length="mean"``: the message says what to do.
        """
        if self.max_length == "mean":
            raise ValueError(
                "partial_fit does not support max_length='mean', which cuts by the mean of a whole "
                "training set before the statistics are taken. Set max_length to a number or None."
            )
        self._learn(X, reset=not hasattr(self, "n_features_in_"))
        return self

    def _learn(self, X: Any, *, reset: bool) -> list[np.ndarray]:
        """Learn from `X`, in addition to earlier parts unless `reset`; return its sequences."""
        trajectories = check_trajectories(X)
        if not isinstance(X, SequenceBatch):  # the sampler that made the batch has warned
            warn_about_jumps(trajectories, stacklevel=5)
            self._warn_if_coarse(trajectories, "X")
        n_columns = trajectories[0].shape[1]
        if not reset:
            check_n_columns(self, n_columns)
        sequences = self._velocities(trajectories, "X")
        self.n_features_in_ = n_columns
        self.max_length_: int | None
        if isinstance(self.max_length, str):  # "mean"
            self.max_length_ = max(1, round(float(np.mean([len(s) for s in sequences]))))
        else:
            self.max_length_ = self.max_length
        if self.scale == "dataset":
            moments = Moments.of(np.concatenate([s[: self.max_length_] for s in sequences]))
            if not reset and hasattr(self, "n_steps_seen_"):
                seen = Moments(self.n_steps_seen_, self.mean_, self.var_)
                moments = seen.merge(moments)
            self.n_steps_seen_, self.mean_, self.var_ = moments
            self.scale_ = divisor(self.mean_, self.var_)
        return sequences

    def transform(self, X: Any) -> Any:
        """Turn trajectories into velocity sequences.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3)
            As in :meth:`fit`.

        Returns
        -------
        sequences : ndarray of shape (n_samples, n_steps, n_channels), SequenceBatch or Series
            Channels, float32, padded with NaN rows at the end.
        """
        check_is_fitted(self)
        return self._convert(X, warn=not isinstance(X, SequenceBatch))

    @_fit_context(prefer_skip_nested_validation=True)
    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """Learn the common length and the scale, and turn the same trajectories into velocities.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3)
            As in :meth:`fit`.
        y : None
            Ignored.

        Returns
        -------
        sequences : ndarray of shape (n_samples, n_steps, n_channels), SequenceBatch or Series
            As from :meth:`transform`.
        """
        return self._in_container(X, self._scaled(self._learn(X, reset=True)))

    def _convert(self, X: Any, *, warn: bool) -> Any:
        return self._in_container(X, self._transform(X, "X", warn=warn))

    def _in_container(self, X: Any, rows: np.ndarray) -> Any:
        """Return the sequences of `X` in the requested container, of a batch the negatives' too."""
        if isinstance(X, SequenceBatch):
            negatives: Any = self._transform(X.negatives, "X.negatives") if len(X.negatives) else []
            return X.replace(rows, negatives)
        if self._wants_pandas():
            names = self.get_feature_names_out()
            frames = [pd.DataFrame(s[~np.isnan(s).all(axis=1)], columns=names) for s in rows]
            index = X.index if isinstance(X, pd.Series) else None
            return pd.Series(frames, index=index, dtype=object)
        return rows

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the channels.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns of a trajectory; only checked.

        Returns
        -------
        names : ndarray of str
            "velocity_x" and "velocity_y"; with ``channels="intrinsic"``, "log_speed", "turn_cos",
            "turn_sin", "jerk_along" and "jerk_across"; with "paced", "log_pace" too.
        """
        check_is_fitted(self)
        check_input_features(self, input_features)
        return np.asarray(CHANNEL_NAMES[self.channels], dtype=object)

    def set_output(self, *, transform: str | None = None) -> VelocityTransformer:
        """Choose the container of the output.

        Parameters
        ----------
        transform : {"default", "pandas"} or None, default=None
            "pandas" gives a Series of DataFrames; None keeps the current choice.

        Returns
        -------
        self : VelocityTransformer
            The transformer.
        """
        if transform not in (None, "default", "pandas"):
            raise ValueError(
                f"transform={transform!r}: sequences come as 'default' (an array padded with NaN "
                "rows) or 'pandas' (a Series of DataFrames)."
            )
        if transform is not None:
            # clone and Pipeline look for the choice under this name.
            self._sklearn_output_config = {"transform": transform}
        return self

    def _wants_pandas(self) -> bool:
        chosen = getattr(self, "_sklearn_output_config", {}).get("transform")
        return bool((chosen or get_config()["transform_output"]) == "pandas")

    def _warn_if_coarse(self, trajectories: list[np.ndarray], name: str) -> None:
        """Warn of movements whose points are so far apart that the clock invents most of them."""
        if self.resample is None:
            return
        coarse = [
            (i, interval)
            for i, trajectory in enumerate(trajectories)
            if (interval := usual_interval(trajectory)) > COARSE * self.resample
        ]
        if coarse:
            (first, interval), others = coarse[0], len(coarse) - 1
            warnings.warn(
                f"{name}[{first}] has a point every {interval:g}, far coarser than "
                f"resample={self.resample:g}, and so have {others} more: between its points the "
                "movement is made up of straight pieces, as a machine's would be. Set resample to "
                "about the coarsest interval, or leave such recordings out.",
                UserWarning,
                stacklevel=6,
            )

    def _velocities(self, trajectories: list[np.ndarray], name: str) -> list[np.ndarray]:
        sequences = []
        for i, trajectory in enumerate(trajectories):
            merged = merge_equal_times(trajectory)
            if len(merged) < 2:
                raise ValueError(
                    f"{name}[{i}] has a single time stamp, {trajectory[0, 2]:g}, so it has no "
                    "velocity; drop it, and its label."
                )
            if self.resample is not None:
                merged = resample_uniformly(merged, self.resample)
                if self.keep_lattice:
                    merged[:, :2] = find_lattice(trajectory[:, :2]).snap(merged[:, :2])
            with np.errstate(over="ignore"):
                sequence = velocity(merged)
            if np.abs(sequence).max() > LARGEST:
                raise ValueError(
                    f"{name}[{i}] has a velocity of {np.abs(sequence).max():g}, too large for "
                    "float32; check its units, and its time stamps for tiny steps."
                )
            sequences.append(sequence)
        channels = CHANNELS[self.channels]
        for where, steps in of_equal_length(sequences):
            for j, sequence in zip(where.tolist(), channels(steps), strict=True):
                sequences[j] = sequence
        return sequences

    def _transform(self, X: Any, name: str, *, warn: bool = False) -> np.ndarray:
        trajectories = check_trajectories(X, name=name)
        check_n_columns(self, trajectories[0].shape[1], name=name)
        if warn:
            warn_about_jumps(trajectories, name=name, stacklevel=5)
            self._warn_if_coarse(trajectories, name)
        return self._scaled(self._velocities(trajectories, name))

    def _scaled(self, sequences: list[np.ndarray]) -> np.ndarray:
        """Return sequences cut to the common length and scaled, in one array."""
        sequences = [s[: self.max_length_] for s in sequences]
        if self.scale == "dataset":
            sequences = [(s - self.mean_) / self.scale_ for s in sequences]
        elif self.scale == "sequence":
            sequences = [z_score(s) for s in sequences]
        return _pad(sequences, self.max_length_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        return tags


def _pad(arrays: Sequence[np.ndarray], length: int | None = None) -> np.ndarray:
    """Stack arrays (T_i, C) into (n, T, C) float32 with trailing NaN rows; longer ones are cut."""
    n_channels = arrays[0].shape[1] if len(arrays) else 0
    if length is None:
        length = max((len(a) for a in arrays), default=0)
    out = np.full((len(arrays), length, n_channels), np.nan, dtype=np.float32)
    for row, array in zip(out, arrays, strict=True):
        row[: len(array)] = array[:length]
    return out
