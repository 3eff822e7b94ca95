"""A family of human movements with one property altered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.special import betainc

from ._family import PathFamily, log_uniform

ALTERATIONS: dict[str, Callable[..., np.ndarray]] = {}
DEFAULT = ("smoothed", "shaken", "retimed", "shuffled", "surrogate")


def _alteration(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    ALTERATIONS[function.__name__] = function
    return function


@dataclass(frozen=True)
class AlteredHumanFamily(PathFamily):
    """Human movements with one property altered and all others kept.

    No real machine moves like this. But from the difference between a movement and itself smoothed,
    shaken, retimed or shuffled, a classifier learns the limits of human movement in every
    direction.

    Parameters
    ----------
    alterations : tuple of str or None, default=None
        Names of alterations to draw from, all but the last one if None:

        - "smoothed": without tremor and corrections;
        - "shaken": with noise on every point;
        - "retimed": the same path at the pace of an easing curve;
        - "shuffled": the same steps in another order;
        - "surrogate": velocities of the same spectrum with other phases;
        - "calmed": with most of the tremor taken off, and nothing else: the finest of them.

    Notes
    -----
    Two more were tried and left out, because hardly anything tells them from people, so that they
    blur the boundary: the same pace on a plain arc, and the movement run backwards.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.negatives import AlteredHumanFamily
    >>> movement = np.array([[0, 0, 0], [10, 3, 16], [60, 5, 32], [90, 2, 48], [100, 0, 64]])
    >>> made = AlteredHumanFamily(("shuffled",))(movement.astype(float), random_state=0)
    >>> sorted(np.diff(made[:, 0]).tolist())
    [10.0, 10.0, 30.0, 50.0]
    """

    alterations: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        unknown = [name for name in self.alterations or () if name not in ALTERATIONS]
        if unknown or self.alterations == ():
            raise ValueError(
                f"alterations={self.alterations!r} must name some of {sorted(ALTERATIONS)}."
            )

    def _path(self, points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        names = self.alterations or DEFAULT
        return ALTERATIONS[names[rng.randint(len(names))]](points, tau, rng)


@_alteration
def smoothed(points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Return the path smoothed by a Gaussian filter of 4 to 20 % of its length."""
    width = log_uniform((0.04, 0.2), rng) * len(points)
    n = len(points) - 1
    padded = np.pad(points, ((n, n), (0, 0)), mode="reflect", reflect_type="odd")
    return gaussian_filter1d(padded, width, axis=0)[n : n + len(points)]


@_alteration
def shaken(points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Return the path with noise of 20 to 100 % of the mean step on every point."""
    step = np.linalg.norm(np.diff(points, axis=0), axis=1).mean()
    noise: np.ndarray = log_uniform((0.2, 1.0), rng) * step * rng.standard_normal(points.shape)
    return points + noise


@_alteration
def retimed(points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Return the same path at the pace of Beta(a, b), with a and b from 1 to 4."""
    a, b = np.exp(rng.uniform(0.0, np.log(4.0), size=2)) if rng.randint(3) else (1.0, 1.0)
    return along(points, betainc(a, b, tau))


@_alteration
def shuffled(points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Return the path of the same steps, in runs of one to six steps, in another order."""
    steps = np.diff(points, axis=0)
    n_runs = max(2, len(steps) // int(rng.randint(1, 7)))
    runs = np.array_split(steps, min(n_runs, len(steps)))
    steps = np.concatenate([runs[i] for i in rng.permutation(len(runs))])
    return points[0] + np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)])


@_alteration
def surrogate(points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Return the path whose velocity has the same spectrum and mean, and random phases."""
    steps = np.diff(points, axis=0) @ np.array([1.0, 1j])
    spectrum = np.fft.fft(steps)
    spectrum[1:] *= np.exp(2j * np.pi * rng.uniform(size=len(spectrum) - 1))
    way = np.concatenate([[0.0], np.cumsum(np.fft.ifft(spectrum))])
    return points[0] + np.stack([way.real, way.imag], axis=1)


@_alteration
def calmed(points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
    """Return the path with 60 to 100 % taken off what a Gaussian of 0.8 to 3 points takes off."""
    n = min(len(points) - 1, 12)
    padded = np.pad(points, ((n, n), (0, 0)), mode="reflect", reflect_type="odd")
    calm = gaussian_filter1d(padded, log_uniform((0.8, 3.0), rng), axis=0)[n : n + len(points)]
    return calm + rng.uniform(0.0, 0.4) * (points - calm)


def along(points: np.ndarray, progress: np.ndarray) -> np.ndarray:
    """Return the points of a path after shares `progress` of its length."""
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    return np.stack([np.interp(progress * length[-1], length, axis) for axis in points.T], axis=1)
