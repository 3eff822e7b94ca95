"""The study's figures: what each layer learns over the epochs, and where its goodness ends up."""

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

CLASSES = {1: ("human", "lightskyblue"), 0: ("synthetic", "sandybrown")}
# Goodness can't be negative, so the exponential starts at 0.
CURVES = {"normal": (stats.norm, {}, "-"), "exponential": (stats.expon, {"floc": 0}, "--")}


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
    """Draw the goodness of test samples, a row for each class and a column for each layer."""
    n_layers = goodness.shape[1]
    figure = Figure(figsize=(4.5 * n_layers, 6.5), layout="constrained")
    grid = figure.subplots(len(CLASSES), n_layers, squeeze=False, sharex="col")
    for row, (label, (name, color)) in zip(grid, CLASSES.items(), strict=True):
        for i, ax in enumerate(row):
            _distribution(ax, goodness[target == label, i], color)
            ax.axvline(threshold, color="black", linestyle=":", label=f"θ = {threshold:g}")
            ax.set(title=f"layer {i + 1}, {name}", xlabel="goodness G", ylabel="density")
            ax.legend(fontsize="small")
    figure.suptitle(title)
    return figure


def _distribution(ax, values, color):
    """Draw a histogram and, where the values differ, the fitted curves with their KS distance."""
    # The last half a percent may reach far; the bars' heights and the curves count it all the same.
    edges = np.linspace(0, np.quantile(values, 0.995) or 1.0, 41)
    ax.hist(values, edges, weights=np.full(len(values), 1 / len(values) / edges[1]), color=color)
    if np.ptp(values) == 0:
        return  # a layer that has collapsed: no curve has a width of nothing
    at = np.linspace(0, edges[-1], 400)
    for name, (family, fixed, style) in CURVES.items():
        fitted = family(*family.fit(values, **fixed))
        distance = stats.kstest(values, fitted.cdf).statistic
        label = f"{name}, KS distance {distance:.2f}"
        ax.plot(at, fitted.pdf(at), style, color="black", linewidth=1, label=label)
