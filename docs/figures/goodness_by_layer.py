"""Goodness of movements that the network has not seen, layer by layer."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements

human = load_mouse_movements().data[:400]
machine = make_minimum_jerk_movements(human, random_state=0)
classifier = FFRNNClassifier((32, 32, 32), max_iter=15, random_state=0)
model = make_pipeline(VelocityTransformer(), classifier)
model.fit(human[:250] + machine[:250], np.repeat([1, 0], 250))

X, y = human[250:] + machine[250:], np.repeat([1, 0], 150)
goodness = classifier.layer_goodness(model[:-1].transform(X))
figure, axes = plt.subplots(1, 3, figsize=(8.4, 2.9), sharex=True, sharey=True)
bins = np.linspace(goodness.min(), goodness.max(), 40)
for i, ax in enumerate(axes):
    for label, name, color in ((1, "human", "C0"), (0, "machine", "C3")):
        ax.hist(goodness[y == label, i], bins, color=color, alpha=0.6, label=name)
    ax.axvline(classifier.threshold_[i], color="k", linestyle=":", label="threshold")
    ax.set(title=f"layer {i + 1}: AUC {roc_auc_score(y, goodness[:, i]):.2f}", xlabel="goodness")
axes[0].set_ylabel("movements")
axes[0].legend(fontsize=8)
