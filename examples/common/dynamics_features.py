"""Hand-made features of how a movement goes, blind to how it was recorded.

``dynamics_features(trajectory)`` describes one movement by some fifty numbers. Every movement is
first put on one uniform clock, so that time stamps, their jitter and zero steps give nothing away;
speeds are relative to the movement's own mean, except that mean itself. Times are in milliseconds.
"""

from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

PERIOD = 10.0  # ms of the uniform clock
SMOOTHING = 1.5  # steps; the standard deviation of the kernel that derivatives are taken after
TREMOR_SMOOTHING = 3.0  # steps; what this kernel takes away is the residual
BANDS_HZ = (0.0, 2.0, 5.0, 10.0, 20.0, 50.0)
MIN_STEPS = 8  # shorter movements are held at their end, so that they have derivatives


def dynamics_features(trajectory):
    """Return a dict of features of one trajectory (n_points, 3 or more) with columns x, y, t.

    It is empty if nothing moves; a feature that a short movement does not have is NaN.
    """
    raw = on_uniform_clock(np.asarray(trajectory, dtype=float))
    position = smoothed(raw, SMOOTHING)
    velocity = np.gradient(position, PERIOD)
    speed = np.abs(velocity)
    moving = speed > 0.05 * speed.max()
    scale = speed.mean()
    if not scale > 0:
        return {}
    acceleration = np.gradient(velocity, PERIOD)
    jerk = np.gradient(acceleration, PERIOD)
    with np.errstate(divide="ignore", invalid="ignore"):
        features = {
            **_speed_profile(speed, scale),
            **_derivatives(speed, acceleration, jerk, scale),
            **_path(position, velocity, acceleration, moving),
            **_spectrum("speed", speed - scale),
            **_spectrum("velocity", velocity - velocity.mean()),
            **_memory(speed, acceleration),
            **_residual(raw, velocity, scale),
        }
    return {name: value if np.isfinite(value) else np.nan for name, value in features.items()}


def step_features(trajectory):
    """Return a dict of features of the raw steps from sample to sample, as the device gives them.

    Here the movement meets the device: its smallest steps, its dead bands, how often it repeats a
    coordinate. In the unit of the data; a feature that a trajectory does not have is NaN.
    """
    moves = np.diff(np.asarray(trajectory, dtype=float)[:, :2], axis=0)
    steps, signs = np.abs(moves), np.sign(moves)
    x, y = (steps > 0).T
    length = np.linalg.norm(steps, axis=1)
    features = {
        "share along one axis": np.mean(x != y),
        "share of diagonals": np.mean(x & (steps[:, 0] == steps[:, 1])),
        "share of standing": np.mean(~x & ~y),
        "share of reversals": np.mean(signs[1:] * signs[:-1] < 0) if len(signs) > 1 else np.nan,
    }
    for name, values in (("change", steps[steps > 0]), ("step", length[length > 0])):
        for q in (0.0, 0.05, 0.25, 0.5, 0.75):
            features[f"{100 * q:g} % {name}"] = np.quantile(values, q) if len(values) else np.nan
    return features


