"""Results of PCIbex experiments with a MouseTracker."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import validate_params

from ._problems import Malformed
from ._protocol import READER_CONSTRAINTS, Source
from ._source import name_of, open_text
from ._trials import Trial, finish_trials

_NUMBER = r"-?\d+(?:\.\d+)?"
_STREAM = re.compile(
    rf"x(?P<x>{_NUMBER})y(?P<y>{_NUMBER})w\d+(?:\.\d+)?h\d+(?:\.\d+)?"
    rf"(?P<steps>(?:t-?\d+[+-]{_NUMBER.removeprefix('-?')}[+-]{_NUMBER.removeprefix('-?')})*)"
)
_STEP = re.compile(r"t(-?\d+)([+-][\d.]+)([+-][\d.]+)")
_STARTED = re.compile(r"x.+y.+w.+h.+")  # what looks like a stream, and must then be one
_PERSON = "MD5 hash of participant's IP address"


@validate_params(READER_CONSTRAINTS, prefer_skip_nested_validation=True)
def read_pcibex(file: Source, *, on_error: str = "raise", sort_time: bool = False) -> pd.DataFrame:
    r"""Read the MouseTracker's lines in the results of a PCIbex experiment.

    A line of the results (comma-separated; comments begin with "#") that belongs to a MouseTracker
    holds one compressed movement, such as ``x962y192w1920h737t694+0+0t15-1+1``: where it began, the
    size of the window, and for each point the milliseconds and pixels from the one before. Other
    lines are passed over.

    Format: https://github.com/PennController/penncontroller, PennElement_mousetracker.js

    Parameters
    ----------
    file : str, path-like or open stream
        The results.
    on_error : {"raise", "skip"}, default="raise"
        Whether movements that can't be read raise an error that names their lines, or are left out
        with one warning that does.
    sort_time : bool, default=False
        Sort the points of each movement by time. Otherwise time that steps back (the browser's
        clock was set) is kept, and reported by a warning.

    Returns
    -------
    log : DataFrame of shape (n_points, n_columns)
        Columns movement (line in the file), x and y (CSS pixels from the corner of the window), t
        (milliseconds from the start of the tracker), and person (hash of the participant's address)
        if the comments say which column holds it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it holds no points, or holds malformed movements and `on_error` is "raise".

    Warns
    -----
    UserWarning
        If movements were left out, or time steps back.

    Examples
    --------
    >>> import io
    >>> from sklearn_ffrnn.datasets import read_pcibex
    >>> results = io.StringIO(
    ...     "# 1. Results reception time.\n# 2. MD5 hash of participant's IP address.\n"
    ...     "1568404829,d41d8c,PennController,3,0,trial,NULL,MouseTracker,mouse,Move,"
    ...     "x962y192w1920h737t694+0+0t15-1+1,1568404820111,NULL\n")
    >>> read_pcibex(results)
       movement      x      y      t  person
    0         3  962.0  192.0    0.0  d41d8c
    1         3  962.0  192.0  694.0  d41d8c
    2         3  961.0  193.0  709.0  d41d8c
    """
    malformed = Malformed(name_of(file))
    trials = []
    person: int | None = None
    with open_text(file) as stream:
        for number, line in enumerate(stream, start=1):
            line = line.strip("\ufeff \r\n")
            if line.startswith("#"):
                if match := re.match(r"#\s*(\d+)\.\s*(.+?)\.?$", line):
                    person = int(match[1]) - 1 if match[2] == _PERSON else person
                continue
            cells = line.split(",")  # commas inside cells are written %2C
            if "MouseTracker" not in cells:
                continue
            streams = [cell for cell in cells if _STARTED.fullmatch(cell)]
            if not streams:
                continue
            match = _STREAM.fullmatch(streams[0])
            if match is None:
                malformed.add(number, f"{streams[0][:40]!r} is not a stream of the MouseTracker")
                continue
            who = cells[person] if person is not None and person < len(cells) else None
            trials.append(Trial(number, _decode(match), None, who))
    return finish_trials(trials, malformed, on_error=on_error, sort_time=sort_time)


def _decode(match: re.Match[str]) -> Any:
    steps = [[float(x), float(y), float(t)] for t, x, y in _STEP.findall(match["steps"])]
    return np.cumsum([[float(match["x"]), float(match["y"]), 0.0], *steps], axis=0)
