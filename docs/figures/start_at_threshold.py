"""Goodness of the first layer in the first updates, with and without the scaled start."""

import matplotlib.pyplot as plt
import numpy as np
import torch

from sklearn_ffrnn import VelocityTransformer
from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements
from sklearn_ffrnn.nn import ForwardForwardRNN, SequenceDataset, start_at_threshold

THETA = 7.0
N_UPDATES = 60

human = load_mouse_movements().data[:200]
movements = human + make_minimum_jerk_movements(human, random_state=0)
steps = [x[np.isfinite(x).all(axis=1)] for x in VelocityTransformer().fit_transform(movements)]
dataset = SequenceDataset(
    torch.tensor(np.concatenate(steps), dtype=torch.float32),
    torch.tensor([len(x) for x in steps]),
    torch.tensor(np.repeat([1, 0], 200)),
)
batch = dataset.batch(torch.arange(len(dataset)))


def goodness_by_update(scaled):
    """Return the mean goodness of positives and of negatives before each update."""
    network = ForwardForwardRNN(
        2,
        2,
        hidden_layer_sizes=(96,),
        threshold=[(THETA, THETA)],
        goodness="mean",
        objective="logistic",
        generator=torch.Generator().manual_seed(0),
    )
    if scaled:
        start_at_threshold(network, dataset)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    means = []
    for _ in range(N_UPDATES):
        optimizer.zero_grad()
        for layer, goodness in network.train()(batch.sequences):
            positive = batch.target == 1
            of_class = [goodness.per_sequence[group].mean() for group in (positive, ~positive)]
            means.append([value.item() for value in of_class])
            layer.loss(goodness, positive).backward()
        optimizer.step()
    return np.array(means)


figure, axes = plt.subplots(1, 2, figsize=(8.4, 2.9), sharey=True)
for ax, scaled in zip(axes, (False, True), strict=True):
    for values, name, color in zip(
        goodness_by_update(scaled).T, ("human", "machine"), ("C0", "C3"), strict=True
    ):
        ax.plot(np.maximum(values, 1e-3), color=color, label=name)
    ax.axhline(THETA, color="k", linestyle=":", label="threshold")
    ax.set(yscale="log", xlabel="update", title="scaled start" if scaled else "plain start")
axes[0].set_ylabel("mean goodness")
axes[0].legend(fontsize=8)
figure.tight_layout()
