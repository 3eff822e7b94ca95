"""How movements go, in numbers: the mathematics.

Every movement is first put on one even clock, so that time stamps, their jitter and steps of zero
tell nothing. Movements of as many steps are then described together, one in each row; what a row
has does not depend on the others. Positions are complex numbers x + iy, in the unit of the data;
times are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from .._typing import BoolArray, FloatArray
from ._equal_lengths import of_equal_length
from ._velocity import merge_equal_times

SMOOTHING = 15.0  # ms; standard deviation of the kernel that derivatives are taken after
TREMOR_SMOOTHING = 30.0  # ms; what this kernel takes away is the residual
BANDS_HZ = (0.0, 2.0, 5.0, 10.0, 20.0, 50.0)
MIN_STEPS = 8  # shorter movements are held at their end, so that they have derivatives
NOMINAL_WIDTH = 32.0  # units of the data; of the target that Fitts's law is applied to
_SPECTRUM_LENGTH = 128

_LARGEST = float(np.finfo(float).max)

Features = dict[str, FloatArray]


def kinematics(
    trajectories: Sequence[np.ndarray], period: float, names: Sequence[str]
) -> FloatArray:
    """Return features of trajectories, one row a trajectory; NaN where it does not have one.

    Parameters
    ----------
    trajectories : sequence of ndarray of shape (n_points, 3) or more
        Columns x, y, t; t in milliseconds.
    period : float
        Of the even clock, in milliseconds.
    names : sequence of str
        The features, in the order of the columns.
    """
    table = np.full((len(trajectories), len(names)), np.nan)
    lasts = np.array([trajectory[-1, 2] - trajectory[0, 2] for trajectory in trajectories]) / 1000
    positions = [on_even_clock(trajectory, period) for trajectory in trajectories]
    with np.errstate(divide="ignore", invalid="ignore"):
        for where, raw in of_equal_length(positions):
            found = _describe(raw, lasts[where], period)
            moves = (found["mean_speed"] > 0) & (found["duration"] > 0)
            table[where[moves]] = np.array([found[name] for name in names]).T[moves]
    table[~np.isfinite(table)] = np.nan
    if "duration" in names:  # which those have too that stand still
        table[:, list(names).index("duration")] = lasts
    return table


def _describe(raw: np.ndarray, duration: FloatArray, period: float) -> Features:
    """Return the features of movements of as many steps, raw positions of shape (n, n_steps)."""
    position = smoothed(raw, SMOOTHING / period)
    velocity = _derivative(position, period)
    speed = np.abs(velocity)
    mean = _mean(speed)[:, None]
    acceleration = _derivative(velocity, period)
    return {
        **_extent(position, duration, mean[:, 0]),
        **_speed_profile(speed, mean, period),
        **_derivatives(speed, acceleration, mean[:, 0], period),
        **_path(position, velocity, speed, acceleration, period),
        **_spectrum("speed", speed - mean, period),
        **_spectrum("velocity", velocity - _mean(velocity)[:, None], period),
        **_memory(speed - mean, acceleration),
        **_residual(raw, velocity, speed, mean[:, 0], period),
        **_direction(velocity, speed),
    }


def on_even_clock(trajectory: np.ndarray, period: float) -> np.ndarray:
    """Interpolate linearly to an even clock; of points with one time stamp the last counts."""
    merged = merge_equal_times(trajectory)
    t = merged[:, 2]
    n_steps = max(int((t[-1] - t[0]) // period), MIN_STEPS)
    times = t[0] + period * np.arange(n_steps + 1)
    return np.interp(times, t, merged[:, 0] + 1j * merged[:, 1])


def smoothed(position: np.ndarray, width: float) -> np.ndarray:
    """Return Gaussian-smoothed positions; odd reflection leaves the ends where they are."""
    n_steps = position.shape[1]
    n = min(int(4 * width), n_steps - 1)
    before = 2 * position[:, :1] - position[:, n:0:-1]
    after = 2 * position[:, -1:] - position[:, -2 : -n - 2 : -1]
    padded = np.concatenate([before, position, after], axis=1)
    filtered = gaussian_filter1d(np.stack([padded.real, padded.imag]), width, axis=2)
    return (filtered[0] + 1j * filtered[1])[:, n : n + n_steps]


def _extent(position: np.ndarray, duration: FloatArray, mean_speed: FloatArray) -> Features:
    length = _length(position)
    chord = position[:, -1] - position[:, 0]
    displacement = np.abs(chord)
    ahead = (position - position[:, :1]) * np.conj(chord)[:, None]
    beside = np.abs(ahead.imag).max(axis=1) / displacement
    return {
        "duration": duration,
        "mean_speed": mean_speed,
        "path_length": np.log(length),
        "displacement": np.log(displacement),
        "straightness": displacement / length,
        "largest_deviation": beside / displacement,
        "throughput": np.log2(1 + displacement / NOMINAL_WIDTH) / duration,
    }


def _speed_profile(speed: FloatArray, mean: FloatArray, period: float) -> Features:
    n_steps = speed.shape[1]
    relative = speed / mean
    seconds = period * n_steps / 1000
    heights, prominences = _peaks(relative)
    quantiles = _quantiles(relative, (0.05, 0.25, 0.5, 0.75, 0.95))
    deviation = relative.std(axis=1)
    covered = speed.cumsum(axis=1)
    return {
        "speed_variation": deviation,
        "speed_max": relative.max(axis=1),
        **{f"speed_q{q:02d}": v for q, v in zip((5, 25, 50, 75, 95), quantiles, strict=True)},
        "speed_skewness": _mean((relative - 1) ** 3) / deviation**3,
        "speed_kurtosis": _mean((relative - 1) ** 4) / deviation**4,
        "speed_peaks": _count(~np.isnan(heights)) / seconds,
        "peak_prominence": _quantiles(prominences, (0.5,))[0],
        "peak_height_variation": _deviation(heights),
        "time_of_maximum": speed.argmax(axis=1) / n_steps,
        "half_way_time": _count(covered < _sum(speed)[:, None] / 2) / n_steps,
        "time_at_rest": _count(relative < 0.05) / n_steps,
    }


def _peaks(relative: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the heights of the maxima of each row and their prominences, NaN in between."""
    # All rows in one, between walls that no prominence reaches beyond.
    walled = np.concatenate([relative, np.full((len(relative), 1), np.inf)], axis=1)
    heights, prominences = np.full((2, *walled.shape), np.nan)
    at, about = find_peaks(walled.ravel(), height=(0.1, _LARGEST), prominence=0.02)
    heights.flat[at], prominences.flat[at] = about["peak_heights"], about["prominences"]
    return heights, prominences


