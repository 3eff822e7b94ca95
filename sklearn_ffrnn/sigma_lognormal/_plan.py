"""The Sigma-Lognormal model of one trajectory."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .._recording import regular_clock, stroke_starts
from ._model import STROKE_PARAMETERS, position, velocity


class PlanPart(NamedTuple):
    """A stretch of a trajectory between pen-ups or gaps, modelled by strokes of its own."""

    first_point: int
    first_stroke: int
    x: float  # position before its first stroke
    y: float


@dataclass(frozen=True, eq=False)
class StrokePlan:
    """The strokes of one trajectory, and the residual that they leave unexplained.

    All times are in the unit of the trajectory's time stamps.

    Attributes
    ----------
    strokes : ndarray of shape (n_strokes, 6)
        Columns D, t0, mu, sigma, theta_s, theta_e; onsets t0 are counted from the plan's `t0`.
        Empty if the trajectory could not be modelled.
    t0 : float
        Time of the trajectory's first point.
    snr_velocity, snr_position : float
        Quality of the model against the smoothed trajectory, in dB; NaN where there is no motion.
    residual : ndarray of shape (n_points, 2)
        The trajectory's points minus the model's positions at their time stamps.
    times : ndarray of shape (n_points,)
        Time stamps of the trajectory.
    stroke_id : ndarray of shape (n_points,) or None
        Pen stroke of each point, if the trajectory had a fourth column.
    time_unit : str
        Unit of all times: "s", "ms", "us" or "ns".
    smoothing : float
        Standard deviation of the Gaussian filter under which the strokes were found, in ms.
    parts : tuple of PlanPart
        Where the movement is interrupted: first point, first stroke and starting position of each
        part. Between them the position jumps, as the pen did.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn.sigma_lognormal import extract_strokes, position
    >>> t = np.arange(0.0, 600.0, 10.0)
    >>> x, y = position([[100, 0, 5, 0.2, 0, 1], [50, 200, 5, 0.2, 2, 1.5]], t).T
    >>> plan, = extract_strokes([np.column_stack([x, y, t])])
    >>> plan.n_strokes
    2
    >>> source = plan.position(plan.times) + plan.residual
    >>> bool(np.allclose(source, np.column_stack([x, y])))
    True
    """

    strokes: np.ndarray
    t0: float
    snr_velocity: float
    snr_position: float
    residual: np.ndarray
    times: np.ndarray
    stroke_id: np.ndarray | None
    time_unit: str
    smoothing: float
    parts: tuple[PlanPart, ...]

    @property
    def n_strokes(self) -> int:
        """Number of strokes."""
        return len(self.strokes)

    @property
    def start(self) -> np.ndarray:
        """Position before the first stroke, of shape (2,)."""
        return np.array(self.parts[0][2:])

    @property
    def clock(self) -> np.ndarray:
        """Estimated times of the points, of shape (n_points,), in the unit of `times`.

        Equal time stamps are spread and jitter is smoothed away. The strokes were found on this
        clock, so that the points are closer to ``position(clock)`` than to ``position(times)``.
        """
        starts = stroke_starts(self.stroke_id, len(self.times))
        return self.t0 + regular_clock(self.times - self.t0, starts)

    def position(self, t: ArrayLike) -> np.ndarray:
        """Return the model's position, of shape (n_times, 2).

        Parameters
        ----------
        t : array-like of shape (n_times,)
            Times on the clock of the trajectory, in any order. A part lasts until the next one
            begins.
        """
        return self._by_part(t, lambda part, strokes, t: position(strokes, t, part[2:]))

    def velocity(self, t: ArrayLike) -> np.ndarray:
        """Return the model's velocity, of shape (n_times, 2), length per unit of time.

        Parameters
        ----------
        t : array-like of shape (n_times,)
            Times on the clock of the trajectory, in any order.
        """
        return self._by_part(t, lambda part, strokes, t: velocity(strokes, t))

    def to_frame(self) -> pd.DataFrame:
        """Return the strokes as a table, one row per stroke, with the part of each."""
        frame = pd.DataFrame(self.strokes, columns=list(STROKE_PARAMETERS))
        first = [part.first_stroke for part in self.parts]
        frame.insert(0, "part", np.searchsorted(first, np.arange(self.n_strokes), "right") - 1)
        return frame

    def to_json(self) -> str:
        """Return the plan as a JSON text that :meth:`from_json` reads."""
        record = asdict(self)
        for name, value in record.items():
            if isinstance(value, np.ndarray):
                record[name] = value.tolist()
        return json.dumps(record)

    @classmethod
    def from_json(cls, text: str) -> StrokePlan:
        """Return the plan that :meth:`to_json` wrote, the same to the last bit.

        Parameters
        ----------
        text : str
            What :meth:`to_json` returned.

        Raises
        ------
        ValueError
            If the text is not a plan.
        """
        record = json.loads(text)
        names = {field.name for field in fields(cls)}
        if not isinstance(record, dict) or set(record) != names:
            raise ValueError(f"text is not a StrokePlan; it must hold {sorted(names)}.")
        n_points = len(record["times"])
        record["strokes"] = np.array(record["strokes"], dtype=np.float64).reshape(-1, 6)
        record["residual"] = np.array(record["residual"], dtype=np.float64).reshape(n_points, 2)
        record["times"] = np.array(record["times"], dtype=np.float64)
        if record["stroke_id"] is not None:
            record["stroke_id"] = np.array(record["stroke_id"], dtype=np.float64)
        record["parts"] = tuple(PlanPart(*part) for part in record["parts"])
        return cls(**record)

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, StrokePlan):
            return NotImplemented
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            if isinstance(mine, (np.ndarray, float)):
                if theirs is None or not np.array_equal(mine, theirs, equal_nan=True):
                    return False
            elif mine != theirs:
                return False
        return True

    __hash__ = None  # type: ignore[assignment]  # as Python has it for what compares

    def _by_part(
        self, t: ArrayLike, evaluate: Callable[[PlanPart, np.ndarray, np.ndarray], np.ndarray]
    ) -> np.ndarray:
        """Evaluate each part's strokes at the times that fall into it."""
        t = np.asarray(t, dtype=np.float64)
        if t.ndim != 1:
            raise ValueError(f"t has {t.ndim} dimension(s); give a list of times, (n_times,).")
        begins = self.times[[part.first_point for part in self.parts]]
        at = np.maximum(np.searchsorted(begins, t, side="right") - 1, 0)
        out = np.empty((len(t), 2))
        ends = [*(part.first_stroke for part in self.parts[1:]), self.n_strokes]
        for k, (part, end) in enumerate(zip(self.parts, ends, strict=True)):
            here = at == k
            if here.any():
                out[here] = evaluate(part, self.strokes[part.first_stroke : end], t[here] - self.t0)
        return out
