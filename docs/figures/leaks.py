"""What gives a careless machine away, without a look at its movement."""

import matplotlib.pyplot as plt
import numpy as np

from sklearn_ffrnn.datasets import load_mouse_movements

COLORS = {"human": "C0", "machine": "C3"}


def careless(movement):
    """Move from rest to rest, every 10 ms, at coordinates that are not whole pixels."""
    t = np.arange(0.0, movement[-1, 2] + 1, 10.0)
    tau = t / t[-1]
    progress = 10 * tau**3 - 15 * tau**4 + 6 * tau**5
    start, end = movement[0, :2], movement[-1, :2]
    return np.column_stack([start + np.outer(progress, end - start), t])


humans = load_mouse_movements().data[:200]
machines = [careless(movement) for movement in humans]
figure, (clock, lattice, rest) = plt.subplots(1, 3, figsize=(8.4, 2.9))
shares = np.linspace(0, 1, 41)
for name, movements in (("human", humans), ("machine", machines)):
    intervals = np.concatenate([np.diff(m[:, 2]) for m in movements])
    clock.hist(intervals, np.arange(0, 31), density=True, alpha=0.6, color=COLORS[name], label=name)
    fractions = np.concatenate([m[:, 0] % 1 for m in movements])
    lattice.hist(fractions, np.linspace(0, 1, 21), density=True, alpha=0.6, color=COLORS[name])
    profiles = []
    for movement in movements:
        steps = np.diff(movement, axis=0)
        middle = (movement[1:, 2] - 0.5 * steps[:, 2]) / movement[-1, 2]
        moving = steps[:, 2] > 0
        profile = np.linalg.norm(steps[moving, :2], axis=1) / steps[moving, 2]
        profiles.append(np.interp(shares, middle[moving], profile / profile.mean()))
    rest.plot(shares, np.median(profiles, axis=0), COLORS[name], label=name)
clock.set(title="The clock", xlabel="time step, ms", ylabel="share of steps")
clock.legend()
lattice.set(title="The lattice", xlabel="x, fraction of a pixel", yticks=[])
rest.set(title="The ends", xlabel="share of the movement", ylabel="speed / mean speed")
