"""GoodnessDisplay: how well each layer separates the two classes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_consistent_length, column_or_1d

from ._distributions import density, fit_distributions
from ._plotting import PALETTE, check_names, classifier_and_sequences, legend_below, panels

_STYLES = {"normal": "-", "exponential": "--"}
_TAIL = 0.005  # share of the values at either end that may lie beyond the axis


class GoodnessDisplay:
    """Histogram of the goodness of each layer, positives against negatives.

    Create it by :meth:`from_estimator` or :meth:`from_predictions`. All parameters are stored as
    attributes.

    Parameters
    ----------
    goodness : ndarray of shape (n_samples, n_layers)
        Goodness of each sample in each layer.
    positive : ndarray of bool of shape (n_samples,)
        Which samples are positive.
    threshold : ndarray of shape (n_layers,) or (n_layers, 2)
        Threshold of each layer, or that of positives and that of negatives.
    class_names : (str, str), default=("negative", "positive")
        Names of the negative and of the positive class.

    Attributes
    ----------
    fits : DataFrame
        Normal and exponential distribution fitted to each class in each layer: columns ``layer``
        (from 1), ``class_name``, ``distribution``, ``loc``, ``scale`` and ``ks_distance``, the
        largest difference between the fitted and the empirical cumulative distribution
        (Kolmogorov-Smirnov). An exponential is fitted only if no goodness is negative; nothing is
        fitted if all values of a class are equal.
    axes_ : ndarray of Axes of shape (n_layers,)
        One for each layer.
    figure_ : Figure
        That of the first axes.
    histograms_ : list of dict
        For each layer the histogram (Polygon) of each class, by name.
    curves_ : list of dict
        For each layer the fitted densities (Line2D), by class and distribution.
    thresholds_ : list of list of Line2D
        For each layer its threshold, or that of positives and that of negatives.

    See Also
    --------
    LayerAccuracyDisplay : How often each layer is right.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.inspection import GoodnessDisplay
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(200) % 2
    >>> goodness = rng.normal(size=(200, 3)) + 4 * y[:, None]
    >>> display = GoodnessDisplay.from_predictions(y, goodness, threshold=2.0)
    >>> display.fits.loc[0, ["class_name", "distribution"]].to_list()
    ['class 1', 'normal']
    >>> bool(display.fits["ks_distance"].max() < 0.1)
    True
    """

    def __init__(
        self,
        *,
        goodness: np.ndarray,
        positive: np.ndarray,
        threshold: np.ndarray,
        class_names: Sequence[str] = ("negative", "positive"),
    ) -> None:
        self.goodness = goodness
        self.positive = positive
        self.threshold = threshold
        self.class_names = class_names

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        class_names: Sequence[str] | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> GoodnessDisplay:
        """Draw the goodness that the layers of a fitted classifier give to samples.

        Parameters
        ----------
        estimator : FFRNNClassifier, Pipeline or search
            A fitted classifier, or a pipeline that ends in one, or a search that found either.
        X : sequences, or what the pipeline takes
            Samples, preferably not from the training set.
        y : array-like of shape (n_samples,)
            Their labels. With more than two classes a sample counts as positive with its own label
            and as a negative with each other one, as in training.
        class_names : (str, str), default=None
            Names of the negative and of the positive class; None shows the labels.
        ax : array-like of Axes of shape (n_layers,), default=None
            Where to draw; None makes a figure.
        **kwargs
            Passed to :meth:`plot`.

        Returns
        -------
        display : GoodnessDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If the classifier has no layers with a goodness of their own.
        ValueError
            If `y` holds a label that the classifier does not know.
        """
        classifier, sequences = classifier_and_sequences(estimator, X, "layer_goodness")
        goodness, classes = classifier.layer_goodness(sequences), classifier.classes_
        y = column_or_1d(y)
        check_consistent_length(goodness, y)
        unknown = np.setdiff1d(y, classes)
        if len(unknown):
            raise ValueError(f"y holds {unknown.tolist()}, but the classes are {classes.tolist()}.")
        if len(classes) == 2:
            positive = y == classes[1]
            names = check_names(class_names, classes)
        else:
            positive = (classes == y[:, None]).ravel()
            goodness = goodness.swapaxes(1, 2).reshape(len(positive), -1)
            names = check_names(class_names, ["another label", "its own label"])
        display = cls(
            goodness=goodness,
            positive=positive,
            threshold=classifier.threshold_,
            class_names=names,
        )
        return display.plot(ax, **kwargs)

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        goodness: Any,
        *,
        threshold: Any,
        class_names: Sequence[str] | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> GoodnessDisplay:
        """Draw given goodness.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            Labels, two of them; the one that sorts last is the positive class.
        goodness : array-like of shape (n_samples, n_layers)
            What :meth:`FFRNNClassifier.layer_goodness` returned.
        threshold : float, array-like of shape (n_layers,) or (n_layers, 2)
            Thresholds, as in ``FFRNNClassifier.threshold_``; a number applies to all layers.
        class_names : (str, str), default=None
            Names of the negative and of the positive class; None shows the labels.
        ax : array-like of Axes of shape (n_layers,), default=None
            Where to draw; None makes a figure.
        **kwargs
            Passed to :meth:`plot`.

        Returns
        -------
        display : GoodnessDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the shapes do not match, or `y_true` does not have two labels.
        """
        y_true, goodness = column_or_1d(y_true), np.asarray(goodness, dtype=np.float64)
        if goodness.ndim != 2:
            raise ValueError(
                f"goodness has {goodness.ndim} dimension(s); give (n_samples, n_layers)."
            )
        check_consistent_length(y_true, goodness)
        labels = np.unique(y_true).tolist()
        if len(labels) != 2:
            raise ValueError(f"y_true has {len(labels)} label(s), {labels[:5]}; give two.")
        display = cls(
            goodness=goodness,
            positive=y_true == labels[1],
            threshold=_one_per_layer(threshold, goodness.shape[1]),
            class_names=check_names(class_names, labels),
        )
        return display.plot(ax, **kwargs)

    @cached_property
    def fits(self) -> pd.DataFrame:
        """Distributions fitted to each class in each layer."""
        return fit_distributions(self.goodness, self._rows)

    @property
    def _rows(self) -> dict[str, np.ndarray]:
        """Return the rows of each class by its name, the positive class first."""
        negative, positive = self.class_names
        return {positive: self.positive, negative: ~self.positive}

    def plot(
        self, ax: Any = None, *, bins: int = 30, fitted_curves: bool = True
    ) -> GoodnessDisplay:
        """Draw a histogram for each layer.

        Parameters
        ----------
        ax : array-like of Axes of shape (n_layers,), default=None
            Where to draw; None makes a figure.
        bins : int, default=30
            Bars of a histogram.
        fitted_curves : bool, default=True
            Whether to draw the distributions of `fits` over the histograms; the legend tells
            their Kolmogorov-Smirnov distances.

        Returns
        -------
        display : GoodnessDisplay
            This display.

        Raises
        ------
        ValueError
            If there are not as many axes as layers.
        """
        n_layers = self.goodness.shape[1]
        self.axes_ = panels(ax, n_layers, size=(4.4, 4.4), caller="GoodnessDisplay.plot")
        self.figure_ = self.axes_[0].figure
        self.histograms_, self.curves_, self.thresholds_ = [], [], []
        for i, ax_ in enumerate(self.axes_):
            histograms = self._histograms(ax_, self.goodness[:, i], bins)
            curves = self._curves(ax_, i + 1) if fitted_curves else {}
            thresholds = self._thresholds(ax_, np.atleast_1d(self.threshold[i]))
            # A column for each class: its histogram, its curves, its threshold.
            columns = [
                [histogram, *(line for (of, _), line in curves.items() if of == name)]
                for name, histogram in histograms.items()
            ]
            for column, line in zip(columns, thresholds, strict=False):
                column.append(line)
            legend_below(ax_, [*columns[0], *columns[1]], n_columns=2)
            ax_.set(title=f"Layer {i + 1}", xlabel="goodness G")
            self.histograms_.append(histograms)
            self.curves_.append(curves)
            self.thresholds_.append(thresholds)
        self.axes_[0].set(ylabel="density")
        return self

    def _histograms(self, ax: Any, of_layer: np.ndarray, bins: int) -> dict[str, Any]:
        low, high = np.quantile(of_layer, (_TAIL, 1 - _TAIL))
        margin = 0.02 * (high - low) or 0.5
        edges = np.linspace(0.0 if low >= 0 else low - margin, high + margin, bins + 1)
        width = edges[1] - edges[0]
        drawn = {}
        for (name, rows), color in zip(self._rows.items(), PALETTE[:2], strict=True):
            values = of_layer[rows]
            # Count the tails beyond the edges too, so that the bars are comparable with the fitted
            # density.
            weights = np.full(len(values), 1 / max(len(values), 1) / width)
            label = f"{name}, n = {len(values)}"
            style = {"histtype": "stepfilled", "color": color, "alpha": 0.35, "label": label}
            _, _, (drawn[name],) = ax.hist(values, edges, weights=weights, **style)
        return drawn

    def _curves(self, ax: Any, layer: int) -> dict[tuple[str, str], Any]:
        colors = dict(zip(self._rows, PALETTE[:2], strict=True))
        low, high = ax.get_xlim()
        at = np.linspace(low, high, 400)
        fits = self.fits[self.fits["layer"] == layer].drop(columns="layer")
        drawn = {}
        for name, distribution, loc, scale, distance in fits.to_numpy().tolist():
            (drawn[name, distribution],) = ax.plot(
                at,
                density(distribution, loc, scale, at),
                _STYLES[distribution],
                color=colors[name],
                label=f"{distribution}, KS {distance:.2f}",
            )
        return drawn

    def _thresholds(self, ax: Any, thetas: np.ndarray) -> list[Any]:
        one = len(thetas) == 1
        names = ["θ"] if one else ["θ of positives", "θ of negatives"]
        colors = ["black"] if one else PALETTE[:2]
        return [
            ax.axvline(theta, color=color, linestyle=":", label=f"{name} = {theta:.3g}")
            for theta, name, color in zip(thetas, names, colors, strict=True)
        ]


def _one_per_layer(threshold: Any, n_layers: int) -> np.ndarray:
    thresholds = np.asarray(threshold, dtype=np.float64)
    if thresholds.ndim == 0:
        return np.full(n_layers, thresholds)
    if thresholds.shape not in ((n_layers,), (n_layers, 2)):
        raise ValueError(
            f"threshold has shape {thresholds.shape} for {n_layers} layers; give a number, one for "
            "each layer, or two for each."
        )
    return thresholds
