"""Where a continuous log is cut, piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .._input import as_frame, as_numbers, at_sentinel, select_trajectory
from .._typing import BoolArray, FloatArray

# What begins a movement, the strongest first: a cut may have more than one reason.
BEGINNINGS = ("start", "no position", "clock", "click", "pause")
_START, _NOWHERE, _CLOCK, _CLICK, _PAUSE = range(len(BEGINNINGS))
_CLICKS = {
    *("pressed", "released", "click", "dblclick", "mousedown", "mouseup"),
    *("touchstart", "touchend", "touchcancel", "pointerdown", "pointerup", "pointercancel"),
}


class Part(NamedTuple):
    """The points between two cuts."""

    points: FloatArray  # (n_points, 3), t as in the log
    key: tuple[Any, ...]  # of the columns that the log is cut by
    row: int  # of the first point, in the log
    begins: str


class _Rows(NamedTuple):
    """Rows of a log, in order."""

    x: FloatArray
    y: FloatArray
    t: FloatArray
    code: np.ndarray  # int, of the key
    click: BoolArray
    row: np.ndarray  # int, in the log

    def take(self, chosen: Any) -> _Rows:
        return _Rows(*(column[chosen] for column in self))


def _join(first: _Rows, then: _Rows) -> _Rows:
    return _Rows(*(np.concatenate(pair) for pair in zip(first, then, strict=True)))


class LogCutter:
    """Cuts one log that comes in pieces; a part that may go on is held until it has ended.

    Attributes
    ----------
    n_changes, backwards : int
        Steps in which time changes, and those in which it steps back.
    first_backwards : (float, float, int) or None
        Time before and after the first of the latter, and its row.
    usual_step, longest_step : float
        Of those forward: median (of the medians of pieces) and maximum; NaN without any.
    n_rows : int
        Rows so far.
    """

    def __init__(
        self, where: str, by: Sequence[str] | None, *, max_gap: float, min_points: int, clicks: bool
    ) -> None:
        self.where = where
        self.by = by
        self.max_gap = max_gap
        self.min_points = min_points
        self.clicks = clicks
        self.n_rows = self.n_changes = self.backwards = 0
        self.first_backwards: tuple[float, float, int] | None = None
        self.longest_step = float("nan")
        self._medians: list[float] = []
        self._codes: dict[tuple[Any, ...], int] = {}
        self._keys: list[tuple[Any, ...]] = []
        self._held: _Rows | None = None
        self._held_begin: dict[int, int] = {}
        self._reach = np.zeros(2)
        self._first_date: Any = None

    @property
    def usual_step(self) -> float:
        """Return the median step forward in time."""
        return float(np.median(self._medians)) if self._medians else float("nan")

    def cut(self, piece: Any, *, last: bool) -> list[Part]:
        """Return the parts that have ended with `piece`; all there are, if it is the last."""
        new_from = self.n_rows
        rows = self._rows(piece)
        dormant, self._held = self._held, None
        if dormant is not None:
            # What others have left open need not be looked at again until they go on.
            goes_on = np.isin(dormant.code, rows.code) | last
            rows = _join(dormant.take(goes_on), rows)
            dormant = dormant.take(~goes_on)
        if np.any(rows.code[1:] != rows.code[:-1]):
            rows = rows.take(np.argsort(rows.code, kind="stable"))
        if not len(rows.t):
            self._held = dormant
            return []
        same = rows.code[1:] == rows.code[:-1]
        steps = np.diff(rows.t)
        self._count(rows, steps, same & (rows.row[1:] >= new_from))
        nowhere = self._nowhere(rows)
        begin = np.full(len(rows.t), -1, dtype=np.int8)
        reasons = {
            _PAUSE: steps > self.max_gap,
            _CLICK: rows.click[:-1],
            _CLOCK: steps < 0,
            _NOWHERE: nowhere[1:] | nowhere[:-1],
            _START: ~same,
        }
        for reason, found in reasons.items():
            begin[1:][found] = reason
        begin[0] = _START
        starts = np.flatnonzero(begin >= 0)
        ends = np.append(starts[1:], len(begin))
        for i in np.flatnonzero(begin == _START).tolist():  # of an id; it may have gone on
            begin[i] = self._held_begin.get(int(rows.code[i]), _START)
        if last:
            closed = np.ones(len(starts), dtype=bool)
        else:
            closed = np.append(rows.code[starts[1:]] == rows.code[starts[:-1]], False)
            held = self._hold(rows, starts[~closed], ends[~closed], begin)
            self._held = held if dormant is None else _join(dormant, held)
        kept = closed & (ends - starts >= self.min_points) & ~nowhere[starts]
        return [
            Part(
                np.column_stack([rows.x[a:b], rows.y[a:b], rows.t[a:b]]),
                self._keys[rows.code[a]],
                int(rows.row[a]),
                BEGINNINGS[begin[a]],
            )
            for a, b in zip(starts[kept].tolist(), ends[kept].tolist(), strict=True)
        ]

    def _hold(self, rows: _Rows, starts: np.ndarray, ends: np.ndarray, begin: np.ndarray) -> _Rows:
        """Return the rows of parts that may go on, and remember what they began with."""
        self._held_begin |= {int(rows.code[a]): int(begin[a]) for a in starts}
        held = np.concatenate([np.arange(a, b) for a, b in zip(starts, ends, strict=True)])
        return rows.take(held)

    def _rows(self, piece: Any) -> _Rows:
        """Return the rows of a piece, checked."""
        piece = as_frame(piece)
        click: BoolArray | None = None
        begin = 0.0
        keys: list[tuple[Any, ...]] = [()]
        code = np.zeros(len(piece), dtype=np.intp)
        if isinstance(piece, pd.DataFrame):
            by = self._by(piece)
            if by:
                code, keys = _key_codes(piece[by], self.where, self.n_rows)
            if self.clicks and "state" in piece.columns:
                click = _is_click(piece["state"])
            piece = select_trajectory(piece, self.where)
            if getattr(piece["t"].dtype, "kind", "O") == "M":
                begin = self._dates_from_first(piece["t"])
            numbers = as_numbers(piece, self.where)
        else:
            numbers = as_numbers(piece, self.where)
        points = numbers.astype(np.float64, copy=False)
        if points.ndim != 2 or points.shape[1] != 3:
            raise ValueError(
                f"{self.where} has shape {points.shape}; expected (n_events, 3) with columns "
                "x, y, t."
            )
        x, y, t = points[:, 0], points[:, 1], points[:, 2] + begin
        _check_finite(x, y, t, self.where, self.n_rows)
        for key in keys:
            if key not in self._codes:
                self._codes[key] = len(self._keys)
                self._keys.append(key)
        known = np.array([self._codes[key] for key in keys], dtype=np.intp)
        rows = np.arange(self.n_rows, self.n_rows + len(t))
        self.n_rows += len(t)
        clicks = np.zeros(len(t), dtype=bool) if click is None else click
        return _Rows(x, y, t, known[code], clicks, rows)

    def _by(self, frame: pd.DataFrame) -> list[str]:
        if self.by is None:
            return ["movement"] if "movement" in frame.columns else []
        missing = [name for name in self.by if name not in frame.columns]
        if missing:
            raise ValueError(
                f"{self.where} has no column {missing} to cut by; its columns are "
                f"{list(frame.columns)}. Name others by by=."
            )
        return list(self.by)

    def _nowhere(self, rows: _Rows) -> BoolArray:
        nowhere: BoolArray = np.isnan(rows.x) | np.isnan(rows.y)
        xy = np.column_stack([rows.x, rows.y])
        nowhere |= at_sentinel(xy, reach=self._reach)
        if not nowhere.all():
            self._reach = np.maximum(self._reach, np.abs(xy[~nowhere]).max(axis=0))
        return nowhere

    def _dates_from_first(self, t: pd.Series) -> float:
        """Return how long after the first date of the log those of this piece begin, in ms."""
        dates = t.dropna()
        if not len(dates):
            return 0.0
        if self._first_date is None:
            self._first_date = dates.iloc[0]
        return float((dates.iloc[0] - self._first_date) / pd.Timedelta(1, "ms"))

    def _count(self, rows: _Rows, steps: np.ndarray, new: np.ndarray) -> None:
        forward = steps[new & (steps > 0)]
        if len(forward):
            self._medians.append(float(np.median(forward)))
            self.longest_step = float(np.fmax(self.longest_step, forward.max()))
        backwards = np.flatnonzero(new & (steps < 0))
        self.n_changes += len(forward) + len(backwards)
        self.backwards += len(backwards)
        if len(backwards) and self.first_backwards is None:
            j = backwards[np.argmin(rows.row[backwards + 1])]
            self.first_backwards = (float(rows.t[j]), float(rows.t[j + 1]), int(rows.row[j + 1]))


def _key_codes(
    keys: pd.DataFrame, where: str, first: int
) -> tuple[np.ndarray, list[tuple[Any, ...]]]:
    """Return the code of each row's key, and the keys in the order of their codes."""
    for name in keys.columns:
        missing = np.flatnonzero(keys[name].isna())
        if len(missing):
            raise ValueError(
                f"{where}[{name!r}] is missing in row {first + int(missing[0])}; drop such rows or "
                "give them an id."
            )
    if keys.shape[1] == 1:
        code, values = pd.factorize(keys.iloc[:, 0])
        return code, [(value,) for value in values.tolist()]
    index = pd.MultiIndex.from_frame(keys.astype(object))
    code, unique = pd.factorize(index)
    return code, unique.tolist()


def _is_click(state: pd.Series) -> BoolArray:
    code, states = pd.factorize(state)
    click = np.array([str(s).strip().lower() in _CLICKS for s in states] + [False], dtype=bool)
    return click[code]  # a missing state has code -1, the last


def _check_finite(x: np.ndarray, y: np.ndarray, t: np.ndarray, where: str, first: int) -> None:
    bad = np.isinf(x) | np.isinf(y) | ~np.isfinite(t)
    if bad.any():
        raise ValueError(
            f"{where} holds an infinite value or a missing t in event "
            f"{first + int(np.flatnonzero(bad)[0])}; drop such events. Only x and y may be NaN, "
            "where the pointer has no position."
        )