def on_uniform_clock(trajectory):
    """Interpolate linearly to the uniform clock; return positions as complex numbers x + iy."""
    t = trajectory[:, 2]
    last = np.append(np.diff(t) > 0, True)  # of points with one time stamp, where they arrive
    trajectory, t = trajectory[last], t[last]
    n_steps = max(int((t[-1] - t[0]) // PERIOD), MIN_STEPS)
    times = t[0] + PERIOD * np.arange(n_steps + 1)
    return np.interp(times, t, trajectory[:, 0]) + 1j * np.interp(times, t, trajectory[:, 1])


def smoothed(position, width):
    """Return Gaussian-smoothed positions; odd reflection leaves the ends where they are."""
    n = min(int(4 * width), len(position) - 1)
    padded = np.pad(position, n, mode="reflect", reflect_type="odd")
    parts = [gaussian_filter1d(part, width) for part in (padded.real, padded.imag)]
    return (parts[0] + 1j * parts[1])[n : n + len(position)]


def _speed_profile(speed, scale):
    relative = speed / scale
    seconds = PERIOD * len(speed) / 1000
    peaks, found = find_peaks(relative, height=0.1, prominence=0.02)
    quantiles = np.quantile(relative, (0.05, 0.25, 0.5, 0.75, 0.95))
    deviation = relative.std()
    return {
        "mean speed": scale,
        "duration": seconds,
        "speed variation": deviation,
        "speed max": relative.max(),
        **{f"speed q{q:02d}": v for q, v in zip((5, 25, 50, 75, 95), quantiles, strict=True)},
        "speed skewness": np.mean((relative - 1) ** 3) / deviation**3,
        "speed kurtosis": np.mean((relative - 1) ** 4) / deviation**4,
        "speed peaks per second": len(peaks) / seconds,
        "peak prominence": np.median(found["prominences"]) if len(peaks) else np.nan,
        "peak height variation": np.std(found["peak_heights"]) if len(peaks) else np.nan,
        "time of maximum": np.argmax(speed) / len(speed),
        "half-way time": np.searchsorted(np.cumsum(speed), speed.sum() / 2) / len(speed),
        "time at rest": np.mean(relative < 0.05),
    }


def _derivatives(speed, acceleration, jerk, scale):
    tangential = np.gradient(speed, PERIOD)
    duration = PERIOD * len(speed)
    rms = np.sqrt(np.mean(np.abs(acceleration) ** 2))
    return {
        "acceleration": np.log(rms / scale),
        "acceleration peak": np.abs(acceleration).max() / rms,
        "braking": np.mean(tangential < 0),
        "tangential skewness": np.mean(tangential**3) / np.mean(tangential**2) ** 1.5,
        "tangential share": np.mean(tangential**2) / rms**2,
        "jerk": np.log(np.sqrt(np.mean(np.abs(jerk) ** 2)) / rms),
        "dimensionless jerk": np.log(np.mean(np.abs(jerk) ** 2) * duration**4 / speed.max() ** 2),
    }


def _path(position, velocity, acceleration, moving):
    steps = np.abs(np.diff(position))
    speed = np.abs(velocity)[moving]
    turning = (np.conj(velocity) * acceleration).imag[moving] / speed**2  # rad/ms
    curvature = np.abs(turning) / speed
    quantiles = np.quantile(1000 * np.abs(turning), (0.25, 0.5, 0.75, 0.95))
    x, y = np.log(curvature), np.log(np.abs(turning))  # |turning| ~ curvature^(2/3)
    fit = np.isfinite(x) & np.isfinite(y)
    slope, explained = np.nan, np.nan
    if fit.sum() > 2 and x[fit].std() > 0:
        slope = np.polyfit(x[fit], y[fit], 1)[0]
        explained = np.corrcoef(x[fit], np.log(speed[fit]))[0, 1]
    seconds = PERIOD * moving.sum() / 1000
    return {
        "path length": np.log(steps.sum()),
        "straightness": np.abs(position[-1] - position[0]) / steps.sum(),
        **{f"turning q{q}": v for q, v in zip((25, 50, 75, 95), quantiles, strict=True)},
        "curvature": np.log(np.median(curvature) * steps.sum()),
        "power-law exponent": slope,
        "speed-curvature correlation": explained,
        "turns per second": np.sum(np.diff(np.sign(turning)) != 0) / seconds,
        "net turning": np.abs(np.mean(turning)) / np.mean(np.abs(turning)),
    }


def _spectrum(name, signal):
    window = np.hanning(len(signal))
    power = np.abs(np.fft.fft(signal * window, n=max(128, len(signal)))) ** 2
    frequency = np.abs(np.fft.fftfreq(len(power), PERIOD / 1000))
    band = np.digitize(frequency, BANDS_HZ)
    shares = np.bincount(band, power, minlength=len(BANDS_HZ) + 1)[1 : len(BANDS_HZ)] / power.sum()
    return {
        f"{name} {low:g}-{high:g} Hz": np.log(share + 1e-12)
        for (low, high), share in zip(pairwise(BANDS_HZ), shares, strict=True)
    }


def _memory(speed, acceleration):
    return {
        **{f"acceleration lag {lag}": _autocorrelation(acceleration, lag) for lag in (2, 4, 8)},
        **{f"speed lag {lag}": _autocorrelation(speed - speed.mean(), lag) for lag in (5, 10)},
    }


def _residual(raw, velocity, scale):
    residual = (raw - smoothed(raw, TREMOR_SMOOTHING)) * np.exp(-1j * np.angle(velocity))
    size = np.abs(residual)
    rms = np.sqrt(np.mean(size**2))
    return {
        "residual": np.log(rms / (scale * PERIOD)),
        "residual along": np.mean(residual.real**2) / rms**2,
        "residual kurtosis": np.mean(size**4) / rms**4,
        **{f"residual lag {lag}": _autocorrelation(residual, lag) for lag in (1, 2, 3)},
        "residual with speed": np.corrcoef(size, np.abs(velocity))[0, 1],
    }


def _autocorrelation(signal, lag):
    if lag >= len(signal) // 2:
        return np.nan
    return np.mean(np.conj(signal[:-lag]) * signal[lag:]).real / np.mean(np.abs(signal) ** 2)