def _derivatives(
    speed: FloatArray, acceleration: np.ndarray, mean: FloatArray, period: float
) -> Features:
    tangential = _derivative(speed, period)
    jerk = _mean(np.abs(_derivative(acceleration, period)) ** 2)
    size = np.abs(acceleration)
    rms = np.sqrt(_mean(size**2))
    duration = period * speed.shape[1]
    power = _mean(tangential**2)
    return {
        "acceleration": np.log(rms / mean),
        "acceleration_peak": size.max(axis=1) / rms,
        "braking": _count(tangential < 0) / speed.shape[1],
        "tangential_skewness": _mean(tangential**3) / power**1.5,
        "tangential_share": power / rms**2,
        "jerk": np.log(np.sqrt(jerk) / rms),
        "dimensionless_jerk": np.log(jerk * duration**4 / speed.max(axis=1) ** 2),
    }


def _path(
    position: np.ndarray,
    velocity: np.ndarray,
    speed: FloatArray,
    acceleration: np.ndarray,
    period: float,
) -> Features:
    moving = speed > 0.05 * speed.max(axis=1, keepdims=True)
    turning = (np.conj(velocity) * acceleration).imag / speed**2  # rad/ms
    turning[~moving] = np.nan
    size = np.abs(turning)
    curvature = size / speed
    quantiles = _quantiles(1000 * size, (0.25, 0.5, 0.75, 0.95))
    exponent, correlation = _power_law(curvature, size, speed)
    total = _sum(np.where(moving, size, 0.0))
    return {
        **{f"turning_q{q}": v for q, v in zip((25, 50, 75, 95), quantiles, strict=True)},
        "curvature": np.log(_quantiles(curvature, (0.5,))[0] * _length(position)),
        "power_law_exponent": exponent,
        "speed_curvature_correlation": correlation,
        "turns": _sign_changes(turning, moving) / (period * _count(moving) / 1000),
        "net_turning": np.abs(_sum(np.where(moving, turning, 0.0))) / total,
        "total_turning": total * period,
    }


def _sign_changes(values: FloatArray, counted: BoolArray) -> np.ndarray:
    """Return how often the sign changes from one counted value of a row to the next."""
    row = np.nonzero(counted)[0]
    changes = (np.diff(np.sign(values[counted])) != 0) & (np.diff(row) == 0)
    return np.bincount(row[1:][changes], minlength=len(values))


