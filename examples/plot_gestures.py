"""
More than two classes: which gesture was it?
============================================

With more than two labels a Forward-Forward network reads every movement once with each label, as a
one-hot code beside the velocities, and takes the label with which its goodness is highest.

Recorded gestures would have to be downloaded (:func:`~sklearn_ffrnn.datasets.fetch_pointer_study`),
so these are drawn by the Sigma-Lognormal model: invented writers, each with a slant, size and pace
of their own, draw eight shapes. The writers to judge are not those to learn from. The same question
about 16 gestures that people drew, against the same rivals, is in :doc:`../benchmarks`.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.pipeline import make_pipeline

from sklearn_ffrnn import (
    BPTTRNNClassifier,
    FFRNNClassifier,
    KinematicFeatures,
    VelocityTransformer,
)
from sklearn_ffrnn.sigma_lognormal import position

# Of each stroke: length, and direction at its start and at its end, in degrees.
SHAPES = {
    "v": [(1, -65, -65), (1, 65, 65)],
    "caret": [(1, 65, 65), (1, -65, -65)],
    "check": [(0.5, -45, -45), (1.2, 60, 60)],
    "triangle": [(1, -120, -120), (1, 0, 0), (1, 120, 120)],
    "rectangle": [(0.8, -90, -90), (1, 0, 0), (0.8, 90, 90), (1, 180, 180)],
    "left bracket": [(0.5, 180, 180), (1, -90, -90), (0.5, 0, 0)],
    "right bracket": [(0.5, 0, 0), (1, -90, -90), (0.5, -180, -180)],
    "circle": [(0.8, 180, 270), (0.8, 270, 360), (0.8, 0, 90), (0.8, 90, 180)],
}
N_WRITERS, N_TRIES = 12, 6

rng = np.random.default_rng(1)


def draw(shape, slant, size, pace):
    """Return a gesture as x, y, t: on whole pixels, with a point every 8 to 16 ms."""
    strokes = []
    for i, (length, start, end) in enumerate(shape):
        turn = slant + rng.normal(0, 0.12)
        strokes.append(
            [
                150 * length * size * np.exp(rng.normal(0, 0.15)),
                pace * (200 * i + rng.normal(0, 15)),
                5 + np.log(pace) + rng.normal(0, 0.1),
                0.3,
                np.radians(start) + turn,
                np.radians(end) + turn,
            ]
        )
    t = np.cumsum(rng.integers(8, 17, size=int(pace * (200 * len(shape) + 200) / 12)))
    return np.column_stack([position(strokes, t).round(), t])


X, y, writer = [], [], []
for w in range(N_WRITERS):
    style = rng.normal(0, 0.12), np.exp(rng.normal(0, 0.2)), np.exp(rng.normal(0, 0.2))
    for name, shape in SHAPES.items():
        X += [draw(shape, *style) for _ in range(N_TRIES)]
        y += [name] * N_TRIES
        writer += [w] * N_TRIES
y, learns = np.array(y), np.array(writer) < 8
X_train, X_test = ([X[i] for i in np.flatnonzero(part)] for part in (learns, ~learns))

figure, axes = plt.subplots(2, 4, figsize=(10, 5), layout="constrained")
for ax, name in zip(axes.flat, SHAPES, strict=True):
    for i in np.flatnonzero(y == name)[::N_TRIES][:3]:
        ax.plot(*X[i][:, :2].T)
    ax.set(title=name, aspect="equal", xticks=[], yticks=[])

# %%
# Three classifiers
# -----------------
# Forward-Forward, the same layers trained by backpropagation, and boosting on features of each
# movement, at their defaults, but Forward-Forward with fewer epochs: so few movements make short
# ones, of which the default takes many.

models = {
    "Forward-Forward": make_pipeline(
        VelocityTransformer(resample=20), FFRNNClassifier(max_iter=40, random_state=0)
    ),
    "backpropagation": make_pipeline(
        VelocityTransformer(resample=20), BPTTRNNClassifier(random_state=0)
    ),
    "boosting": make_pipeline(KinematicFeatures(), HistGradientBoostingClassifier(random_state=0)),
}
for name, model in models.items():
    model.fit(X_train, y[learns])
    print(f"{name}: accuracy {model.score(X_test, y[~learns]):.3f}")

# %%
# The goodness of every label
# ---------------------------
# Left: which gesture is taken for which. Right: the goodness of each label, as a mean over layers
# and over the movements of each gesture. That of the right label, on the diagonal, is the highest.

network = models["Forward-Forward"][-1]
velocities = models["Forward-Forward"][:-1].transform(X_test)
goodness = network.layer_goodness(velocities).mean(axis=1)
names = network.classes_
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
ConfusionMatrixDisplay.from_predictions(
    y[~learns], network.predict(velocities), ax=left, colorbar=False, xticks_rotation=45
)
image = right.imshow([goodness[y[~learns] == name].mean(axis=0) for name in names])
right.set(xlabel="label tried", ylabel="gesture")
right.set_xticks(range(len(names)), names, rotation=45)
right.set_yticks(range(len(names)), names)
figure.colorbar(image, label="goodness")
plt.show()
