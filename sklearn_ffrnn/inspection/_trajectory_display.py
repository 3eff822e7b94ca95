"""TrajectoryDisplay: a movement, its speed, and the strokes that it is made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..preprocessing._velocity import merge_equal_times, velocity
from ..sigma_lognormal import StrokePlan, extract_strokes, speed
from ._plotting import PALETTE, RECORDED, panels

_N_TIMES = 1000  # at which the model's speed is drawn


class TrajectoryDisplay:
    """The path of a movement coloured by speed, and its speed with the strokes under it.

    Create it by :meth:`from_trajectory`, or from an existing plan. All parameters are stored as
    attributes.

    Parameters
    ----------
    plan : StrokePlan
        The movement's strokes, by the Sigma-Lognormal model, and what they leave unexplained; a
        plan without strokes shows the movement alone.
    unit : str, default="pixels"
        Unit of x and y, for the labels.

    Attributes
    ----------
    path_ : LineCollection
        The path, in pieces from point to point.
    colorbar_ : Colorbar
        Colour scale of the path.
    recorded_ : StepPatch
        Speed between the points.
    reconstructed_ : Line2D or None
        Speed of the vector sum of the strokes; None without strokes.
    strokes_ : list of PolyCollection
        Speed of each stroke.
    axes_ : ndarray of Axes of shape (2,)
        The path and the speed.
    figure_ : Figure
        That of the first axes.

    See Also
    --------
    sklearn_ffrnn.sigma_lognormal.extract_strokes : Finds the strokes.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.inspection import TrajectoryDisplay
    >>> from sklearn_ffrnn.sigma_lognormal import position
    >>> t = np.arange(0.0, 800.0, 10.0)
    >>> strokes = [[100, 0, 5.3, 0.25, 0, 1], [60, 350, 5.3, 0.25, -1, -1.5]]
    >>> x, y = position(strokes, t).T
    >>> display = TrajectoryDisplay.from_trajectory(np.column_stack([x, y, t]))
    >>> len(display.strokes_)
    2
    """

    def __init__(self, *, plan: StrokePlan, unit: str = "pixels") -> None:
        self.plan = plan
        self.unit = unit

    @classmethod
    def from_trajectory(
        cls,
        trajectory: Any,
        *,
        unit: str = "pixels",
        extraction: dict[str, Any] | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> TrajectoryDisplay:
        """Find the strokes of a movement and draw both.

        Parameters
        ----------
        trajectory : array-like of shape (n_points, 3) or (n_points, 4)
            One movement: columns x, y, t and, optionally, stroke_id; or a DataFrame with these.
        unit : str, default="pixels"
            Unit of x and y, for the labels.
        extraction : dict, default=None
            Parameters of :func:`~sklearn_ffrnn.sigma_lognormal.extract_strokes`, such as
            ``{"time_unit": "s"}``.
        ax : array-like of two Axes, default=None
            Where to draw path and speed; None makes a figure.
        **kwargs
            Passed to :meth:`plot`.

        Returns
        -------
        display : TrajectoryDisplay
            The display, drawn.

        Raises
        ------
        TypeError, ValueError
            If the trajectory is malformed: the message says how.
        """
        (plan,) = extract_strokes([trajectory], **(extraction or {}))
        return cls(plan=plan, unit=unit).plot(ax, **kwargs)

    def plot(self, ax: Any = None, *, y_down: bool = True) -> TrajectoryDisplay:
        """Draw the movement.

        Parameters
        ----------
        ax : array-like of two Axes, default=None
            Where to draw path and speed; None makes a figure.
        y_down : bool, default=True
            Whether y grows downwards, as on screens.

        Returns
        -------
        display : TrajectoryDisplay
            This display.

        Raises
        ------
        ValueError
            If there are not two axes, or all points have one time stamp.
        """
        self.axes_ = panels(ax, 2, size=(5.4, 4.2), caller="TrajectoryDisplay.plot")
        self.figure_ = self.axes_[0].figure
        path, profile = self.axes_
        points, speeds = self._recorded()
        self._draw_path(path, points, speeds)
        if y_down:
            path.yaxis.set_inverted(True)
        since_start = points[:, 2] - self.plan.t0
        self.recorded_ = profile.stairs(
            speeds, since_start, color=RECORDED, linewidth=1.2, label="recorded"
        )
        self.reconstructed_: Any = None
        self.strokes_: list[Any] = []
        if self.plan.n_strokes:
            self._draw_strokes(profile, np.linspace(0, since_start[-1], _N_TIMES))
        profile.set(title="Speed", xlabel=self.plan.time_unit, ylabel=self._speed_unit)
        profile.set_ylim(bottom=0)
        profile.legend()
        return self

    @property
    def _speed_unit(self) -> str:
        return f"{self.unit} / {self.plan.time_unit}"

    def _recorded(self) -> tuple[np.ndarray, np.ndarray]:
        """Return points with columns x, y, t and part, and the speed between them.

        Where one part ends and the next begins there is no speed.
        """
        plan = self.plan
        first = [part.first_point for part in plan.parts]
        part = np.searchsorted(first, np.arange(len(plan.times)), side="right")
        xy = plan.position(plan.times) + plan.residual
        points = merge_equal_times(np.column_stack([xy, plan.times, part]))
        speeds = np.linalg.norm(velocity(points), axis=1)
        speeds[np.diff(points[:, 3]) > 0] = np.nan
        return points, speeds

    def _draw_path(self, ax: Any, points: np.ndarray, speeds: np.ndarray) -> None:
        from matplotlib.collections import LineCollection

        pieces = np.stack([points[:-1, :2], points[1:, :2]], axis=1)
        within = ~np.isnan(speeds)
        self.path_ = LineCollection(
            pieces[within], array=speeds[within], cmap="viridis", linewidth=3, capstyle="round"
        )
        self.path_.set_clim(0, np.max(speeds[within], initial=0.0) or 1.0)
        ax.add_collection(self.path_)
        ax.plot(*points[0, :2], "o", color="black", label="start")
        self.colorbar_ = self.figure_.colorbar(self.path_, ax=ax)
        self.colorbar_.ax.set_title(self._speed_unit, fontsize="small")
        ax.set(title="Path", xlabel=self.unit, ylabel=self.unit)
        ax.set_aspect("equal", adjustable="datalim")
        ax.legend()

    def _draw_strokes(self, ax: Any, t: np.ndarray) -> None:
        plan = self.plan
        (self.reconstructed_,) = ax.plot(
            t, np.linalg.norm(plan.velocity(plan.t0 + t), axis=1), "k", label="sum of the strokes"
        )
        for i, pulse in enumerate(speed(plan.strokes, t).T):
            color = PALETTE[i % len(PALETTE)]
            label = f"strokes ({plan.n_strokes})" if i == 0 else None
            self.strokes_.append(ax.fill_between(t, pulse, color=color, alpha=0.35, label=label))
