"""Movements that a web page logged, one JSON object a line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import Bunch
from sklearn.utils._param_validation import validate_params

_DESCR = """\
{n} movements, {n_points} points, of {path}.

:data: list of float arrays (n_points, 3): x, y and t as logged, t counted from the first point.
:frame: DataFrame with a row for each movement: all else that its line says.
"""


@validate_params({"path": [str, os.PathLike]}, prefer_skip_nested_validation=True)
def read_json_movements(path: str | os.PathLike[str]) -> Bunch:
    r"""Read movements that a web page logged: JSON lines, each a movement with its ``points``.

    The page of ``examples/live_page`` writes such a file, to learn from one's own visitors.

    Parameters
    ----------
    path : str or path-like
        The file. Each line is an object whose ``points`` is a list of [x, y, t]; whatever else it
        holds (who moved, when, what was thought of it) goes into a table. Empty lines are skipped.

    Returns
    -------
    movements : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the attributes:

        data : list of ndarray of shape (n_points, 3)
            x, y and t as logged, t counted from the first point of each movement.
        frame : DataFrame of shape (n_movements, n_fields)
            The other fields of each line; missing ones are NaN.
        DESCR : str
            What was read.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a line is no such object: the message says which.

    See Also
    --------
    split_movements : Cuts a continuous log of a pointer into movements.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_ffrnn.datasets import read_json_movements
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "movements.jsonl")
    ...     _ = path.write_text('{"points": [[3, 4, 100], [5, 4, 108]], "visitor": "a"}\n')
    ...     movements = read_json_movements(path)
    >>> movements.data
    [array([[3., 4., 0.],
           [5., 4., 8.]])]
    >>> movements.frame
      visitor
    0       a
    """
    path = Path(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    read = [_movement(line, f"{path}, line {i}") for i, line in enumerate(lines, 1) if line.strip()]
    data = [points for points, _ in read]
    return Bunch(
        data=data,
        frame=pd.DataFrame([fields for _, fields in read], index=range(len(read))),
        DESCR=_DESCR.format(n=len(data), n_points=sum(map(len, data)), path=path.name),
    )


def _movement(line: str, where: str) -> tuple[np.ndarray, dict[str, Any]]:
    """Return the points of one line, and its other fields."""
    try:
        fields = json.loads(line)
        points = np.array(fields.pop("points"), dtype=np.float64)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ValueError(
            f'{where} is no movement ({error!r}); expected {{"points": [[x, y, t], ...], ...}}.'
        ) from error
    if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
        raise ValueError(
            f"{where} has points of shape {points.shape}, or some that are not finite; expected "
            "[x, y, t] for each, all numbers."
        )
    return points - [0.0, 0.0, points[0, 2]], fields
