"""Simple machines of a dozen kinds, written for validation: no negatives are made from them.

Even so, `blown_walk` and `controlled_chase` resemble PursuitFamily, which was written after them.

Each takes a start, an end (complex numbers x + iy, pixels) and a numpy Generator, and returns the
positions of the pointer at equal time steps. ``move`` gives it a clock of its own and whole pixels.
"""

import numpy as np

PERIODS = (8.0, 10.0, 16.0)  # ms


def make_machines(people, n, seed):
    """Return {name: n movements} of the scripts, between the end points of people's."""
    rng = np.random.default_rng(seed)
    found = {}
    for script in SCRIPTS:
        chosen = [people[i] for i in rng.choice(len(people), size=n)]
        ends = [(complex(*m[0, :2]), complex(*m[-1, :2])) for m in chosen]
        found[script.__name__] = [move(script, start, end, rng) for start, end in ends]
    return found


def move(script, start, end, rng):
    """Return a movement (n_points, 3) of a script: x, y in whole pixels, t in ms."""
    period = rng.choice(PERIODS)
    seconds = np.clip(rng.lognormal(np.log(0.6), 0.4), 0.2, 2.5)
    n = max(int(1000 * seconds / period), 8)
    path = script(start, end, n, rng)
    t = period * np.arange(len(path))
    return np.column_stack([path.real, path.imag, t]).round()


def constant_line(start, end, n, rng):
    """Go straight at one speed."""
    return start + (end - start) * np.linspace(0, 1, n)


def eased_line(start, end, n, rng):
    """Go straight by one of the easings of animation libraries."""
    tau = np.linspace(0, 1, n)
    eased = (
        np.sin(0.5 * np.pi * tau),
        0.5 - 0.5 * np.cos(np.pi * tau),
        1 - 2 ** (-9 * tau),
        1 - (1 - tau) ** 4,
        1 + 2.7 * (tau - 1) ** 3 + 1.7 * (tau - 1) ** 2,
    )[rng.integers(5)]
    return start + (end - start) * eased / eased[-1]


def arc(start, end, n, rng):
    """Follow a parabola evenly."""
    tau = np.linspace(0, 1, n)
    side = 1j * (end - start) * rng.uniform(-0.4, 0.4)
    return start + (end - start) * tau + side * 4 * tau * (1 - tau)


def wiggle(start, end, n, rng):
    """Go to the end in a sine wave, at a speed that is a half sine."""
    tau = 0.5 - 0.5 * np.cos(np.pi * np.linspace(0, 1, n))
    wave = rng.uniform(0.005, 0.05) * np.sin(2 * np.pi * rng.uniform(1, 6) * tau)
    return start + (end - start) * (tau + 1j * wave)


def jittered_line(start, end, n, rng):
    """Go straight with an error of some pixels at every point."""
    noise = rng.uniform(0.5, 4) * (rng.normal(size=n) + 1j * rng.normal(size=n))
    noise[[0, -1]] = 0
    return constant_line(start, end, n, rng) + noise


def smooth_noise_line(start, end, n, rng):
    """Go to the end by smoothstep, moved about by gradient noise of two octaves."""
    tau = np.linspace(0, 1, n)
    eased = tau**2 * (3 - 2 * tau)
    noise = np.zeros(n, complex)
    for octave in range(2):
        knots = rng.integers(4, 9) * (octave + 1)
        at = tau * knots
        low = np.minimum(at.astype(int), knots - 1)
        slope = rng.normal(size=knots + 1) + 1j * rng.normal(size=knots + 1)
        u = at - low
        fade = u**3 * (6 * u**2 - 15 * u + 10)
        noise += ((1 - fade) * slope[low] * u + fade * slope[low + 1] * (u - 1)) / 2**octave
    size = rng.uniform(0.01, 0.08) * abs(end - start)
    return start + (end - start) * eased + size * noise * np.sin(np.pi * tau)