def _power_law(
    curvature: FloatArray, turning: FloatArray, speed: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the exponent of turning ~ curvature^e, 2/3 in people, and how speed goes with it."""
    fit = (curvature > 0) & np.isfinite(curvature)
    x, y, z = (_centred(np.log(values), fit) for values in (curvature, turning, speed))
    spread = _sum(x * x)
    known = (_count(fit) >= 3) & (spread > 0)
    exponent = _sum(x * y) / spread
    return np.where(known, exponent, np.nan), np.where(known, _cosine(x, z), np.nan)


def _spectrum(name: str, signal: np.ndarray, period: float) -> Features:
    window, by_band, bands, first = _bands(signal.shape[1], period)
    power = np.abs(np.fft.fft(signal * window, n=len(by_band), axis=1)) ** 2
    shares = np.zeros((len(BANDS_HZ), len(signal)))
    shares[bands] = np.add.reduceat(power[:, by_band], first, axis=1).T / _sum(power)
    return {
        f"{name}_{low:g}_{high:g}_hz": np.log(share + 1e-12)
        for (low, high), share in zip(pairwise(BANDS_HZ), shares[:-1], strict=True)
    }


@lru_cache(maxsize=1000)
def _bands(n_steps: int, period: float) -> tuple[FloatArray, np.ndarray, np.ndarray, np.ndarray]:
    """Return a window, frequencies in the order of their bands, these, and where each begins."""
    frequency = np.abs(np.fft.fftfreq(max(_SPECTRUM_LENGTH, n_steps), period / 1000))
    band = np.digitize(frequency, BANDS_HZ) - 1
    by_band = np.argsort(band, kind="stable")
    return np.hanning(n_steps), by_band, *np.unique(band[by_band], return_index=True)


def _memory(speed: FloatArray, acceleration: np.ndarray) -> Features:
    return {
        **_autocorrelations("acceleration", acceleration, (2, 4, 8)),
        **_autocorrelations("speed", speed, (5, 10)),
    }


def _residual(
    raw: np.ndarray, velocity: np.ndarray, speed: FloatArray, mean: FloatArray, period: float
) -> Features:
    residual = raw - smoothed(raw, TREMOR_SMOOTHING / period)
    residual = residual * np.exp(-1j * np.angle(velocity))  # along and across the heading
    size = np.abs(residual)
    rms = np.sqrt(_mean(size**2))
    every = np.ones(size.shape, dtype=bool)
    return {
        "residual": np.log(rms / (mean * period)),
        "residual_along": _mean(residual.real**2) / rms**2,
        "residual_kurtosis": _mean(size**4) / rms**4,
        **_autocorrelations("residual", residual, (1, 2, 3)),
        "residual_with_speed": _cosine(_centred(size, every), _centred(speed, every)),
    }


def _direction(velocity: np.ndarray, speed: FloatArray) -> Features:
    mean = _sum(velocity) / _sum(speed)
    return {"direction_cos": mean.real, "direction_sin": mean.imag}


def _length(position: np.ndarray) -> FloatArray:
    return _sum(np.abs(np.diff(position, axis=1)))


# Of few values each, numpy's own functions take longer to check them than to compute.
def _derivative(values: np.ndarray, period: float) -> np.ndarray:
    """Return the central differences of each row, one-sided at its ends."""
    out = np.empty_like(values)
    out[:, 1:-1] = (values[:, 2:] - values[:, :-2]) / (2 * period)
    out[:, 0] = (values[:, 1] - values[:, 0]) / period
    out[:, -1] = (values[:, -1] - values[:, -2]) / period
    return out


def _sum(values: np.ndarray) -> np.ndarray:
    return np.add.reduce(values, axis=1)


def _count(values: BoolArray) -> np.ndarray:
    return np.add.reduce(values, axis=1, dtype=np.intp)


def _mean(values: np.ndarray) -> np.ndarray:
    return np.add.reduce(values, axis=1) / values.shape[1]


def _quantiles(values: FloatArray, shares: tuple[float, ...]) -> FloatArray:
    """Return quantiles of each row, (n_shares, n), of those values that are not NaN."""
    row = np.arange(len(values))
    ordered = np.sort(values, axis=1)  # NaN comes last
    last = values.shape[1] - 1 - _count(np.isnan(values))
    at = np.multiply.outer(shares, last)
    below = at.astype(np.intp)
    low, high = ordered[row, below], ordered[row, np.minimum(below + 1, last)]
    return (high - low) * (at - below) + low


def _deviation(values: FloatArray) -> FloatArray:
    """Return the standard deviation of each row, of those values that are not NaN."""
    there = ~np.isnan(values)
    return np.sqrt(_sum(_centred(values, there) ** 2) / _count(there))


def _centred(values: FloatArray, counted: BoolArray) -> FloatArray:
    """Return the counted values of each row less their mean, and 0 for the others."""
    mean = _sum(np.where(counted, values, 0.0)) / _count(counted)
    return np.where(counted, values - mean[:, None], 0.0)


def _cosine(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the correlation of the values of each row, which were centred."""
    return _sum(one * other) / np.sqrt(_sum(one**2) * _sum(other**2))


def _autocorrelations(name: str, signal: np.ndarray, lags: tuple[int, ...]) -> Features:
    power = _mean(np.abs(signal) ** 2)
    found = dict.fromkeys((f"{name}_lag_{lag}" for lag in lags), np.full(len(signal), np.nan))
    for lag in lags:
        if lag < signal.shape[1] // 2:
            product = np.conj(signal[:, :-lag]) * signal[:, lag:]
            found[f"{name}_lag_{lag}"] = _mean(product.real) / power
    return found
