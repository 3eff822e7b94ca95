"""A movement is the vector sum of strokes that overlap in time."""

import matplotlib.pyplot as plt
import numpy as np

from sklearn_ffrnn.sigma_lognormal import position, speed, velocity

STROKES = np.array(
    [
        [120, 0.00, -1.5, 0.25, 0.0, 0.6],
        [100, 0.18, -1.5, 0.25, 1.5, 2.2],
        [60, 0.36, -1.5, 0.25, -0.5, -1.5],
    ]
)
t = np.linspace(0.0, 0.95, 600)
figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.2))

path = position(STROKES, t)
start = np.zeros(2)
for i, stroke in enumerate(STROKES):
    alone = position([stroke], t, start=start)
    left.plot(*alone.T, f"C{i + 1}--", label=f"stroke {i + 1} alone")
    start = alone[-1]
left.plot(*path.T, "k", label="movement")
left.set(title="Path", xlabel="px", ylabel="px", aspect="equal")
left.legend(fontsize=8)

for i, pulse in enumerate(speed(STROKES, t).T):
    right.fill_between(t, pulse, color=f"C{i + 1}", alpha=0.4)
right.plot(t, np.linalg.norm(velocity(STROKES, t), axis=1), "k", label="movement")
right.set(title="Speed", xlabel="s", ylabel="px/s")
right.legend()
