"""
Which negatives are fair?
=========================

A classifier learns whatever tells its classes apart, and that need not be the movement. If the
machine's clock runs evenly, or its coordinates are not whole pixels, a network that seems to
recognize people recognizes the recording. :func:`~sklearn_ffrnn.inspection.recording_artefacts`
finds this out beforehand: it cross-validates a forest on features of the recording alone, family by
family. An AUC near 0.5 is what you want.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements
from sklearn_ffrnn.inspection import recording_artefacts
from sklearn_ffrnn.negatives import make_evaluation_set

human = load_mouse_movements().data[:200]

# %%
# Five machines
# -------------
# The first goes straight from start to end with a smooth profile of speed, on a clock of its own.
# The second does the same at the time stamps of its source, the third also on its pixels. The
# fourth follows a path of least jerk with the clock, the pixels and the first and last velocity of
# its source. The last is made of the source's own strokes, perturbed.


def straight(movement, even_clock=False, whole_pixels=False):
    """Go from the first to the last point at a bell-shaped speed."""
    t = movement[:, 2] - movement[0, 2]
    if even_clock:
        t = np.arange(0.0, t[-1] + 10.0, 10.0)
    tau = t / t[-1]
    progress = tau**3 * (10 - 15 * tau + 6 * tau**2)
    start, end = movement[[0, -1], :2]
    xy = start + np.outer(progress, end - start)
    return np.column_stack([xy.round() if whole_pixels else xy, t])


rows, _, _ = make_evaluation_set(human, random_state=0)
machines = {
    "straight, even clock": [straight(m, even_clock=True) for m in human],
    "straight, source's clock": [straight(m) for m in human],
    "straight, also pixels": [straight(m, whole_pixels=True) for m in human],
    "minimum jerk": make_minimum_jerk_movements(human, random_state=0),
    "perturbed strokes": rows[len(human) :],
}

# %%
# What the recording gives away
# -----------------------------
# A machine's movement and its source are one group, which stays on one side of every split.

y, source = np.repeat([1, 0], len(human)), np.tile(np.arange(len(human)), 2)
reports = {
    name: recording_artefacts([*human, *machine], y, source, cv=3, n_estimators=30, random_state=0)
    for name, machine in machines.items()
}
print(reports["minimum jerk"][["auc", "verdict", "telling_feature"]].round(2).to_string())

# %%
# All of them
# -----------
# A cell is marked where the classes are told apart significantly better than by chance. One repair
# may undo another: on whole pixels a slow start repeats its positions. The path of least jerk is
# recognized by its first step and by its short steps. The recording does not give the perturbed
# strokes away, so that a classifier can learn only from the movement.

aucs = pd.DataFrame({name: report["auc"] for name, report in reports.items()}).T
told_apart = pd.DataFrame({name: report["told_apart"] for name, report in reports.items()}).T
figure, ax = plt.subplots(figsize=(8.6, 4.4), layout="constrained")
image = ax.imshow(aucs, cmap="cividis", vmin=0.5, vmax=1.0, aspect="auto")
for (row, column), auc in np.ndenumerate(aucs.to_numpy()):
    mark = " *" if told_apart.to_numpy()[row, column] else ""
    color = "white" if auc < 0.75 else "black"
    ax.text(column, row, f"{auc:.2f}{mark}", ha="center", va="center", color=color)
ax.set_xticks(range(aucs.shape[1]), [name.replace(" ", "\n", 1) for name in aucs.columns])
ax.set_yticks(range(aucs.shape[0]), aucs.index)
ax.set(
    title="What the recording alone gives away (* told apart)", xlabel="features of the recording"
)
figure.colorbar(image, label="ROC AUC of a forest", extend="min")
plt.show()
