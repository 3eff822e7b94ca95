"""Machine-made movements of the simplest kinds, to test detectors that learnt from people alone.

Each maker takes a human movement on a uniform clock, (n_points, 3) with columns x, y, t, and a
Generator, and returns the positions (n_points, 2) that a machine takes between the same two end
points in the same time. ``make_machines`` runs them all and rounds to whole pixels, so that neither
the clock nor the lattice gives a machine away. They are written here from what is generally known
of such movements; no published bot is among them.
"""

import numpy as np
from scipy.ndimage import gaussian_filter1d

EASINGS = {
    "in-out sine": lambda s: (1 - np.cos(np.pi * s)) / 2,
    "out quad": lambda s: 1 - (1 - s) ** 2,
    "out cubic": lambda s: 1 - (1 - s) ** 3,
    "in-out cubic": lambda s: np.where(s < 0.5, 4 * s**3, 1 - (2 - 2 * s) ** 3 / 2),
    "out expo": lambda s: (1 - 2.0 ** (-10 * s)) / (1 - 2.0**-10),
}


def _ends(human):
    """Return progress in time from 0 to 1, both end points and a normal as long as their chord."""
    start, end = human[0, :2], human[-1, :2]
    chord = end - start
    return np.linspace(0, 1, len(human)), start, end, np.array([-chord[1], chord[0]])


def minimum_jerk_progress(s):
    s = np.clip(s, 0, 1)
    return s**3 * (10 - 15 * s + 6 * s**2)


def constant_line(human, rng):
    """Straight on, at one speed."""
    s, start, end, _ = _ends(human)
    return start + np.outer(s, end - start)


def jittered_line(human, rng):
    """Straight on at one speed, every point some pixels off."""
    path = constant_line(human, rng)
    path[1:-1] += rng.normal(scale=rng.uniform(1, 3), size=path[1:-1].shape)
    return path


def eased_line(human, rng):
    """Straight on, with the speed of an easing function."""
    s, start, end, _ = _ends(human)
    return start + np.outer(EASINGS[rng.choice(list(EASINGS))](s), end - start)


def eased_bezier(human, rng):
    """Along a cubic Bezier curve, with the speed of an easing function."""
    s, start, end, normal = _ends(human)
    s = EASINGS[rng.choice(list(EASINGS))](s)[:, None]
    a, b = rng.normal(scale=0.2, size=2)
    first = start + (end - start) * rng.uniform(0.1, 0.5) + a * normal
    second = start + (end - start) * rng.uniform(0.5, 0.9) + b * normal
    ends = (1 - s) ** 3 * start + s**3 * end
    return ends + 3 * (1 - s) ** 2 * s * first + 3 * (1 - s) * s**2 * second


def noisy_bezier(human, rng):
    """As `eased_bezier`, with smooth noise on it."""
    path = eased_bezier(human, rng)
    noise = gaussian_filter1d(rng.normal(size=path.shape), rng.uniform(0.5, 3), axis=0)
    noise *= rng.uniform(0.5, 3) / max(noise.std(), 1e-9)
    return path + noise * np.sin(np.linspace(0, np.pi, len(path)))[:, None]


def minimum_jerk(human, rng):
    """One stroke of least jerk, slightly bent."""
    s, start, end, normal = _ends(human)
    bend = rng.normal(scale=0.1) * 16 * (s * (1 - s)) ** 2
    return start + np.outer(minimum_jerk_progress(s), end - start) + np.outer(bend, normal)


def submovements(human, rng):
    """A stroke of least jerk that misses, and one to three corrections."""
    s, start, end, normal = _ends(human)
    n = rng.integers(1, 4)
    onset = np.sort(np.append(0, rng.uniform(0.3, 0.7, n)))
    aims = rng.normal(scale=0.12, size=(n, 2)) / np.arange(1, n + 1)[:, None]
    aims[:, 0] += 1
    aims = np.vstack([aims, [1, 0]])
    steps = np.diff(aims, axis=0, prepend=[[0, 0]])
    path = np.repeat(start[None], len(s), axis=0)
    for begins, (along, across) in zip(onset, steps, strict=True):
        lasts = min(rng.uniform(0.4, 0.8), 1 - begins)
        progress = minimum_jerk_progress((s - begins) / lasts)
        path += np.outer(progress, along * (end - start) + across * normal)
    return path


def random_walk(human, rng):
    """A walk of independent steps that ends where it must."""
    s, start, end, _ = _ends(human)
    steps = rng.normal(size=(len(s) - 1, 2)) * np.linalg.norm(end - start) / (len(s) - 1)
    return _to_target(np.vstack([[0, 0], np.cumsum(steps * rng.uniform(0.2, 1), axis=0)]), human)


def smooth_walk(human, rng):
    """A walk whose velocity wanders slowly and that ends where it must."""
    s, start, end, _ = _ends(human)
    velocity = gaussian_filter1d(rng.normal(size=(len(s) - 1, 2)), rng.uniform(2, 8), axis=0)
    velocity *= np.linalg.norm(end - start) / (len(s) - 1) / max(velocity.std(), 1e-9)
    return _to_target(np.vstack([[0, 0], np.cumsum(velocity * rng.uniform(0.2, 1), axis=0)]), human)


def _to_target(walk, human):
    s, start, end, _ = _ends(human)
    return start + walk + np.outer(s, end - start - walk[-1])


MAKERS = (
    constant_line,
    jittered_line,
    eased_line,
    eased_bezier,
    noisy_bezier,
    minimum_jerk,
    submovements,
    random_walk,
    smooth_walk,
)


def make_machines(humans, seed):
    """Return {name: movements}, one movement of each kind for each human one."""
    rng = np.random.default_rng(seed)
    return {
        make.__name__.replace("_", " "): [
            np.column_stack([make(human, rng).round(), human[:, 2]]) for human in humans
        ]
        for make in MAKERS
    }
