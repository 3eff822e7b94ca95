"""DecisionOverTimeDisplay: the verdict as a movement unfolds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import numpy as np
from sklearn.utils.validation import check_consistent_length, column_or_1d

from ._plotting import PALETTE, check_names, classifier_and_sequences, panels

_KINDS = ("quartiles", "individual", "both")


class DecisionOverTimeDisplay:
    """Probability of a class after each part of a movement.

    Create it by :meth:`from_estimator` or :meth:`from_predictions`. All parameters are stored as
    attributes.

    Parameters
    ----------
    probabilities : ndarray of shape (n_samples, n_steps)
        Probability of the class after each step, NaN after the end of a sequence.
    y : ndarray of shape (n_samples,) or None, default=None
        Labels, which colour the curves; None draws all in one colour.
    class_names : dict or None, default=None
        Name of each label in `y`, in the order of the legend; None shows the labels.
    what : str, default="the positive class"
        Name of the class whose probability it is.

    Attributes
    ----------
    shares : ndarray of shape (n_shares,)
        Shares of a movement at which the verdicts are compared, in steps of 2 %.
    verdicts : ndarray of shape (n_samples, n_shares)
        Probability after each of them.
    medians_ : dict
        Median (Line2D) of each label; empty with ``kind="individual"``.
    bands_ : dict
        Band (PolyCollection) from quartile to quartile of each label, likewise.
    lines_ : list of Line2D
        Curve of each sample; empty with ``kind="quartiles"``.
    ax_ : Axes
        Where they are drawn.
    figure_ : Figure
        Whose axes they are.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.inspection import DecisionOverTimeDisplay
    >>> probabilities = np.array([[0.5, 0.8, 0.9, 0.9], [0.5, 0.2, np.nan, np.nan]])
    >>> display = DecisionOverTimeDisplay.from_predictions([1, 0], probabilities)
    >>> display.verdicts[:, display.shares.searchsorted(0.5)]  # halfway
    array([0.8, 0.5])
    """

    def __init__(
        self,
        *,
        probabilities: np.ndarray,
        y: np.ndarray | None = None,
        class_names: dict[Any, str] | None = None,
        what: str = "the positive class",
    ) -> None:
        self.probabilities = probabilities
        self.y = y
        self.class_names = class_names
        self.what = what

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        pos_label: Any = None,
        class_names: Sequence[str] | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> DecisionOverTimeDisplay:
        """Draw the verdicts of a fitted classifier as movements unfold.

        Parameters
        ----------
        estimator : FFRNNClassifier, Pipeline or search
            A fitted classifier, or a pipeline that ends in one, or a search that found either.
        X : sequences, or what the pipeline takes
            Movements.
        y : array-like of shape (n_samples,), default=None
            Labels, which colour the curves.
        pos_label : label, default=None
            Class whose probability is drawn; None is the last one, ``classes_[-1]``.
        class_names : sequence of str of length n_classes, default=None
            Names of the classes, in the order of ``classes_``; None shows the labels.
        ax : Axes, default=None
            Where to draw; None makes a figure.
        **kwargs
            Passed to :meth:`plot`.

        Returns
        -------
        display : DecisionOverTimeDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            If the classifier gives no verdicts over time.
        ValueError
            If `y` or `pos_label` holds a label that the classifier does not know.
        """
        classifier, sequences = classifier_and_sequences(estimator, X, "predict_proba_over_time")
        classes = classifier.classes_.tolist()
        pos_label = classes[-1] if pos_label is None else pos_label
        y = None if y is None else column_or_1d(y)
        for label in [pos_label, *(() if y is None else np.unique(y).tolist())]:
            if label not in classes:
                raise ValueError(f"{label!r} is none of the classes {classes}.")
        probabilities = classifier.predict_proba_over_time(sequences)
        if probabilities.ndim == 2:
            probabilities = np.stack([1 - probabilities, probabilities], axis=2)
        which = classes.index(pos_label)
        names = dict(zip(classes, check_names(class_names, classes), strict=True))
        return cls(
            probabilities=probabilities[:, :, which],
            y=y,
            # The class of the probabilities comes first, in the first colour.
            class_names={label: names[label] for label in [pos_label, *names]},
            what=names[pos_label],
        ).plot(ax, **kwargs)

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        probabilities: Any,
        *,
        class_names: Sequence[str] | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> DecisionOverTimeDisplay:
        """Draw given verdicts.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,) or None
            Labels, which colour the curves; the probabilities are those of the label that sorts
            last. None draws all in one colour.
        probabilities : array-like of shape (n_samples, n_steps)
            What :meth:`FFRNNClassifier.predict_proba_over_time` returned for two classes.
        class_names : sequence of str, default=None
            Names of the classes, in the order in which their labels sort; None shows the labels.
        ax : Axes, default=None
            Where to draw; None makes a figure.
        **kwargs
            Passed to :meth:`plot`.

        Returns
        -------
        display : DecisionOverTimeDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the shapes do not match, or a sample has no verdict.
        """
        probabilities = np.asarray(probabilities, dtype=np.float64)
        if probabilities.ndim != 2:
            raise ValueError(
                f"probabilities has {probabilities.ndim} dimension(s); give (n_samples, n_steps), "
                "the probability of one class."
            )
        empty = np.isnan(probabilities).all(axis=1)
        if empty.any():
            raise ValueError(
                f"probabilities[{int(empty.argmax())}] is NaN throughout; drop it, and its label."
            )
        if y_true is None:
            return cls(probabilities=probabilities).plot(ax, **kwargs)
        y_true = column_or_1d(y_true)
        check_consistent_length(y_true, probabilities)
        labels = np.unique(y_true).tolist()
        names = dict(zip(labels, check_names(class_names, labels), strict=True))
        return cls(
            probabilities=probabilities,
            y=y_true,
            class_names={label: names[label] for label in reversed(labels)},
            what=names[labels[-1]],
        ).plot(ax, **kwargs)

    @property
    def shares(self) -> np.ndarray:
        """Shares of a movement at which the verdicts are compared."""
        return np.arange(1, 51) / 50

    @property
    def verdicts(self) -> np.ndarray:
        """Probability after each share of a movement: the last step that lies within it."""
        n_steps = (~np.isnan(self.probabilities)).sum(axis=1)
        last = np.maximum(np.floor(n_steps[:, None] * self.shares + 1e-9).astype(int) - 1, 0)
        return np.take_along_axis(self.probabilities, last, axis=1)

    def plot(self, ax: Any = None, *, kind: str = "quartiles") -> DecisionOverTimeDisplay:
        """Draw the verdicts over the share of the movement that has been seen.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a figure.
        kind : {"quartiles", "individual", "both"}, default="quartiles"
            Median and quartiles of each class, a curve for each sample, or both.

        Returns
        -------
        display : DecisionOverTimeDisplay
            This display.

        Raises
        ------
        ValueError
            If `kind` is none of these.
        """
        if kind not in _KINDS:
            raise ValueError(f"kind={kind!r} is none of {_KINDS}.")
        (self.ax_,) = panels(ax, 1, size=(6.4, 4.2), caller="DecisionOverTimeDisplay.plot")
        self.figure_ = self.ax_.figure
        self.medians_, self.bands_, self.lines_ = {}, {}, []
        verdicts, percent = self.verdicts, 100 * self.shares
        for label, name, rows, color in self._groups():
            if kind != "individual":
                low, middle, high = np.quantile(verdicts[rows], (0.25, 0.5, 0.75), axis=0)
                (self.medians_[label],) = self.ax_.plot(
                    percent, middle, color=color, linewidth=2, label=f"{name}median and quartiles"
                )
                self.bands_[label] = self.ax_.fill_between(
                    percent, low, high, color=color, alpha=0.2, linewidth=0
                )
            if kind != "quartiles":
                alpha = 0.8 if kind == "individual" else 0.2
                lines = self.ax_.plot(
                    percent, verdicts[rows].T, color=color, linewidth=0.8, alpha=alpha
                )
                lines[0].set_label(f"{name}each movement")
                self.lines_ += lines
        self.ax_.axhline(0.5, color="0.5", linestyle=":", linewidth=1)
        self.ax_.set(
            title="Verdict as the movement unfolds",
            xlabel="share of the movement seen (%)",
            ylabel=f"probability of {self.what}",
            xlim=(0, 100),
            ylim=(-0.02, 1.02),
        )
        self.ax_.legend()
        return self

    def _groups(self) -> list[tuple[Any, str, np.ndarray, str]]:
        """Return label, start of the legend's text, rows and colour of each class that occurs."""
        if self.y is None:
            return [(None, "", np.ones(len(self.probabilities), dtype=bool), PALETTE[0])]
        labels = np.unique(self.y).tolist()
        names = self.class_names or dict(zip(labels, check_names(None, labels), strict=True))
        # A class that does not occur keeps its colour, so that the others do not change theirs.
        return [
            (label, f"{name}, ", self.y == label, color)
            for (label, name), color in zip(names.items(), cycle(PALETTE), strict=False)
            if label in labels
        ]
