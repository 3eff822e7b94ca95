"""
Threshold and normalization, chosen by cross-validation
========================================================

A layer pushes its goodness above the threshold for humans and below it for machines, and passes its
normalized activities on. Here :class:`~sklearn.model_selection.GridSearchCV` finds the threshold
and the normalization that suit the data. Goodness is Hinton's mean of squared activities, for which
both matter most.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import sklearn
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import Pipeline

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements

# %%
# The data
# --------
# Recorded mouse movements, and for each of them a machine movement that follows a minimum-jerk path
# from the same start to the same end on the same clock.

human = load_mouse_movements().data[:180]
machine = make_minimum_jerk_movements(human, random_state=0)
X, y = [*human, *machine], np.repeat([1, 0], len(human))
source = np.tile(np.arange(len(human)), 2)

# %%
# The search
# ----------
# Folds are made of whole sources, so that a machine's movement stays with its own. The same groups
# are routed to ``fit`` of the network, which holds out a part to stop early and to calibrate on.

network = FFRNNClassifier(
    (32, 32), goodness="mean", objective="logistic", max_iter=10, random_state=0
)
grid = {
    "network__threshold": [2.0, 4.0, 7.0, 10.0],
    "network__normalization": ["standardize", "layer_norm", None],
}
folds = StratifiedGroupKFold(3, shuffle=True, random_state=0)
with sklearn.config_context(enable_metadata_routing=True):
    steps = [("velocity", VelocityTransformer()), ("network", network.set_fit_request(groups=True))]
    search = GridSearchCV(Pipeline(steps), grid, scoring="roc_auc", cv=folds)
    search.fit(X, y, groups=source)

# %%
# The result
# ----------
# Mean and standard deviation over the folds. Differences that are no larger than the deviations are
# not significant.

results = pd.DataFrame(search.cv_results_)
axes = {"index": "param_network__normalization", "columns": "param_network__threshold"}
results["param_network__normalization"] = results["param_network__normalization"].fillna("none")
mean = results.pivot(**axes, values="mean_test_score")
deviation = results.pivot(**axes, values="std_test_score")
print(f"best: {search.best_params_}")

figure, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
image = ax.imshow(mean, cmap="cividis", aspect="auto")
for (row, column), value in np.ndenumerate(mean.to_numpy()):
    light = value < mean.to_numpy().mean()
    text = f"{value:.3f}\n± {deviation.to_numpy()[row, column]:.3f}"
    ax.text(column, row, text, ha="center", va="center", color="white" if light else "black")
ax.set_xticks(range(mean.shape[1]), [f"{theta:g}" for theta in mean.columns])
ax.set_yticks(range(mean.shape[0]), mean.index)
ax.set(title="Cross-validated ROC AUC", xlabel="threshold θ", ylabel="normalization")
figure.colorbar(image, label="ROC AUC")
plt.show()
