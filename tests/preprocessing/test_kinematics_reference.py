"""KinematicFeatures against numpy's and scipy's own functions, one movement at a time."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks, periodogram
from scipy.stats import kurtosis, skew

from sklearn_ffrnn import KinematicFeatures
from sklearn_ffrnn.datasets import load_mouse_movements

pytest.importorskip("cursory")

ALL = ["extent", "speed", "derivatives", "path", "spectrum", "memory", "residual", "direction"]
BANDS = [(0, 2), (2, 5), (5, 10), (10, 20), (20, 50)]


def smooth(z, width):
    n = min(int(4 * width), len(z) - 1)
    padded = np.pad(z, n, mode="reflect", reflect_type="odd")
    parts = [gaussian_filter1d(part, width) for part in (padded.real, padded.imag)]
    return (parts[0] + 1j * parts[1])[n : n + len(z)]


def correlation(a, b):
    return np.corrcoef(a, b)[0, 1]


def lags(name, signal, at):
    power = np.mean(np.abs(signal) ** 2)
    return {
        f"{name}_lag_{k}": np.mean(np.conj(signal[:-k]) * signal[k:]).real / power
        if k < len(signal) // 2
        else np.nan
        for k in at
    }


def spectrum(name, signal, period):
    n = max(128, len(signal))
    kept = {"window": np.hanning(len(signal)), "detrend": False, "return_onesided": False}
    frequency, power = periodogram(signal, 1000 / period, nfft=n, **kept)
    frequency = np.abs(frequency)
    return {
        f"{name}_{low}_{high}_hz": np.log(
            power[(frequency >= low) & (frequency < high)].sum() / power.sum() + 1e-12
        )
        for low, high in BANDS
    }


def reference(movement, period):
    last = movement[np.append(np.diff(movement[:, 2]) > 0, True)]
    t = last[:, 2]
    n = max(int((t[-1] - t[0]) // period), 8)
    clock = t[0] + period * np.arange(n + 1)
    raw = np.interp(clock, t, last[:, 0]) + 1j * np.interp(clock, t, last[:, 1])
    z = smooth(raw, 15 / period)
    v = np.gradient(z, period)
    a = np.gradient(v, period)
    speed, mean, lasts = np.abs(v), np.abs(v).mean(), (t[-1] - t[0]) / 1000
    length, chord = np.abs(np.diff(z)).sum(), z[-1] - z[0]
    beside = np.abs(((z - z[0]) * np.conj(chord)).imag).max() / np.abs(chord)
    relative, seconds = speed / mean, period * len(speed) / 1000
    peaks, about = find_peaks(relative, height=0.1, prominence=0.02)
    along = np.gradient(speed, period)
    jerk = np.abs(np.gradient(a, period)) ** 2
    rms = np.sqrt(np.mean(np.abs(a) ** 2))
    moving = speed > 0.05 * speed.max()
    turning = (np.conj(v) * a).imag[moving] / speed[moving] ** 2
    curvature = np.abs(turning) / speed[moving]
    bent = curvature > 0
    log = [np.log(x[bent]) for x in (curvature, np.abs(turning), speed[moving])]
    enough = len(log[0]) > 2
    tremor = (raw - smooth(raw, 30 / period)) * np.exp(-1j * np.angle(v))
    size, power = np.abs(tremor), np.mean(np.abs(tremor) ** 2)
    return {
        "duration": lasts,
        "mean_speed": mean,
        "path_length": np.log(length),
        "displacement": np.log(np.abs(chord)),
        "straightness": np.abs(chord) / length,
        "largest_deviation": beside / np.abs(chord),
        "throughput": np.log2(1 + np.abs(chord) / 32) / lasts,
        "speed_variation": relative.std(),
        "speed_max": relative.max(),
        **{f"speed_q{q:02d}": np.percentile(relative, q) for q in (5, 25, 50, 75, 95)},
        "speed_skewness": skew(relative),
        "speed_kurtosis": kurtosis(relative, fisher=False),
        "speed_peaks": len(peaks) / seconds,
        "peak_prominence": np.median(about["prominences"]) if len(peaks) else np.nan,
        "peak_height_variation": np.std(about["peak_heights"]) if len(peaks) else np.nan,
        "time_of_maximum": speed.argmax() / len(speed),
        "half_way_time": np.searchsorted(np.cumsum(speed), speed.sum() / 2) / len(speed),
        "time_at_rest": np.mean(relative < 0.05),
        "acceleration": np.log(rms / mean),
        "acceleration_peak": np.abs(a).max() / rms,
        "braking": np.mean(along < 0),
        "tangential_skewness": np.mean(along**3) / np.mean(along**2) ** 1.5,
        "tangential_share": np.mean(along**2) / rms**2,
        "jerk": np.log(np.sqrt(jerk.mean()) / rms),
        "dimensionless_jerk": np.log(jerk.mean() * (period * len(speed)) ** 4 / speed.max() ** 2),
        **{f"turning_q{q}": np.percentile(1000 * np.abs(turning), q) for q in (25, 50, 75, 95)},
        "curvature": np.log(np.median(curvature) * length),
        "power_law_exponent": np.polyfit(log[0], log[1], 1)[0] if enough else np.nan,
        "speed_curvature_correlation": correlation(log[0], log[2]) if enough else np.nan,
        "turns": np.sum(np.diff(np.sign(turning)) != 0) / (period * moving.sum() / 1000),
        "net_turning": np.abs(turning.mean()) / np.abs(turning).mean(),
        "total_turning": np.abs(turning).sum() * period,
        **spectrum("speed", speed - mean, period),
        **spectrum("velocity", v - v.mean(), period),
        **lags("acceleration", a, (2, 4, 8)),
        **lags("speed", speed - mean, (5, 10)),
        "residual": np.log(np.sqrt(power) / (mean * period)),
        "residual_along": np.mean(tremor.real**2) / power,
        "residual_kurtosis": np.mean(size**4) / power**2,
        **lags("residual", tremor, (1, 2, 3)),
        "residual_with_speed": correlation(size, speed),
        "direction_cos": (v.sum() / speed.sum()).real,
        "direction_sin": (v.sum() / speed.sum()).imag,
    }


@pytest.mark.parametrize("period", [8.0, 16.0])
def test_movements_together_as_one_at_a_time(period):
    X = load_mouse_movements().data[:300]
    features = KinematicFeatures(period, groups=ALL).set_output(transform="pandas")
    table = features.fit_transform(X)
    expected = [reference(x, period) for x in X]
    for name in table:
        wanted = [row[name] for row in expected]
        np.testing.assert_allclose(table[name], wanted, rtol=1e-9, atol=1e-11, err_msg=name)


def test_bands_above_half_the_clock_are_empty():
    X = load_mouse_movements().data[:50]
    row = KinematicFeatures(100.0, groups=["spectrum"]).fit_transform(X)[:, [3, 4, 8, 9]]
    np.testing.assert_array_equal(row, np.log(1e-12))
