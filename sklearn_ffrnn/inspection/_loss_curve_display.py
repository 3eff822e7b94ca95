"""LossCurveDisplay: how each layer learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ._plotting import fitted_classifier, layer_colors, panels


class LossCurveDisplay:
    """Loss of each layer by epoch, on the training and on the held-out part.

    Create it by :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    train_loss : ndarray of shape (n_epochs, n_curves)
        Training loss of each layer, or the single loss of a network that is trained as a whole.
    validation_loss : ndarray of shape (n_epochs, n_curves) or None, default=None
        The same on the part held out, if there is one.

    Attributes
    ----------
    train_lines_ : list of Line2D
        Training loss of each curve.
    validation_lines_ : list of Line2D
        Loss on the held-out part; empty if there is none.
    ax_ : Axes
        Where they are drawn.
    figure_ : Figure
        Whose axes they are.

    See Also
    --------
    LayerAccuracyDisplay : How often each layer is right in the end.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn import FFRNNClassifier
    >>> from sklearn_ffrnn.inspection import LossCurveDisplay
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(60) % 2
    >>> X = [rng.normal(size=(8, 2)) * (1 + 2 * label) for label in y]
    >>> classifier = FFRNNClassifier((8, 8), max_iter=5, random_state=0).fit(X, y)
    >>> LossCurveDisplay.from_estimator(classifier).train_loss.shape
    (5, 2)
    """

    def __init__(
        self, *, train_loss: np.ndarray, validation_loss: np.ndarray | None = None
    ) -> None:
        self.train_loss = train_loss
        self.validation_loss = validation_loss

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> LossCurveDisplay:
        """Draw the losses that a fitted classifier has recorded.

        Parameters
        ----------
        estimator : FFRNNClassifier, BPTTRNNClassifier, Pipeline or search
            A fitted classifier, or a pipeline that ends in one, or a search that found either.
        ax : Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        display : LossCurveDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If the classifier has no `history_`.
        """
        history = fitted_classifier(estimator, "history_").history_
        validation = _losses(history, "valid") if "valid_loss" in history[0] else None
        return cls(train_loss=_losses(history, "train"), validation_loss=validation).plot(ax)

    def plot(self, ax: Any = None) -> LossCurveDisplay:
        """Draw the curves.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        display : LossCurveDisplay
            This display.
        """
        (self.ax_,) = panels(ax, 1, size=(6.4, 4.2), caller="LossCurveDisplay.plot")
        self.figure_ = self.ax_.figure
        self.train_lines_ = self._curves(self.train_loss, "training", "-")
        self.validation_lines_ = []
        if self.validation_loss is not None:
            self.validation_lines_ = self._curves(self.validation_loss, "validation", "--")
        self.ax_.set(title="Loss by epoch", xlabel="epoch", ylabel="loss")
        self.ax_.xaxis.get_major_locator().set_params(integer=True)
        self.ax_.legend()
        return self

    def _curves(self, losses: np.ndarray, part: str, style: str) -> list[Any]:
        n_epochs, n_curves = losses.shape
        epochs = np.arange(1, n_epochs + 1)
        lines = []
        for i, color in enumerate(layer_colors(n_curves)):
            label = part if n_curves == 1 else f"layer {i + 1}, {part}"
            lines += self.ax_.plot(epochs, losses[:, i], style, color=color, label=label)
        return lines


def _losses(history: Sequence[Mapping[str, Any]], prefix: str) -> np.ndarray:
    """Return the losses of the layers, or of the whole network, with one row per epoch."""
    first = history[0]
    names: list[str] = []
    while (name := f"{prefix}_loss_layer_{len(names)}") in first:
        names.append(name)
    return np.array([[epoch[name] for name in names or [f"{prefix}_loss"]] for epoch in history])
