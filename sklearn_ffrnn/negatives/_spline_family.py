"""A family of curves, followed with easing and noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import betainc, comb

from .._input import check_range
from ._family import PathFamily, log_uniform, turning_points


@dataclass(frozen=True)
class SplineFamily(PathFamily):
    """Bezier curves and cubic splines, followed with easing and noise: how scripts move.

    The path passes near (Bezier) or through (spline) some points beside the straight line. Progress
    on it is the cumulative distribution of Beta(a, b), which includes most easing curves: (1, 1)
    moves evenly, a > 1 eases in, b > 1 eases out. Its pace may waver and the points may shake, with
    noise from white to smooth: power falls with the frequency by an exponent between 0 and 4.

    Parameters
    ----------
    max_control_points : int, default=3
        Largest number of points between start and end; the number is drawn uniformly from 0 on.
    bend : tuple of two floats, default=(0.005, 0.4)
        Range of the standard deviation of their sideways offset, relative to the distance, drawn
        log-uniformly.
    easing : tuple of two floats, default=(1.0, 6.0)
        Range of a and b, drawn log-uniformly.
    pace_noise : tuple of two floats, default=(0.02, 1.0)
        Range of the relative standard deviation of speed, drawn log-uniformly.
    noise : tuple of two floats, default=(0.01, 1.0)
        Range of the size of the steps that noise adds, relative to the mean step of the path, drawn
        log-uniformly.

    Notes
    -----
    Each of bend, pace noise and noise is left out in a third of the movements, and so is easing:
    machines without them must be recognized too.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.negatives import SplineFamily
    >>> t = np.arange(0.0, 80.0, 16.0)
    >>> movement = np.column_stack([4 * t, t * (64 - t) / 20, t]).round()
    >>> made = SplineFamily()(movement, random_state=0)
    >>> bool((made[[0, -1]] == movement[[0, -1]]).all()), bool((made == made.round()).all())
    (True, True)
    """

    max_control_points: int = 3
    bend: tuple[float, float] = (0.005, 0.4)
    easing: tuple[float, float] = (1.0, 6.0)
    pace_noise: tuple[float, float] = (0.02, 1.0)
    noise: tuple[float, float] = (0.01, 1.0)

    def __post_init__(self) -> None:
        if self.max_control_points < 0:
            raise ValueError(f"max_control_points={self.max_control_points!r} must be 0 or more.")
        check_range("easing", self.easing, np.finfo(float).tiny)
        for name in ("bend", "pace_noise", "noise"):
            check_range(name, getattr(self, name), np.finfo(float).tiny)

    def _path(self, points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        goals = turning_points(points)
        progress = self._progress(tau, rng)
        # A Bezier curve would not reach the farthest point of a movement out and back.
        curve = bezier if rng.randint(2) and len(goals) == 2 else through
        path = curve(self._control_points(goals, rng), progress)
        mean_step = np.linalg.norm(np.diff(path, axis=0), axis=1).mean()
        shake = self._size(self.noise, rng) * mean_step
        still = np.minimum(1.0, np.minimum(tau, 1 - tau) / 0.1)[:, None]
        noise = coloured_noise(len(tau), 2, rng).T
        step = np.linalg.norm(np.diff(noise, axis=0), axis=1).mean()
        return path + shake / step * still * noise

    def _size(self, bounds: tuple[float, float], rng: np.random.RandomState) -> float:
        """Draw a size, or 0 in a third of the cases."""
        size = log_uniform(bounds, rng)
        return size if rng.randint(3) else 0.0

    def _progress(self, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        pace = np.exp(self._size(self.pace_noise, rng) * coloured_noise(len(tau), 1, rng)[0])
        time: np.ndarray = np.concatenate([[0.0], np.cumsum(np.diff(tau) * pace[1:])])
        time /= time[-1]
        a, b = log_uniform(self.easing, rng), log_uniform(self.easing, rng)
        kind = rng.randint(3)  # no easing, the same at both ends, or any
        if kind == 0:
            return time
        return betainc(a, a if kind == 1 else b, time)

    def _control_points(self, goals: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        """Return the goals with points between the last two, beside the straight line."""
        n = int(rng.randint(self.max_control_points + 1))
        way = goals[-1] - goals[-2]
        across = np.array([-way[1], way[0]])
        along = np.sort(rng.uniform(0.05, 0.95, size=n))[:, None]
        sideways = self._size(self.bend, rng) * rng.standard_normal((n, 1))
        between = goals[-2] + along * way + sideways * across
        return np.vstack([goals[:-1], between, goals[-1:]])


def bezier(control: np.ndarray, progress: np.ndarray) -> np.ndarray:
    """Return the points of a Bezier curve, of shape (n_points, 2), at `progress` from 0 to 1."""
    n = len(control) - 1
    k = np.arange(n + 1)
    weights = comb(n, k) * progress[:, None] ** k * (1 - progress[:, None]) ** (n - k)
    return weights @ control


def through(control: np.ndarray, progress: np.ndarray) -> np.ndarray:
    """Return points of the natural cubic spline through `control`, parametrized by chord length."""
    length = np.linalg.norm(np.diff(control, axis=0), axis=1)
    at = np.concatenate([[0.0], np.cumsum(np.maximum(length, 1e-9))])
    return CubicSpline(at / at[-1], control, bc_type="natural")(progress)


def coloured_noise(n: int, n_series: int, rng: np.random.RandomState) -> np.ndarray:
    """Return noise of unit variance, of shape (n_series, n), whose spectrum falls by a power.

    The exponent is drawn between 0, which is white noise, and 4, which wanders smoothly.
    """
    frequency = np.arange(n + 1.0)  # of twice the length: the ends must not meet
    frequency[0] = np.inf
    size = frequency ** (-0.5 * rng.uniform(0.0, 4.0))
    spectrum = size * (rng.standard_normal((n_series, n + 1, 2)) @ np.array([1.0, 1j]))
    noise: np.ndarray = np.fft.irfft(spectrum, 2 * n, axis=1)[:, :n]
    noise /= np.maximum(noise.std(axis=1, keepdims=True), np.finfo(float).tiny)
    return noise
