"""How a movement goes, in numbers: the mathematics, one trajectory at a time.

Every movement is first put on one even clock, so that time stamps, their jitter and steps of zero
tell nothing. Positions are complex numbers x + iy, in the unit of the data; times are in
milliseconds.
"""

from __future__ import annotations

from itertools import pairwise
from math import isfinite

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from .._typing import FloatArray
from ._velocity import merge_equal_times

SMOOTHING = 15.0  # ms; standard deviation of the kernel that derivatives are taken after
TREMOR_SMOOTHING = 30.0  # ms; what this kernel takes away is the residual
BANDS_HZ = (0.0, 2.0, 5.0, 10.0, 20.0, 50.0)
MIN_STEPS = 8  # shorter movements are held at their end, so that they have derivatives
NOMINAL_WIDTH = 32.0  # units of the data; of the target that Fitts's law is applied to
_SPECTRUM_LENGTH = 128

Features = dict[str, float]


def kinematics(trajectory: np.ndarray, period: float) -> Features:
    """Return the features of one trajectory, by name; one that it does not have is missing.

    Parameters
    ----------
    trajectory : ndarray of shape (n_points, 3) or more
        Columns x, y, t; t in milliseconds.
    period : float
        Of the even clock, in milliseconds.
    """
    raw = on_even_clock(trajectory, period)
    position = smoothed(raw, SMOOTHING / period)
    velocity = np.gradient(position, period)
    speed = np.abs(velocity)
    mean = float(speed.mean())
    duration = float(trajectory[-1, 2] - trajectory[0, 2]) / 1000
    if not mean > 0 or not duration > 0:
        return {"duration": duration}
    acceleration = np.gradient(velocity, period)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            **_extent(position, duration, mean),
            **_speed_profile(speed, mean, period),
            **_derivatives(speed, acceleration, mean, period),
            **_path(position, velocity, acceleration, period),
            **_spectrum("speed", speed - mean, period),
            **_spectrum("velocity", velocity - velocity.mean(), period),
            **_memory(speed - mean, acceleration),
            **_residual(raw, velocity, mean, period),
            **_direction(velocity),
        }
    return {name: float(value) for name, value in found.items() if isfinite(value)}


