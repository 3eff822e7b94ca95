"""
How goodness is distributed
===========================

A layer decides by one number, its goodness, whether a movement is human. The distribution of
goodness shows more than an accuracy: how well a layer separates the classes, whether the threshold
lies between them, and how the values are distributed. The curves are a normal and an exponential
distribution, fitted by maximum likelihood to each class; the Kolmogorov-Smirnov distance, KS, is
the largest difference between the cumulative distributions of curve and data.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements
from sklearn_ffrnn.inspection import GoodnessDisplay

human = load_mouse_movements().data[:500]
machine = make_minimum_jerk_movements(human, random_state=0)
X, y = [*human, *machine], np.repeat([1, 0], len(human))
source = np.tile(np.arange(len(human)), 2)
((train, test),) = GroupShuffleSplit(1, test_size=0.3, random_state=0).split(y, y, source)


def display_goodness(**settings):
    """Fit a network with these settings, and draw the goodness of unseen movements."""
    network = FFRNNClassifier((64, 64, 64), max_iter=10, random_state=0, **settings)
    model = make_pipeline(VelocityTransformer(), network)
    model.fit([X[i] for i in train], y[train])
    return GoodnessDisplay.from_estimator(
        model, [X[i] for i in test], y[test], class_names=["machine", "human"]
    )


# %%
# A mean of squares
# -----------------
# Hinton's goodness is the mean of the squared activities of a layer. It can't be negative. The more
# active class spreads out over a long tail.

mean = display_goodness(goodness="mean", objective="logistic")

# %%
# A ratio of two halves
# ---------------------
# The package's default compares two halves of a layer, one for human and one for machine, by the
# logarithm of the ratio of their mean squares. It takes both signs, and neither class has a long
# tail.

log_ratio = display_goodness(goodness="log_ratio")

# %%
# In numbers
# ----------
# ``fits`` is a table of all curves. The distribution that comes closest to each class, by layer:

for name, display in {"mean": mean, "log_ratio": log_ratio}.items():
    fits = display.fits
    closest = fits.loc[fits.groupby(["layer", "class_name"])["ks_distance"].idxmin()]
    print(f"goodness={name!r}", closest.round(2).to_string(index=False), sep="\n", end="\n\n")

plt.show()
