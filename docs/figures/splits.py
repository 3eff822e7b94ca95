"""Which movements are tested on if you split by movement, and by source."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit

N_SOURCES, N_COPIES = 12, 4
source = np.repeat(np.arange(N_SOURCES), N_COPIES)
splits = {
    "by movement": ShuffleSplit(1, test_size=0.25, random_state=0).split(source),
    "by source": GroupShuffleSplit(1, test_size=0.25, random_state=0).split(source, groups=source),
}
figure, axes = plt.subplots(2, 1, figsize=(7, 3.6), sharex=True)
for ax, (name, split) in zip(axes, splits.items(), strict=True):
    ((_, test),) = split
    tested = np.isin(np.arange(len(source)), test).reshape(N_SOURCES, N_COPIES)
    ax.pcolormesh(tested.T, cmap=ListedColormap(["#c6dbef", "C1"]), edgecolor="white", linewidth=2)
    torn = (tested.any(axis=1) & ~tested.all(axis=1)).sum()
    ax.set(title=f"{name}: {torn} of {N_SOURCES} sources on both sides")
    ax.set_yticks(np.arange(N_COPIES) + 0.5, ["human", *["negative"] * (N_COPIES - 1)])
    ax.invert_yaxis()
axes[1].set_xticks(np.arange(N_SOURCES) + 0.5, np.arange(1, N_SOURCES + 1))
axes[1].set_xlabel("source; orange: in the test set")