def on_even_clock(trajectory: np.ndarray, period: float) -> np.ndarray:
    """Interpolate linearly to an even clock; of points with one time stamp the last counts."""
    merged = merge_equal_times(trajectory)
    t = merged[:, 2]
    n_steps = max(int((t[-1] - t[0]) // period), MIN_STEPS)
    times = t[0] + period * np.arange(n_steps + 1)
    x, y = (np.interp(times, t, axis) for axis in merged[:, :2].T)
    return x + 1j * y


def smoothed(position: np.ndarray, width: float) -> np.ndarray:
    """Return Gaussian-smoothed positions; odd reflection leaves the ends where they are."""
    n = min(int(4 * width), len(position) - 1)
    before = 2 * position[0] - position[n:0:-1]
    after = 2 * position[-1] - position[-2 : -n - 2 : -1]
    padded = np.concatenate([before, position, after])
    filtered = gaussian_filter1d(np.stack([padded.real, padded.imag]), width, axis=1)
    return (filtered[0] + 1j * filtered[1])[n : n + len(position)]


def _extent(position: np.ndarray, duration: float, mean_speed: float) -> Features:
    length = np.abs(np.diff(position)).sum()
    chord = position[-1] - position[0]
    displacement = np.abs(chord)
    beside = np.abs(((position - position[0]) * np.conj(chord)).imag) / displacement
    return {
        "duration": duration,
        "mean_speed": mean_speed,
        "path_length": np.log(length),
        "displacement": np.log(displacement),
        "straightness": displacement / length,
        "largest_deviation": beside.max() / displacement,
        "throughput": np.log2(1 + displacement / NOMINAL_WIDTH) / duration,
    }


def _speed_profile(speed: FloatArray, mean: float, period: float) -> Features:
    relative = speed / mean
    seconds = period * len(speed) / 1000
    peaks, about = find_peaks(relative, height=0.1, prominence=0.02)
    quantiles = _quantiles(relative, (0.05, 0.25, 0.5, 0.75, 0.95))
    deviation = relative.std()
    return {
        "speed_variation": deviation,
        "speed_max": relative.max(),
        **{f"speed_q{q:02d}": v for q, v in zip((5, 25, 50, 75, 95), quantiles, strict=True)},
        "speed_skewness": np.mean((relative - 1) ** 3) / deviation**3,
        "speed_kurtosis": np.mean((relative - 1) ** 4) / deviation**4,
        "speed_peaks": len(peaks) / seconds,
        "peak_prominence": np.median(about["prominences"]) if len(peaks) else np.nan,
        "peak_height_variation": np.std(about["peak_heights"]) if len(peaks) else np.nan,
        "time_of_maximum": np.argmax(speed) / len(speed),
        "half_way_time": np.searchsorted(np.cumsum(speed), speed.sum() / 2) / len(speed),
        "time_at_rest": np.mean(relative < 0.05),
    }


def _derivatives(
    speed: FloatArray, acceleration: np.ndarray, mean: float, period: float
) -> Features:
    tangential = np.gradient(speed, period)
    jerk = np.abs(np.gradient(acceleration, period)) ** 2
    rms = np.sqrt(np.mean(np.abs(acceleration) ** 2))
    duration = period * len(speed)
    return {
        "acceleration": np.log(rms / mean),
        "acceleration_peak": np.abs(acceleration).max() / rms,
        "braking": np.mean(tangential < 0),
        "tangential_skewness": np.mean(tangential**3) / np.mean(tangential**2) ** 1.5,
        "tangential_share": np.mean(tangential**2) / rms**2,
        "jerk": np.log(np.sqrt(np.mean(jerk)) / rms),
        "dimensionless_jerk": np.log(np.mean(jerk) * duration**4 / speed.max() ** 2),
    }


def _path(
    position: np.ndarray, velocity: np.ndarray, acceleration: np.ndarray, period: float
) -> Features:
    every_speed = np.abs(velocity)
    moving = every_speed > 0.05 * every_speed.max()
    speed = every_speed[moving]
    turning = (np.conj(velocity) * acceleration).imag[moving] / speed**2  # rad/ms
    curvature = np.abs(turning) / speed
    length = np.abs(np.diff(position)).sum()
    quantiles = _quantiles(1000 * np.abs(turning), (0.25, 0.5, 0.75, 0.95))
    exponent, correlation = _power_law(curvature, np.abs(turning), speed)
    seconds = period * moving.sum() / 1000
    return {
        **{f"turning_q{q}": v for q, v in zip((25, 50, 75, 95), quantiles, strict=True)},
        "curvature": np.log(np.median(curvature) * length),
        "power_law_exponent": exponent,
        "speed_curvature_correlation": correlation,
        "turns": np.sum(np.diff(np.sign(turning)) != 0) / seconds,
        "net_turning": np.abs(np.mean(turning)) / np.mean(np.abs(turning)),
        "total_turning": np.sum(np.abs(turning)) * period,
    }


def _power_law(
    curvature: FloatArray, turning: FloatArray, speed: FloatArray
) -> tuple[float, float]:
    """Return the exponent of turning ~ curvature^e, 2/3 in people, and how speed goes with it."""
    fit = (curvature > 0) & np.isfinite(curvature)
    x, y = np.log(curvature[fit]), np.log(turning[fit])
    if len(x) < 3 or not x.std() > 0:
        return np.nan, np.nan
    slope = np.mean((x - x.mean()) * (y - y.mean())) / np.var(x)
    return float(slope), _correlation(x, np.log(speed[fit]))


def _spectrum(name: str, signal: np.ndarray, period: float) -> Features:
    n = max(_SPECTRUM_LENGTH, len(signal))
    power = np.abs(np.fft.fft(signal * np.hanning(len(signal)), n=n)) ** 2
    frequency = np.abs(np.fft.fftfreq(n, period / 1000))
    band = np.digitize(frequency, BANDS_HZ)
    shares = np.bincount(band, power, minlength=len(BANDS_HZ) + 1)[1 : len(BANDS_HZ)] / power.sum()
    return {
        f"{name}_{low:g}_{high:g}_hz": np.log(share + 1e-12)
        for (low, high), share in zip(pairwise(BANDS_HZ), shares, strict=True)
    }


def _memory(speed: FloatArray, acceleration: np.ndarray) -> Features:
    return {
        **{f"acceleration_lag_{lag}": _autocorrelation(acceleration, lag) for lag in (2, 4, 8)},
        **{f"speed_lag_{lag}": _autocorrelation(speed, lag) for lag in (5, 10)},
    }


def _residual(raw: np.ndarray, velocity: np.ndarray, mean: float, period: float) -> Features:
    residual = raw - smoothed(raw, TREMOR_SMOOTHING / period)
    residual = residual * np.exp(-1j * np.angle(velocity))  # along and across the heading
    size = np.abs(residual)
    rms = np.sqrt(np.mean(size**2))
    return {
        "residual": np.log(rms / (mean * period)),
        "residual_along": np.mean(residual.real**2) / rms**2,
        "residual_kurtosis": np.mean(size**4) / rms**4,
        **{f"residual_lag_{lag}": _autocorrelation(residual, lag) for lag in (1, 2, 3)},
        "residual_with_speed": _correlation(size, np.abs(velocity)),
    }


def _direction(velocity: np.ndarray) -> Features:
    mean = velocity.sum() / np.abs(velocity).sum()
    return {"direction_cos": mean.real, "direction_sin": mean.imag}


# Of few values each, numpy's own functions take longer to check them than to compute.
def _quantiles(values: FloatArray, shares: tuple[float, ...]) -> FloatArray:
    at = np.multiply(shares, len(values) - 1)
    return np.interp(at, np.arange(len(values)), np.sort(values))


def _correlation(one: FloatArray, other: FloatArray) -> float:
    one, other = one - one.mean(), other - other.mean()
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def _autocorrelation(signal: np.ndarray, lag: int) -> float:
    if lag >= len(signal) // 2:
        return np.nan
    product = np.conj(signal[:-lag]) * signal[lag:]
    return float(np.mean(product).real / np.mean(np.abs(signal) ** 2))
