"""A human movement, a machine's between the same points, and the verdicts on many of both kinds.

The README's picture: python docs/figures/human_and_machine.py docs/human_and_machine.png
"""

import sys

import matplotlib.pyplot as plt
import numpy as np
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements
from sklearn_ffrnn.inspection import DecisionOverTimeDisplay

SHOWN = 305  # not trained on

human = load_mouse_movements().data[:500]
machine = make_minimum_jerk_movements(human, random_state=0)
model = make_pipeline(VelocityTransformer(), FFRNNClassifier(max_iter=15, random_state=0))
model.fit(human[:300] + machine[:300], np.repeat([1, 0], 300))

figure, (paths, speeds, verdicts) = plt.subplots(1, 3, figsize=(10, 3.2), layout="constrained")
for movement, name, color in ((human, "human", "#0072B2"), (machine, "machine", "#D55E00")):
    x, y, t = movement[SHOWN].T
    paths.plot(x, y, ".-", color=color, markersize=3, label=name)
    speed = np.hypot(np.diff(x), np.diff(y)) / np.diff(t)
    speeds.plot(t[1:] - t[0], speed, color=color, label=name)
paths.set(title="two movements", xlabel="x, px", ylabel="y, px")
paths.invert_yaxis()
paths.legend()
speeds.set(title="their speeds", xlabel="ms", ylabel="px/ms")
DecisionOverTimeDisplay.from_estimator(
    model,
    human[300:] + machine[300:],
    np.repeat([1, 0], 200),
    class_names=["machine", "human"],
    ax=verdicts,
)
verdicts.get_legend().remove()  # the colours are those of the first panel
verdicts.set(title="400 unseen movements", ylabel="P(human): median, quartiles")
if len(sys.argv) > 1:
    figure.savefig(sys.argv[1], dpi=110)
