"""
A verdict before the end: early exit and verdicts over time
===========================================================

Every layer of a Forward-Forward network can judge a movement on its own, and so can every step.
``predict_proba(X, exit_confidence=...)`` asks no further layer once one is sure enough;
``predict_proba_over_time`` tells the verdict after each step, at the cost of one prediction. The
machine here follows minimum-jerk profiles from the same start to the same end.
"""

import time

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements
from sklearn_ffrnn.inspection import DecisionOverTimeDisplay

human = load_mouse_movements().data[:600]
machine = make_minimum_jerk_movements(human, random_state=0)
X, y, source = [*human, *machine], np.repeat([1, 0], len(human)), np.tile(np.arange(len(human)), 2)
((train, test),) = GroupShuffleSplit(1, test_size=0.3, random_state=0).split(y, y, source)
classifier = FFRNNClassifier(max_iter=10, random_state=0)
model = make_pipeline(VelocityTransformer(), classifier)
model.fit([X[i] for i in train], y[train])
velocities = model[:-1].transform([X[i] for i in test])

# %%
# Early exit
# ----------
# The share of movements that stop at each layer, and what it costs in accuracy and saves in time,
# measured as the median of repeats in turn.


def seconds(exit_confidence):
    """Return how long one prediction takes."""
    started = time.perf_counter()
    classifier.predict_proba(velocities, exit_confidence=exit_confidence)
    return time.perf_counter() - started


CONFIDENCES = (0.9, 0.95, 0.99)
times = np.median([[seconds(c) for c in (None, *CONFIDENCES)] for _ in range(7)], axis=0)
rows = {}
for confidence, spent in zip(CONFIDENCES, times[1:], strict=True):
    report = classifier.exit_report(velocities, confidence)
    probability = classifier.predict_proba(velocities, exit_confidence=confidence)[:, 1]
    rows[confidence] = {
        **{f"stop at layer {i + 1}": share for i, share in report["share"].items()},
        "multiplications saved": report["time_saved"].sum(),
        "time / time of all layers": spent / times[0],
        "AUC": roc_auc_score(y[test], probability),
    }
table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("exit_confidence")
print(table.round(3).to_string())
auc = roc_auc_score(y[test], classifier.decision_function(velocities))
print(f"AUC of all layers: {auc:.3f}")

# %%
# Over time
# ---------
# How sure the network is of each movement after a share of its steps, and how well it ranks them by
# then.

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
display = DecisionOverTimeDisplay.from_estimator(
    classifier, velocities, y[test], class_names=["machine", "human"], ax=left
)
aucs = [roc_auc_score(y[test], verdicts) for verdicts in display.verdicts.T]
right.plot(100 * display.shares, aucs, "k")
right.set(title="How well it ranks", xlabel="share of the movement seen (%)", ylabel="ROC AUC")
plt.show()
