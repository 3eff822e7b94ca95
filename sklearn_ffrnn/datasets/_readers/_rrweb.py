"""Recordings of rrweb."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import validate_params

from ._finish import finish_log
from ._problems import Malformed
from ._protocol import READER_CONSTRAINTS, Source
from ._source import name_of, read_text

_INCREMENTAL = 3  # EventType.IncrementalSnapshot
_MOVES = {1: "mouse", 6: "touch", 12: "mouse"}  # IncrementalSource MouseMove, TouchMove, Drag
_DRAG = 12
_INTERACTION = 2  # IncrementalSource.MouseInteraction
# Of MouseInteractions; double clicks and context menus come with these, focus has no position.
_STATES = {0: "Released", 1: "Pressed", 2: "Click", 7: "Pressed", 9: "Released", 10: "Released"}
_TOUCHES = {7, 9, 10}
_POINTERS = {0: "mouse", 1: "pen", 2: "touch"}  # PointerTypes


@validate_params(READER_CONSTRAINTS, prefer_skip_nested_validation=True)
def read_rrweb(file: Source, *, on_error: str = "raise", sort_time: bool = False) -> pd.DataFrame:
    """Read a recording of rrweb, which site owners and session-replay services keep.

    A recording is a JSON list of events, an object that holds such a list as "events", or JSON
    lines of either. Positions come from mouse, touch and drag events (sources 1, 6 and 12), each at
    its event's `timestamp` plus its own `timeOffset`; clicks from mouse interactions (source 2).
    All other events (snapshots of the page and so on) are passed over. An event of positions is
    written after them, and a click at once, so points are put in the order of time between two
    steps back of the events' own clock.

    Format: https://github.com/rrweb-io/rrweb/blob/master/packages/types/src/index.ts

    Parameters
    ----------
    file : str, path-like or open stream
        The recording, not packed.
    on_error : {"raise", "skip"}, default="raise"
        Whether events that can't be read raise an error that names them (by number, or by line in
        JSON lines), or are left out with one warning that does.
    sort_time : bool, default=False
        Sort all points by time. Otherwise an events' clock that steps back is kept, and reported by
        a warning.

    Returns
    -------
    log : DataFrame of shape (n_points, 6)
        Columns movement ("mouse", "touch" or "pen": fingers are not told apart by rrweb), x and y
        (CSS pixels from the window's corner), t (milliseconds, from 0 at the first point), state
        ("Move", "Drag", "Pressed", "Released" or "Click") and device (as movement).

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not JSON, holds no points, or holds malformed events and `on_error` is "raise".

    Warns
    -----
    UserWarning
        If events were left out, or time steps back.

    See Also
    --------
    split_movements : Cuts the log into movements, at pauses and clicks.

    Examples
    --------
    >>> import io
    >>> from sklearn_ffrnn.datasets import read_rrweb
    >>> recording = io.StringIO('''[
    ...     {"type": 4, "data": {"width": 1280, "height": 720}, "timestamp": 1000},
    ...     {"type": 3, "timestamp": 1500, "data": {"source": 1, "positions": [
    ...         {"x": 10, "y": 20, "id": 4, "timeOffset": -100},
    ...         {"x": 14, "y": 21, "id": 4, "timeOffset": -50}]}},
    ...     {"type": 3, "timestamp": 1520, "data": {"source": 2, "type": 1, "x": 14, "y": 21}}]''')
    >>> read_rrweb(recording)
      movement     x     y      t    state device
    0    mouse  10.0  20.0    0.0     Move  mouse
    1    mouse  14.0  21.0   50.0     Move  mouse
    2    mouse  14.0  21.0  120.0  Pressed  mouse
    """
    malformed = Malformed(name_of(file), "event")
    rows: list[tuple[int, float, float, float, str, str]] = []
    run, last = 0, -np.inf  # events between two steps back of their clock
    for number, event in _events(read_text(file), malformed):
        try:
            points = list(_points(event))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            malformed.add(number, f"{type(error).__name__}: {error}")
            continue
        if points:
            run += event["timestamp"] < last
            last = event["timestamp"]
            rows += [(run, *point) for point in points]
    rows.sort(key=lambda row: row[:2])
    columns = list(zip(*rows, strict=True)) or [()] * 6
    t = np.array(columns[1], dtype=np.float64)
    return finish_log(
        {
            "movement": pd.Categorical(columns[5]),
            "x": np.array(columns[2], dtype=np.float64),
            "y": np.array(columns[3], dtype=np.float64),
            "t": t - t[:1],
            "state": pd.Categorical(columns[4]),
            "device": pd.Categorical(columns[5]),
        },
        malformed,
        on_error=on_error,
        sort_time=sort_time,
    )


def _events(text: str, malformed: Malformed) -> Iterator[tuple[int, Any]]:
    """Yield events with their numbers; those of JSON lines with their lines."""
    found: list[Any]
    try:
        found = [json.loads(text)]
        numbers = [0]
    except RecursionError as error:
        raise ValueError(f"{malformed.where} is nested too deep to be a recording.") from error
    except ValueError as error:
        malformed.unit = "line"
        found, numbers = [], []
        for number, content in enumerate(text.splitlines(), start=1):
            if not content.strip():
                continue
            try:
                found.append(json.loads(content))
                numbers.append(number)
            except (ValueError, RecursionError) as fault:
                malformed.add(number, f"not JSON: {fault}")
        if not found:
            raise ValueError(
                f"{malformed.where} is neither JSON nor JSON lines ({error}); a recording of rrweb "
                "is a list of events."
            ) from error
    for line, item in zip(numbers, found, strict=True):
        events = item.get("events", item) if isinstance(item, dict) else item
        if isinstance(events, list):
            yield from ((line or i, event) for i, event in enumerate(events, start=1))
        else:
            yield line or 1, events


def _points(event: Any) -> Iterator[tuple[float, float, float, str, str]]:
    """Yield t, x, y, state and device of an event's points."""
    if not isinstance(event, dict):
        raise TypeError(f"a {type(event).__name__}, not an object (unpack it by rrweb's unpack)")
    if event["type"] != _INCREMENTAL:
        return
    timestamp, data = event["timestamp"], event["data"]
    source = data["source"]
    if source in _MOVES:
        state = "Drag" if source == _DRAG else "Move"
        for position in data["positions"]:
            t = _number(timestamp) + _number(position["timeOffset"])
            yield t, _number(position["x"]), _number(position["y"]), state, _MOVES[source]
    elif source == _INTERACTION and data["type"] in _STATES and data.get("x") is not None:
        kind = data["type"]
        device = _POINTERS.get(data.get("pointerType"), "touch" if kind in _TOUCHES else "mouse")
        yield (
            *(_number(timestamp), _number(data["x"]), _number(data["y"])),
            *(_STATES[kind], device),
        )


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not np.isfinite(value):
        raise ValueError(f"{value!r} is not a finite number")
    return float(value)
