"""
Machines that were not in the training
======================================

A detector trained on machines of one kind may take any other for human.
:class:`~sklearn_ffrnn.MixedNegativeSampler` makes negatives of several families, some that resemble
people and some that do not, so that a model learns the limits of human movement in every direction.
Here one model learns from Sigma-Lognormal negatives alone, another from the mixture, and both are
tested on two simple scripts that were not in training.
"""

import sys

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import (
    FFRNNClassifier,
    MixedNegativeSampler,
    SigmaLognormalNegativeSampler,
    TrajectoryAugmenter,
    VelocityTransformer,
)
from sklearn_ffrnn.datasets import load_mouse_movements
from sklearn_ffrnn.negatives import record_like

movements = load_mouse_movements().data
train, test = movements[:400:2], movements[1:400:2]

# %%
# What one movement becomes
# -------------------------
# Every negative has the time stamps and the lattice of the movement that it is made from; the
# families differ in path, pace and noise.

sampler = MixedNegativeSampler(random_state=0)
batch = sampler.fit_transform(train)
n_families = len(sampler.families_)
figure, axes = plt.subplots(2, n_families, figsize=(3 * n_families, 5), layout="constrained")
for i, (path, pace) in enumerate(axes.T):
    negative = int(np.flatnonzero(sampler.family_ == i)[3])
    human = train[sampler.source_[negative]]
    for movement, color in ((human, "C0"), (batch.negatives[negative], "C3")):
        path.plot(*movement[:, :2].T, color=color)
        steps = np.diff(movement, axis=0)
        speed = np.linalg.norm(steps[:, :2], axis=1) / np.maximum(steps[:, 2], 1)
        pace.plot(movement[1:, 2], speed, color=color)
    path.set(title=type(sampler.families_[i]).__name__, aspect="equal")
    pace.set(xlabel="ms", ylabel="pixels / ms")


# %%
# Two scripts that were not in training
# -------------------------------------


def straight(movement):
    """Go to the end in a straight line at one speed."""
    return record_like(movement, np.linspace(movement[0, :2], movement[-1, :2], len(movement)))


def eased(movement):
    """Go to the end on an arc of a circle, slower towards the end."""
    tau = np.linspace(0, 1, len(movement))[:, None]
    progress = 1 - (1 - tau) ** 3
    way = movement[-1, :2] - movement[0, :2]
    side = 0.3 * np.array([-way[1], way[0]]) * np.sin(np.pi * progress)
    return record_like(movement, movement[0, :2] + progress * way + side)


scripts = {"straight line": straight, "eased arc": eased}
for name, kind in (
    ("Sigma-Lognormal alone", SigmaLognormalNegativeSampler(random_state=0)),
    ("mixed families", sampler),
):
    model = make_pipeline(
        kind,
        TrajectoryAugmenter(random_state=0),
        VelocityTransformer(16.0, keep_lattice=True, channels="intrinsic", max_length=100),
        FFRNNClassifier(max_iter=6, random_state=0),
    )
    model.fit(train, np.ones(len(train), dtype=int))
    human = model.decision_function(test)
    for script, make in scripts.items():
        machine = model.decision_function([make(movement) for movement in test])
        auc = roc_auc_score(np.repeat([1, 0], len(test)), [*human, *machine])
        print(f"trained on {name}: AUC against the {script} {auc:.3f}")

if len(sys.argv) > 1:
    figure.savefig(sys.argv[1], dpi=100)
plt.show()
