"""A fixed number of features that describe the strokes of a movement."""

from __future__ import annotations

import numpy as np

from ._chunk import SECONDS
from ._plan import StrokePlan

OVERALL = (
    "n_strokes",
    "n_parts",
    "duration",
    "strokes_per_second",
    "snr_velocity",
    "snr_position",
    "snr_velocity_per_stroke",
    "snr_position_per_stroke",
)
PER_STROKE = ("length", "mu", "sigma", "width", "peak_speed", "direction_change")
PER_PAIR = ("interval", "turn")
STATISTICS = ("mean", "std", "q10", "median", "q90")

FEATURE_NAMES = (
    *OVERALL,
    *(f"{name}_{statistic}" for name in (*PER_STROKE, *PER_PAIR) for statistic in STATISTICS),
)


def plan_features(plan: StrokePlan) -> np.ndarray:
    """Return the features of one plan, in the order of `FEATURE_NAMES`, times in seconds.

    Undefined features are NaN: without strokes all but the counts and the duration, with a single
    stroke those of neighbouring strokes.
    """
    n_strokes = plan.n_strokes
    unit = SECONDS[plan.time_unit]
    duration = (plan.times[-1] - plan.times[0]) * unit
    some = n_strokes if n_strokes else np.nan
    overall = [
        n_strokes,
        len(plan.parts),
        duration,
        some / duration if duration > 0 else np.nan,
        plan.snr_velocity,
        plan.snr_position,
        plan.snr_velocity / some,
        plan.snr_position / some,
    ]
    length, onset, mu, sigma, theta_s, theta_e = plan.strokes.T
    onset, mu = onset * unit, mu + np.log(unit)
    # The speed is highest at the mode of the lognormal, exp(mu - sigma^2) after the onset.
    peak_speed = length * np.exp(0.5 * sigma**2 - mu) / (sigma * np.sqrt(2 * np.pi))
    strokes = np.stack([length, mu, sigma, sigma * np.exp(mu), peak_speed, theta_e - theta_s])
    turn = theta_s[1:] - theta_e[:-1]
    turn -= 2 * np.pi * np.round(turn / (2 * np.pi))
    pairs = np.stack([np.diff(onset + np.exp(mu)), turn])
    return np.concatenate([overall, _statistics(strokes), _statistics(pairs)])


def _statistics(values: np.ndarray) -> np.ndarray:
    """Return the statistics of all rows, row by row."""
    if values.shape[1] == 0:
        return np.full(len(values) * len(STATISTICS), np.nan)
    quantiles = np.quantile(values, [0.1, 0.5, 0.9], axis=1)
    return np.column_stack([values.mean(axis=1), values.std(axis=1), *quantiles]).ravel()
