"""
A verdict before the end: layer by layer and over time
======================================================

Every layer of a Forward-Forward network can judge a movement on its own, and so can every step.
``staged_predict_proba`` yields the probabilities after each layer, ``predict_proba_over_time`` the
verdict after each step, at the cost of one prediction. The machine here follows minimum-jerk
profiles from the same start to the same end.
"""

import matplotlib.pyplot as plt
import numpy as np
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
# Layer by layer
# --------------
# AUC of the verdict after each number of layers: a network could stop there.

for i, probability in enumerate(classifier.staged_predict_proba(velocities), start=1):
    print(f"AUC after {i} layer(s): {roc_auc_score(y[test], probability[:, 1]):.3f}")

# %%
# Over time
# ---------
# Probabilities after each share of a movement, and the AUC of the verdicts at that time.

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
display = DecisionOverTimeDisplay.from_estimator(
    classifier, velocities, y[test], class_names=["machine", "human"], ax=left
)
aucs = [roc_auc_score(y[test], verdicts) for verdicts in display.verdicts.T]
right.plot(100 * display.shares, aucs, "k")
right.set(title="AUC of the verdicts", xlabel="share of the movement seen (%)", ylabel="ROC AUC")
plt.show()
