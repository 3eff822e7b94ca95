"""Machines that nobody learns from: scripts between the end points of people's movements.

Written for validation alone, from descriptions; no negatives of the package are made like them and
no published bot took part. All report to a browser: whole pixels, an event every 7 to 9 ms, and
none where the pointer keeps still. How long they take has nothing to do with how far they go.

- "function": the nine function-based machines of BeCAPTCHA-Mouse (arXiv:2005.00890), as described
  there: linear, quadratic and exponential paths at a constant, an accelerating or a bell-shaped
  pace.
- "bezier": a cubic Bezier curve with one of four easings.
- "minimum jerk": plain, with an error at every point, or with a correction.
- "replay": a person's own path and pace, 1.7 to 4 times too fast or too slow.
- the dozen scripts of benchmarks/simple_machines.py.
"""

import numpy as np
from scipy.stats import norm

from examples.common.simple_machines import SCRIPTS

SECONDS = (0.15, 2.0)
NEAREST = 30.0  # pixels; shorter ways give a machine nothing to do


def make_unseen_machines(people, n, seed):
    """Return {name: n movements} between the end points of people's."""
    rng = np.random.default_rng(seed)
    far = [m for m in people if np.hypot(*(m[-1, :2] - m[0, :2])) >= NEAREST]
    found = {}
    for name, machine in MACHINES.items():
        made = []
        while len(made) < n:
            person = far[rng.integers(len(far))]
            path, seconds = machine(person, rng)
            movement = browser(path, seconds, rng)
            if len(movement) >= 3:
                made.append(movement)
        found[name] = made
    return found


def browser(path, seconds, rng):
    """Return what a browser reports of a path, a function from progress in time to x + iy."""
    n = max(int(1000 * seconds / 8), 6)
    t = np.concatenate([[0], np.cumsum(rng.uniform(7, 9, size=n))])
    z = path(t / t[-1])
    movement = np.column_stack([z.real.round(), z.imag.round(), t.round(1)])
    return movement[np.append(True, np.diff(movement[:, :2], axis=0).any(axis=1))]


def duration(rng):
    return float(np.exp(rng.uniform(*np.log(SECONDS))))


def ends(person):
    start, end = person[[0, -1], :2] @ np.array([1, 1j])
    return start, end - start


def function(shape, pace):
    """Return a function-based machine."""

    def machine(person, rng):
        start, way = ends(person)
        bend, rate = rng.uniform(-0.4, 0.4), rng.uniform(0.5, 4) * rng.choice([-1, 1])
        centre, width = rng.uniform(0.35, 0.65), rng.uniform(0.12, 0.3)
        low, high = norm.cdf([0, 1], centre, width)
        progress = {
            "constant": lambda t: t,
            "accelerating": lambda t: np.expm1(2.5 * t) / np.expm1(2.5),
            "bell": lambda t: (norm.cdf(t, centre, width) - low) / (high - low),
        }[pace]
        beside = {
            "linear": lambda s: 0 * s,
            "quadratic": lambda s: 4 * bend * s * (1 - s),
            "exponential": lambda s: 2 * bend * (np.expm1(rate * s) / np.expm1(rate) - s),
        }[shape]
        return lambda t: start + way * ((s := progress(t)) + 1j * beside(s)), duration(rng)

    return machine


def bezier(person, rng):
    start, way = ends(person)
    first, second = (
        start + way * (along + 0.2j * rng.normal())
        for along in (rng.uniform(0.1, 0.5), rng.uniform(0.5, 0.9))
    )
    power = rng.uniform(1.5, 4)
    ease = (
        lambda t: t,
        lambda t: 1 - (1 - t) ** power,
        lambda t: t * t * (3 - 2 * t),
        lambda t: 0.5 - 0.5 * np.cos(np.pi * t),
    )[rng.integers(4)]

    def path(t):
        s = ease(t)
        r = 1 - s
        return r**3 * start + 3 * r * s * (r * first + s * second) + s**3 * (start + way)

    return path, duration(rng)


def minimum_jerk(kind):
    """Return a machine that reaches by minimum jerk."""

    def smooth(t):
        t = np.clip(t, 0, 1)
        return t**3 * (10 - 15 * t + 6 * t**2)

    def machine(person, rng):
        start, way = ends(person)
        bow = 0.08 * rng.normal()
        error = rng.uniform(0.3, 1.5) if kind == "noisy" else 0.0
        first = 0.9 + 0.2 * rng.random() if kind == "corrected" else 1.0
        done = 0.75 if kind == "corrected" else 1.0

        def path(t):
            s = first * smooth(t / done) + (1 - first) * smooth((t - 0.6) / 0.4)
            noise = error * (rng.normal(size=len(t)) + 1j * rng.normal(size=len(t)))
            noise[[0, -1]] = 0
            return start + way * (s + 4j * bow * s * (1 - s)) + noise

        return path, duration(rng)

    return machine


def replay(slower):
    """Return a machine that plays a person's movement at another pace."""

    def machine(person, rng):
        t = person[:, 2]
        last = np.append(np.diff(t) > 0, True)
        seconds = (t[-1] - t[0]) / 1000
        tau = (t[last] - t[0]) / (t[-1] - t[0])
        x, y = person[last, :2].T
        factor = np.exp(rng.uniform(np.log(1.7), np.log(4)))
        path = lambda at: np.interp(at, tau, x) + 1j * np.interp(at, tau, y)  # noqa: E731
        return path, seconds * factor if slower else seconds / factor

    return machine


def of_script(script):
    """Return a machine that moves by one of the simple scripts."""

    def machine(person, rng):
        start, way = ends(person)
        z = script(start, start + way, max(int(duration(rng) * 125), 8), rng)
        tau = np.linspace(0, 1, len(z))
        path = lambda at: np.interp(at, tau, z.real) + 1j * np.interp(at, tau, z.imag)  # noqa: E731
        return path, len(z) / 125

    return machine


FUNCTIONS = {
    f"{shape}, {pace}": function(shape, pace)
    for shape in ("linear", "quadratic", "exponential")
    for pace in ("constant", "accelerating", "bell")
}
MACHINES = {
    **FUNCTIONS,
    "bezier": bezier,
    **{f"minimum jerk, {kind}": minimum_jerk(kind) for kind in ("plain", "noisy", "corrected")},
    "replay, fast": replay(slower=False),
    "replay, slow": replay(slower=True),
    **{script.__name__.replace("_", " "): of_script(script) for script in SCRIPTS},
}
