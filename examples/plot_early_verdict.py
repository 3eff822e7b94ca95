"""
A verdict before the end: early exit and verdicts over time
===========================================================

Every layer of a Forward-Forward network can judge a movement on its own, and so can every step.
``predict_proba(X, exit_confidence=...)`` asks no further layer once one is sure enough;
``predict_proba_over_time`` tells the verdict after each step, at the cost of one prediction. The
machine here follows minimum-jerk profiles from the same start to the same end.
"""

import sys
import time

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements

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
# How sure the network is of each movement after a share of its steps, and how well it ranks them.

over_time = classifier.predict_proba_over_time(velocities)
n_steps = (~np.isnan(over_time)).sum(axis=1)
shares = np.linspace(0.05, 1, 20)
at = np.maximum(np.ceil(n_steps[:, None] * shares).astype(int) - 1, 0)
verdicts = np.take_along_axis(over_time, at, axis=1)

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
for label, name, color in ((1, "human", "C0"), (0, "machine", "C3")):
    low, middle, high = np.quantile(verdicts[y[test] == label], (0.25, 0.5, 0.75), axis=0)
    left.plot(shares, middle, color, label=name)
    left.fill_between(shares, low, high, color=color, alpha=0.2)
left.set(
    title="Verdict as the movement goes on (quartiles)",
    xlabel="share of the movement",
    ylabel="probability of human",
)
left.legend()
right.plot(shares, [roc_auc_score(y[test], column) for column in verdicts.T], "k")
right.set(title="How well it ranks", xlabel="share of the movement", ylabel="ROC AUC")

if len(sys.argv) > 1:
    figure.savefig(sys.argv[1], dpi=100)
plt.show()
