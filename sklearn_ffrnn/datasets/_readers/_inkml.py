"""Handwriting as InkML."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import StrOptions, validate_params

from ..._typing import FloatArray
from ._finish import finish_log
from ._problems import Malformed
from ._protocol import READER_CONSTRAINTS, Source
from ._source import name_of, read_bytes, stem_of
from ._time_unit import MILLISECONDS, infer_time_unit
from ._xml import parse_xml

# Values are separated by space, or by the prefix or sign of the next one.
_VALUE = re.compile(
    r"([!'\"]?)\s*"
    r"(\*|\?|[TF]|\#-?[0-9A-Fa-f]+|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)"
)
_NOT_VALUES = re.compile(r"\S")


@validate_params(
    {**READER_CONSTRAINTS, "time_unit": [StrOptions({"infer", *MILLISECONDS})]},
    prefer_skip_nested_validation=True,
)
def read_inkml(
    file: Source, *, time_unit: str = "infer", on_error: str = "raise", sort_time: bool = False
) -> pd.DataFrame:
    """Read handwriting or a signature in W3C's Ink Markup Language.

    Each ``trace`` is a stroke; its points have the channels of the ``traceFormat`` (X and Y by
    default). Differences of first and second order (the prefixes ' and ") are summed up. Times come
    from the channel T or, without one, from the ``sampleRate`` of the ink source and the
    `timeOffset` of the traces. A file that declares a document type is refused: nothing is
    expanded.

    Format: https://www.w3.org/TR/InkML/

    Parameters
    ----------
    file : str, path-like or open stream
        The file.
    time_unit : {"infer", "s", "ms", "us", "ns"}, default="infer"
        Unit of the channel T where the file names none. "infer" takes it from the usual step, as
        :func:`read_log` does.
    on_error : {"raise", "skip"}, default="raise"
        Whether traces that can't be read raise an error that names them, or are left out with one
        warning that does.
    sort_time : bool, default=False
        Sort all points by time. Otherwise time that steps back is kept, and reported by a warning.

    Returns
    -------
    log : DataFrame of shape (n_points, n_columns)
        Columns movement (name of the file without its ending), stroke_id (number of the trace, from
        0), x and y (the unit of the file), t (milliseconds, from 0), device ("pen") and, if an
        annotation of the type "writer" says it, person.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not InkML or declares a document type, has no times or times of a doubtful unit,
        or more than one format of traces, if it holds no points, or if traces are malformed and
        `on_error` is "raise".

    Warns
    -----
    UserWarning
        If traces were left out, or time steps back.

    Examples
    --------
    >>> import io
    >>> from sklearn_ffrnn.datasets import read_inkml
    >>> ink = io.BytesIO(b'''<ink xmlns="http://www.w3.org/2003/InkML"><traceFormat>
    ...     <channel name="X"/><channel name="Y"/><channel name="T" units="ms"/></traceFormat>
    ...     <trace>100 50 0, '3'-2'10, '4'-1'10</trace><trace>120 60 400</trace></ink>''')
    >>> read_inkml(ink)[["stroke_id", "x", "y", "t"]]
       stroke_id      x     y      t
    0          0  100.0  50.0    0.0
    1          0  103.0  48.0   10.0
    2          0  107.0  47.0   20.0
    3          1  120.0  60.0  400.0
    """
    malformed = Malformed(name_of(file), "trace")
    ink = _Ink(read_bytes(file), malformed.where)
    strokes: list[FloatArray] = []
    numbers: list[int] = []
    for i, (text, offset) in enumerate(ink.traces):
        try:
            values = _decode(text, len(ink.channels))
            stroke = ink.points(values, offset)
        except ValueError as error:
            malformed.add(i + 1, str(error))
            continue
        strokes.append(stroke)
        numbers.append(i)
    points: FloatArray = np.concatenate([np.empty((0, 3)), *strokes])
    stroke_id = np.repeat(numbers, [len(stroke) for stroke in strokes])
    t: FloatArray = points[:, 2]
    if "T" in ink.channels and len(t):
        unit = ink.units.get("T") or time_unit
        if unit == "infer":
            unit = infer_time_unit(t, np.diff(t), malformed.where)
        t = t * MILLISECONDS[unit]
    return finish_log(
        {
            "movement": stem_of(file),
            "stroke_id": stroke_id.astype(np.int64),
            "x": points[:, 0],
            "y": points[:, 1],
            "t": t - t[:1],
            "person": ink.writer,
            "device": "pen",
        },
        malformed,
        on_error=on_error,
        sort_time=sort_time,
    )


class _Ink:
    """What an InkML document holds."""

    def __init__(self, content: bytes, where: str) -> None:
        self.where = where
        self.formats: list[list[str]] = []
        self.units: dict[str, str] = {}
        self.rate: float | None = None
        self.writer: str | None = None
        self.traces: list[tuple[str, float]] = []  # text, and the time at which it begins
        self._text: list[str] = []
        self._attributes: dict[str, str] = {}
        self._is_ink = self._intermittent = False
        parse_xml(content, where, start=self._start, end=self._end, text=self._text.append)
        if not self._is_ink:
            raise ValueError(f"{where} is not InkML: it has no element ink.")
        if any(channels != self.formats[0] for channels in self.formats):
            raise ValueError(
                f"{where} has traces of {len(self.formats)} formats; give each a file of its own."
            )
        self.channels = self.formats[0] if self.formats else ["X", "Y"]
        missing = [name for name in ("X", "Y") if name not in self.channels]
        if missing:
            raise ValueError(f"{where}: the traces have no channel {missing[0]}: {self.channels}.")
        if "T" not in self.channels and self.rate is None:
            raise ValueError(
                f"{where} has no times: neither a channel T in its traceFormat ({self.channels}) "
                "nor a sampleRate."
            )

    def points(self, values: FloatArray, offset: float) -> FloatArray:
        """Return x, y and t of a trace."""
        x, y = (values[:, self.channels.index(name)] for name in ("X", "Y"))
        t: FloatArray
        if "T" in self.channels:
            t = values[:, self.channels.index("T")]
        else:
            t = offset + np.arange(float(len(values))) * (1000.0 / (self.rate or 1.0))
        points: FloatArray = np.column_stack([x, y, t])
        if not np.isfinite(points).all():
            raise ValueError("a number, or the timeOffset, is not finite")
        return points

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        self._text.clear()
        if tag == "ink":
            self._is_ink = True
        elif tag == "traceFormat":
            self.formats.append([])
        elif tag == "intermittentChannels":
            self._intermittent = True
        elif tag == "channel" and self.formats and not self._intermittent:
            name = attributes.get("name", "")
            self.formats[-1].append(name)
            if attributes.get("units") in MILLISECONDS:
                self.units[name] = attributes["units"]
        elif tag == "sampleRate":
            self.rate = self._positive(attributes.get("value", ""))
        self._attributes = attributes

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        text = "".join(self._text)
        self._text.clear()
        if tag == "intermittentChannels":
            self._intermittent = False
        elif tag == "annotation" and self._attributes.get("type") == "writer":
            self.writer = self.writer or text.strip() or None
        elif tag == "trace":
            try:
                offset = float(self._attributes.get("timeOffset", "0"))
            except ValueError:
                offset = np.nan
            self.traces.append((text, offset))

    def _positive(self, value: str) -> float:
        try:
            rate = float(value)
        except ValueError:
            rate = 0.0
        if not 0 < rate < np.inf:
            raise ValueError(f"{self.where}: the sampleRate is {value!r}, not a number of Hz.")
        return rate


def _decode(text: str, n_channels: int) -> FloatArray:
    """Return the values of a trace as (n_points, n_channels)."""
    points: list[list[float]] = []
    order = [0] * n_channels  # of the differences that are written: 0, 1 or 2
    last, speed = [0.0] * n_channels, [0.0] * n_channels
    for point in text.split(","):
        if not point.strip():
            continue
        tokens = _VALUE.findall(point)
        if _NOT_VALUES.search(_VALUE.sub("", point)) or len(tokens) < n_channels:
            raise ValueError(f"{point.strip()[:40]!r} is not a point of {n_channels} channels")
        for i, (prefix, value) in enumerate(tokens[:n_channels]):
            if prefix:
                order[i] = "!'\"".index(prefix)
            if value == "*":  # as the one before
                speed[i] = 0.0
                continue
            if value == "?":
                raise ValueError("a channel without a value ('?')")
            number = _number(value)
            if order[i] == 0:
                speed[i], last[i] = number - last[i], number
            else:
                speed[i] = number if order[i] == 1 else speed[i] + number
                last[i] += speed[i]
        points.append(list(last))
    return np.array(points, dtype=np.float64).reshape(-1, n_channels)


def _number(value: str) -> float:
    if value in "TF":
        return float(value == "T")
    return float(int(value[1:], 16)) if value.startswith("#") else float(value)
