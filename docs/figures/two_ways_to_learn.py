"""Where an error travels: backpropagation against Forward-Forward."""

import matplotlib.pyplot as plt

LAYERS = ("layer 1", "layer 2", "layer 3")
BOX = {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": "0.4"}
LOSS = {"boxstyle": "round,pad=0.4", "facecolor": "#fde0dd", "edgecolor": "C3"}


def arrow(ax, start, end, color, bend=0.0):
    """Draw an arrow between two points."""
    style = {"color": color, "shrinkA": 14, "shrinkB": 14, "lw": 1.8}
    style |= {"arrowstyle": "-|>", "connectionstyle": f"arc3,rad={bend}"}
    ax.annotate("", end, start, arrowprops=style)


figure, axes = plt.subplots(1, 2, figsize=(8, 4.2))
for ax, title in zip(axes, ("Backpropagation", "Forward-Forward"), strict=True):
    ax.set(title=title, xlim=(-1, 2.2), ylim=(-0.5, 4.3))
    ax.axis("off")
    ax.text(0, 0, "movement", ha="center", va="center")
    for i, name in enumerate(LAYERS, start=1):
        ax.text(0, i, name, ha="center", va="center", bbox=BOX)
        arrow(ax, (0, i - 1), (0, i), "C0")

left, right = axes
left.text(0, 4, "one loss", ha="center", va="center", bbox=LOSS)
arrow(left, (0, 3), (0, 4), "C0")
for i in range(1, 4):
    arrow(left, (0.15, i + 1), (0.15, i), "C3", bend=-0.7)
left.text(0.75, 2.5, "the error goes back\nthrough all layers", color="C3", va="center")

for i in range(1, 4):
    right.text(1.5, i, "own loss", ha="center", va="center", bbox=LOSS)
    arrow(right, (0.25, i + 0.1), (1.15, i + 0.1), "C0")
    arrow(right, (1.15, i - 0.1), (0.25, i - 0.1), "C3")
right.text(0.85, 3.75, "no error leaves its layer", color="C3", ha="center")
