"""RecordingsDisplay: how long, how far and how often movements were recorded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from .._input import check_trajectories
from ._describe_recordings import check_groups
from ._plotting import PALETTE, panels
from ._recording_facts import recording_facts

_PANELS = {
    "points": "points",
    "duration": "duration, ms",
    "distance": "distance",
    "step": "clock step, ms",
}


class RecordingsDisplay:
    """Points, duration, distance and clock of movements, as boxes, one a group.

    Create it by :meth:`from_recordings`. All parameters are stored as attributes.

    Parameters
    ----------
    facts : DataFrame of shape (n_movements, n_columns)
        A row a movement, with the columns points, duration (ms), distance and step (median time
        between distinct stamps, ms).
    groups : ndarray of shape (n_movements,)
        Group of each.

    Attributes
    ----------
    boxes_ : list of dict
        What matplotlib's ``boxplot`` has drawn in each panel.
    axes_ : ndarray of Axes of shape (4,)
        The panels.
    figure_ : Figure
        That of the first axes.

    See Also
    --------
    describe_recordings : The numbers, and what they warn of.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.datasets import load_mouse_movements
    >>> from sklearn_ffrnn.inspection import RecordingsDisplay
    >>> movements = load_mouse_movements().data[:60]
    >>> display = RecordingsDisplay.from_recordings(movements, ["ann", "bob"] * 30)
    >>> [text.get_text() for text in display.axes_[0].get_xticklabels()]
    ['ann', 'bob']
    """

    def __init__(self, *, facts: pd.DataFrame, groups: np.ndarray) -> None:
        self.facts = facts
        self.groups = groups

    @classmethod
    def from_recordings(cls, X: Any, groups: Any = None, *, ax: Any = None) -> RecordingsDisplay:
        """Measure movements and draw them.

        Parameters
        ----------
        X : list of array-like of shape (n_points, 3) or (n_points, 4)
            Movements with columns x, y, t (milliseconds) and optionally stroke_id.
        groups : array-like of shape (n_movements,) or None, default=None
            What to tell apart; None takes all as one.
        ax : array-like of four Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        display : RecordingsDisplay
            The display, drawn.

        Raises
        ------
        TypeError, ValueError
            If a movement is malformed, or `groups` has not one entry for each.
        """
        trajectories = check_trajectories(X, min_points=1, allow_backwards=True)
        groups = check_groups(groups, len(trajectories))
        return cls(facts=recording_facts(trajectories), groups=groups).plot(ax)

    def plot(self, ax: Any = None) -> RecordingsDisplay:
        """Draw a panel for each number, with a box for each group.

        Values of 0 are left out: the axes are logarithmic.

        Parameters
        ----------
        ax : array-like of four Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        display : RecordingsDisplay
            This display.

        Raises
        ------
        ValueError
            If there are not four axes.
        """
        self.axes_ = panels(ax, len(_PANELS), size=(3.2, 4.2), caller="RecordingsDisplay.plot")
        self.figure_ = self.axes_[0].figure
        names = list(dict.fromkeys(self.groups.tolist()))
        self.boxes_ = []
        for axes, (column, label) in zip(self.axes_, _PANELS.items(), strict=True):
            values = self.facts[column].to_numpy(dtype=np.float64)
            parts = [values[(self.groups == name) & (values > 0)] for name in names]
            boxes = axes.boxplot(parts, patch_artist=True, medianprops={"color": "black"})
            for i, box in enumerate(boxes["boxes"]):
                box.set_facecolor(PALETTE[i % len(PALETTE)])
            self.boxes_.append(boxes)
            axes.set_yscale("log")
            axes.set_xticks(range(1, len(names) + 1), [str(name) for name in names])
            axes.tick_params(axis="x", rotation=45 if len(names) > 3 else 0)
            axes.set(title=label)
        return self
