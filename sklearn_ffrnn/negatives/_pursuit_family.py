"""A family of movements of a controller that pursues its goal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np

from .._input import check_range
from ._family import PathFamily, log_uniform, turning_points

# Longest step of the simulation, as a part of the time in which the controller reacts.
STEP = 0.2


@dataclass(frozen=True)
class PursuitFamily(PathFamily):
    """Pursuit of the goal by a mass that is pulled towards it and disturbed by noise.

    The position z follows the equation of a spring and a damper, ::

        z'' = w^2 (goal - z + distance * noise) - 2 d w z',

    with noise that has a memory (an Ornstein-Uhlenbeck process), and may have a top speed. With d <
    1 it overshoots the goal and comes back. Game characters, feedback controllers and random walks
    that drift to an end point move like this.

    Parameters
    ----------
    rate : tuple of two floats, default=(5.0, 25.0)
        Range of w times the duration, drawn log-uniformly: how soon the goal is reached.
    damping : tuple of two floats, default=(0.3, 1.5)
        Range of d, drawn log-uniformly.
    noise : tuple of two floats, default=(0.01, 1.0)
        Range of the standard deviation of the noise, drawn log-uniformly.
    memory : tuple of two floats, default=(0.005, 0.3)
        Range of the correlation time of the noise, relative to the duration, drawn log-uniformly.
    top_speed : tuple of two floats, default=(1.2, 4.0)
        Range of the highest speed, relative to the mean speed along the straight line.

    Notes
    -----
    Noise is left out in a fifth of the movements, and the top speed in half of them.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.negatives import PursuitFamily
    >>> t = np.arange(0.0, 640.0, 16.0)
    >>> movement = np.column_stack([t, 100 * np.sin(t / 600), t]).round()
    >>> made = PursuitFamily()(movement, random_state=0)
    >>> bool((made[[0, -1]] == movement[[0, -1]]).all()), bool((made[:, 2] == t).all())
    (True, True)
    """

    rate: tuple[float, float] = (5.0, 25.0)
    damping: tuple[float, float] = (0.3, 1.5)
    noise: tuple[float, float] = (0.01, 1.0)
    memory: tuple[float, float] = (0.005, 0.3)
    top_speed: tuple[float, float] = (1.2, 4.0)

    def __post_init__(self) -> None:
        for name in ("rate", "damping", "noise", "memory", "top_speed"):
            check_range(name, getattr(self, name), np.finfo(float).tiny)

    def _path(self, points: np.ndarray, tau: np.ndarray, rng: np.random.RandomState) -> np.ndarray:
        goals = turning_points(points) @ np.array([1.0, 1j])
        lengths = np.abs(np.diff(goals))
        # A movement out and back is two pursuits; the second begins where the first one is.
        changes = np.cumsum(lengths)[:-1] / lengths.sum()
        rate = log_uniform(self.rate, rng) * len(lengths)
        path = pursue(
            goals,
            changes,
            tau,
            rate=rate,
            damping=log_uniform(self.damping, rng),
            noise=log_uniform(self.noise, rng) if rng.randint(5) else 0.0,
            memory=log_uniform(self.memory, rng),
            top_speed=rng.uniform(*self.top_speed) * lengths.sum() if rng.randint(2) else np.inf,
            rng=rng,
        )
        # Spread the distance that is left at the end over the whole path.
        path += (goals[-1] - path[-1]) * tau**2 * (3 - 2 * tau)
        return np.stack([path.real, path.imag], axis=1)


def pursue(
    goals: np.ndarray,
    changes: np.ndarray,
    tau: np.ndarray,
    *,
    rate: float,
    damping: float,
    noise: float,
    memory: float,
    top_speed: float,
    rng: np.random.RandomState,
) -> np.ndarray:
    """Return the positions of the pursuit at times `tau`, as complex numbers x + iy.

    Parameters
    ----------
    goals : ndarray of complex
        The start, then the goals in order.
    changes : ndarray of shape (n_goals - 2,)
        When the goal changes to the next one.
    tau : ndarray
        Times from 0 to 1, never decreasing.
    rate, damping, noise, memory, top_speed : float
        As in :class:`PursuitFamily`; the speed in lengths per duration.
    rng : RandomState
        Draws the noise.
    """
    intervals = np.diff(tau)
    n_steps = np.ceil(intervals * rate / STEP).astype(int)
    lasts = intervals / np.maximum(n_steps, 1)
    shares = np.exp(-lasts / memory)
    leg = np.searchsorted(changes, tau[1:])
    ahead = goals[leg + 1]
    sizes = noise * np.abs(ahead - goals[leg]) * np.sqrt(1 - shares**2)
    draws = iter((rng.standard_normal((n_steps.sum(), 2)) @ np.array([1.0, 1j])).tolist())
    # Numbers of Python: numpy's own take several times as long one by one.
    z, velocity, push = complex(goals[0]), 0j, 0j
    path = [z]
    for n, dt, kept, goal, size in zip(
        *(values.tolist() for values in (n_steps, lasts, shares, ahead, sizes)), strict=True
    ):
        for draw in islice(draws, n):
            push = kept * push + size * draw
            velocity += dt * (rate**2 * (goal - z + push) - 2 * damping * rate * velocity)
            speed = abs(velocity)
            if speed > top_speed:
                velocity *= top_speed / speed
            z += dt * velocity
        path.append(z)
    return np.array(path)
