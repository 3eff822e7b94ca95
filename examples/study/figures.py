"""The study's figures: accuracy of each layer by epoch, and the goodness of test samples."""

import numpy as np
from matplotlib.figure import Figure

from sklearn_ffrnn.inspection import GoodnessDisplay


def accuracy_figure(panels, title):
    """Draw accuracy on the validation part by epoch, layer by layer.

    `panels` maps a panel's title to one array (n_epochs, n_layers + 1) for each run, the last
    column being all layers together.
    """
    figure = Figure(figsize=(5 * len(panels), 4), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for ax, (panel_title, runs) in zip(axes, panels.items(), strict=True):
        for k, accuracy in enumerate(runs):
            for i, curve in enumerate(accuracy.T):
                of_layers = i == accuracy.shape[1] - 1
                ax.plot(
                    np.arange(1, len(curve) + 1),
                    curve,
                    color="black" if of_layers else f"C{i}",
                    alpha=1 if k == 0 else 0.3,
                    label=("all layers" if of_layers else f"layer {i + 1}") if k == 0 else None,
                )
        ax.set(title=panel_title, xlabel="epoch")
        ax.xaxis.get_major_locator().set_params(integer=True)
    axes[0].set(ylabel="accuracy at G > θ, validation part", ylim=(0, 1.02))
    axes[0].legend()
    figure.suptitle(
        f"{title} (faint: further runs)" if any(len(r) > 1 for r in panels.values()) else title
    )
    return figure


def goodness_figure(goodness, target, threshold, title):
    """Draw the goodness of test samples, a panel for each layer."""
    n_layers = goodness.shape[1]
    figure = Figure(figsize=(4.5 * n_layers, 4.5), layout="constrained")
    GoodnessDisplay.from_predictions(
        target,
        goodness,
        threshold=threshold,
        class_names=["synthetic", "human"],
        ax=figure.subplots(1, n_layers, squeeze=False),
    )
    figure.suptitle(title)
    return figure
