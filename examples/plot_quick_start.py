"""
Quick start: human or machine?
==============================

From recorded mouse movements to a classifier that tells them from machine-made ones, and to
pictures of what it has learnt.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import RocCurveDisplay
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements
from sklearn_ffrnn.inspection import (
    GoodnessDisplay,
    LayerAccuracyDisplay,
    LossCurveDisplay,
    TrajectoryDisplay,
)

# %%
# The data
# --------
# A movement is an array of points with columns x, y and t; a data set is a list of them. This is
# one: its path, and its speed as the sum of the strokes that the Sigma-Lognormal model finds in it.

human = load_mouse_movements().data[:500]
print(human[0][:4])
display = TrajectoryDisplay.from_trajectory(human[0])

# %%
# All recordings are of people. A machine goes from the same start to the same end, on the same
# clock and pixels, by a path of least jerk: one smooth reach without corrections.

machine = make_minimum_jerk_movements(human, random_state=0)
display = TrajectoryDisplay.from_trajectory(machine[0])

# %%
# A split that is fair
# --------------------
# A human movement and the machine movement made from it go to the same side.

X, y = [*human, *machine], np.repeat([1, 0], len(human))
source = np.tile(np.arange(len(human)), 2)
splitter = GroupShuffleSplit(1, test_size=0.3, random_state=0)
((train, test),) = splitter.split(y, y, groups=source)
X_train, X_test = [X[i] for i in train], [X[i] for i in test]

# %%
# The model
# ---------
# The network reads velocities. Each of its layers learns alone, by the Forward-Forward algorithm.
# Once fitted, the pipeline shows them.

model = make_pipeline(VelocityTransformer(), FFRNNClassifier(max_iter=12, random_state=0))
model.fit(X_train, y[train])

# %%
# How good it is
# --------------
# On unseen movements, with scikit-learn's tools.

_, ax = plt.subplots(figsize=(4.8, 4.8), layout="constrained")
roc = RocCurveDisplay.from_estimator(model, X_test, y[test], ax=ax, plot_chance_level=True)

# %%
# What the layers have learnt
# ---------------------------
# Every layer has a loss of its own, and a verdict of its own: whether its goodness is above the
# threshold.

_, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
losses = LossCurveDisplay.from_estimator(model, ax=left)
layers = LayerAccuracyDisplay.from_estimator(model, X_test, y[test], ax=right)

# %%
names = ["machine", "human"]
goodness = GoodnessDisplay.from_estimator(model, X_test, y[test], class_names=names)
plt.show()