def blown_walk(start, end, n, rng):
    """Fall towards the end through gusts of wind, no faster than so many pixels a step."""
    here, velocity, wind, path = start, 0j, 0j, [start]
    top = max(abs(end - start) / n * rng.uniform(1.5, 3), 2.0)
    pull, gust = rng.uniform(0.15, 0.5) * top, rng.uniform(0.1, 0.6) * top
    while abs(end - here) > 2 and len(path) < 4 * n:
        near = min(1.0, abs(end - here) / (6 * top))
        wind = 0.6 * wind + near * gust * complex(*rng.uniform(-1, 1, size=2))
        velocity = 0.8 * velocity + wind + pull * (end - here) / abs(end - here)
        limit = top * max(near, 0.15) * rng.uniform(0.6, 1)
        if abs(velocity) > limit:
            velocity *= limit / abs(velocity)
        here += velocity
        path.append(here)
    return np.array([*path, end])


def gaussian_spline(start, end, n, rng):
    """Follow a Catmull-Rom spline through points near the line; speed is a Gaussian bell."""
    way = end - start
    inner = [start + way * (f + 0.1j * rng.normal()) for f in (0.25, 0.5, 0.75)]
    points = np.array([start - 0.2 * way, start, *inner, end, end + 0.2 * way])
    tau = np.linspace(-1, 1, n)
    speed = np.exp(-0.5 * ((tau - rng.uniform(-0.3, 0.1)) / rng.uniform(0.3, 0.6)) ** 2)
    progress = np.concatenate([[0], np.cumsum(speed[1:])]) / speed[1:].sum() * 4
    i = np.minimum(progress.astype(int), 3)
    u = progress - i
    a, b, c, d = (points[i + k] for k in range(4))
    return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)))


def controlled_chase(start, end, n, rng):
    """Chase the end by a controller of position and speed, with a noisy motor."""
    frequency = rng.uniform(4, 9) / n
    damping = rng.uniform(0.5, 1.0)
    noise = rng.uniform(0, 0.1)
    here, velocity, path = start, 0j, [start]
    for _ in range(n - 1):
        force = frequency**2 * (end - here) - 2 * damping * frequency * velocity
        velocity += force * (1 + noise * complex(rng.normal(), rng.normal()))
        here += velocity
        path.append(here)
    return np.array(path)


def bridged_walk(start, end, n, rng):
    """Walk at random, tied to both ends."""
    steps = rng.normal(size=n - 1) + 1j * rng.normal(size=n - 1)
    walk = np.concatenate([[0], np.cumsum(steps)]) * abs(end - start) / n * rng.uniform(0.2, 1)
    tau = np.linspace(0, 1, n)
    return start + (end - start) * tau + walk - tau * walk[-1]


def hops(start, end, n, rng):
    """Jump to a few points on the way and wait at each."""
    n_hops = rng.integers(3, 12)
    at = np.sort(rng.uniform(0, 1, size=n_hops))
    goals = np.append(start, start + (end - start) * (at + 0.03j * rng.normal(size=n_hops)))
    goals[-1] = end
    return goals[np.minimum(np.arange(n) * (n_hops + 1) // n, n_hops)]


def overshoot_and_return(start, end, n, rng):
    """Go past the end on a bell of speed, then back to it on a second one."""
    beyond = end + (end - start) * rng.uniform(0.03, 0.12) * np.exp(0.6j * rng.normal())
    first = int(n * rng.uniform(0.6, 0.8))
    bell = [0.5 - 0.5 * np.cos(np.pi * np.linspace(0, 1, k)) for k in (first, n - first)]
    return np.concatenate([start + (beyond - start) * bell[0], beyond + (end - beyond) * bell[1]])


SCRIPTS = (
    constant_line,
    eased_line,
    arc,
    wiggle,
    jittered_line,
    smooth_noise_line,
    blown_walk,
    gaussian_spline,
    controlled_chase,
    bridged_walk,
    hops,
    overshoot_and_return,
)
