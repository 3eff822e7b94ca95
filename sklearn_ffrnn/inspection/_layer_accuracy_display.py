"""LayerAccuracyDisplay: the score of each layer alone, and of the layers up to it."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.utils.validation import check_consistent_length, column_or_1d

from ._plotting import PALETTE, classifier_and_sequences, panels

_METRICS = {"accuracy": "accuracy", "roc_auc": "ROC AUC"}


class LayerAccuracyDisplay:
    """Score of each layer alone, and of the layers up to it.

    Create it by :meth:`from_estimator`. All parameters are stored as attributes.

    Parameters
    ----------
    alone : ndarray of shape (n_layers,)
        Score of each layer by itself.
    so_far : ndarray of shape (n_layers,)
        Score of the layers up to each.
    chance : float
        Chance-level score.
    metric : {"accuracy", "roc_auc"}, default="accuracy"
        Kind of the scores.

    Attributes
    ----------
    alone_, so_far_, chance_ : Line2D
        The curves and the line at chance level.
    ax_ : Axes
        Where they are drawn.
    figure_ : Figure
        Whose axes they are.

    See Also
    --------
    GoodnessDisplay : The goodness behind the verdicts.
    LossCurveDisplay : Loss of each layer by epoch.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn import FFRNNClassifier
    >>> from sklearn_ffrnn.inspection import LayerAccuracyDisplay
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(60) % 2
    >>> X = [rng.normal(size=(8, 2)) * (1 + 2 * label) for label in y]
    >>> classifier = FFRNNClassifier((8, 8), max_iter=80, random_state=0).fit(X, y)
    >>> display = LayerAccuracyDisplay.from_estimator(classifier, X, y, metric="roc_auc")
    >>> bool((display.so_far > 0.9).all())
    True
    """

    def __init__(
        self, *, alone: np.ndarray, so_far: np.ndarray, chance: float, metric: str = "accuracy"
    ) -> None:
        self.alone = alone
        self.so_far = so_far
        self.chance = chance
        self.metric = metric

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, metric: str = "accuracy", ax: Any = None
    ) -> LayerAccuracyDisplay:
        """Score the layers of a fitted classifier on samples, and draw the scores.

        A layer alone is right if its goodness is above its threshold for a positive and below it
        for a negative; with more than two classes, if its goodness is largest with the right label.
        The layers up to it are scored by :meth:`FFRNNClassifier.staged_predict_proba`, which
        averages layers and is calibrated: both may raise the score.

        Parameters
        ----------
        estimator : FFRNNClassifier, Pipeline or search
            A fitted classifier, or a pipeline that ends in one, or a search that found either.
        X : sequences, or what the pipeline takes
            Samples, preferably not from the training set.
        y : array-like of shape (n_samples,)
            Their labels.
        metric : {"accuracy", "roc_auc"}, default="accuracy"
            The score. "roc_auc", for two classes, needs no threshold.
        ax : Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        display : LayerAccuracyDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If the classifier has no layers with a goodness of their own.
        ValueError
            If `metric` is neither, or it is "roc_auc" and the classes, or the labels in `y`, are
            not two.
        """
        if metric not in _METRICS:
            raise ValueError(f"metric={metric!r} is none of {tuple(_METRICS)}.")
        classifier, sequences = classifier_and_sequences(estimator, X, "layer_goodness")
        classes, y = classifier.classes_, column_or_1d(y)
        goodness = classifier.layer_goodness(sequences)
        check_consistent_length(goodness, y)
        stages = np.stack(list(classifier.staged_predict_proba(sequences)), axis=1)
        if metric == "roc_auc":
            if len(classes) != 2 or len(np.unique(y)) != 2:
                raise ValueError(
                    f"metric='roc_auc' compares two classes; the classifier knows {len(classes)} "
                    f"and y has {len(np.unique(y))}. Set metric='accuracy'."
                )
            scores = [
                [roc_auc_score(y == classes[1], column) for column in columns.T]
                for columns in (goodness, stages[:, :, 1])
            ]
            chance = 0.5
        else:
            theta = classifier.threshold_.reshape(goodness.shape[1], -1).mean(axis=1)
            above = goodness > theta if goodness.ndim == 2 else goodness.argmax(axis=2)
            verdicts = (classes[above.astype(int)], classes[stages.argmax(axis=2)])
            scores = [[accuracy_score(y, column) for column in of.T] for of in verdicts]
            chance = float(np.unique(y, return_counts=True)[1].max() / len(y))
        alone, so_far = map(np.array, scores)
        return cls(alone=alone, so_far=so_far, chance=chance, metric=metric).plot(ax)

    def plot(self, ax: Any = None) -> LayerAccuracyDisplay:
        """Draw a point for each layer.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        display : LayerAccuracyDisplay
            This display.
        """
        (self.ax_,) = panels(ax, 1, size=(5.4, 4.2), caller="LayerAccuracyDisplay.plot")
        self.figure_ = self.ax_.figure
        layers = np.arange(1, len(self.alone) + 1)
        (self.alone_,) = self.ax_.plot(
            layers, self.alone, "o--", color=PALETTE[1], label="the layer alone"
        )
        (self.so_far_,) = self.ax_.plot(
            layers, self.so_far, "s-", color=PALETTE[0], label="all layers up to it"
        )
        self.chance_ = self.ax_.axhline(self.chance, color="0.5", linestyle=":", label="chance")
        self.ax_.set(
            title="Score by layer",
            xlabel="layer",
            ylabel=_METRICS[self.metric],
            xticks=layers,
        )
        self.ax_.margins(x=0.1, y=0.1)
        self.ax_.legend()
        return self
