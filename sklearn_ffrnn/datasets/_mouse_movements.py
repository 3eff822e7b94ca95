"""Human mouse movements that come with the PyPI package cursory."""

from __future__ import annotations

import gzip
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils import Bunch
from sklearn.utils._param_validation import validate_params

_DESCR = """\
Human mouse movements (cursory)
===============================

{n} point-to-point mouse movements of people, {n_points} points, as they come with the Python
package cursory (https://github.com/Vinyzu/cursory, LGPL-3.0-or-later), file trajectories.json.gz.
{n_left_out} of {n_recorded} recordings were left out because they have fewer than two points, a
point without a time stamp, or time that goes backwards.

:data: list of float arrays (n_points, 3): x and y in pixels (y points down) and t in milliseconds.
:target: 1 (human) throughout.
:source: name of each movement, "cursory-0000" and on, by its position in the file.

- Time stamps are cumulative. They are counted here from the first point; in the file about half of
  the movements begin later than 0, and that wait is not part of a movement.
- The file notes a start and an end apart from the path. They are not added: they have no time
  stamp, and a third of the paths set out some pixels away from the start.
- The usual interval is about 7 ms in some movements and about 16 ms in others. A few movements lie
  on half pixels and some have fractional time stamps, all as recorded.
- Nothing tells which movements are of one person, so no split by writer is possible.
"""


@validate_params({"return_X_y": ["boolean"]}, prefer_skip_nested_validation=True)
def load_mouse_movements(*, return_X_y: bool = False) -> Any:
    """Load the human mouse movements of the package cursory.

    The data file is read from the installed package; no code of the package is run.

    Parameters
    ----------
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the attributes:

        data : list of ndarray of shape (n_points, 3)
            x and y in pixels and t in milliseconds, from 0.
        target : ndarray of int of shape (n_movements,)
            1 (human) throughout.
        source : ndarray of str of shape (n_movements,)
            Name of each movement.
        DESCR : str
            What the recordings hold and what was left out.

    (data, target) : tuple
        If `return_X_y` is True.

    Raises
    ------
    ImportError
        If cursory is not installed.
    ValueError
        If its data file does not have the form that is known.

    Examples
    --------
    >>> from sklearn_ffrnn.datasets import load_mouse_movements
    >>> movements = load_mouse_movements()
    >>> len(movements.data), movements.data[0].shape
    (2356, (86, 3))
    """
    path = _data_file()
    recordings = _read_json(path)
    kept = [(i, m) for i, r in enumerate(recordings) if (m := _movement(r)) is not None]
    data = [movement for _, movement in kept]
    target = np.ones(len(data), dtype=np.int64)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        source=np.array([f"cursory-{i:04d}" for i, _ in kept]),
        DESCR=_DESCR.format(
            n=len(data),
            n_points=sum(map(len, data)),
            n_recorded=len(recordings),
            n_left_out=len(recordings) - len(data),
        ),
    )


def _data_file() -> Path:
    spec = find_spec("cursory")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder, "trajectories.json.gz")
        if path.is_file():
            return path
    raise ImportError(
        "The mouse movements come with the package cursory (2.1 or newer), which is not "
        'installed. Install it with: pip install "sklearn-ffrnn[examples]"'
    )


def _read_json(path: Path) -> list[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            recordings: list[dict[str, Any]] = json.load(file)
        if all({"points", "timing"} <= recording.keys() for recording in recordings):
            return recordings
    except (OSError, EOFError, ValueError, AttributeError, TypeError) as error:
        raise ValueError(
            f"{path.name} of the installed package cursory cannot be read ({error}); reinstall it "
            'with: pip install --force-reinstall "sklearn-ffrnn[examples]"'
        ) from error
    raise ValueError(
        f"{path.name} of the installed package cursory is not a list of movements with points and "
        "timing; install cursory 2.1."
    )


def _movement(recording: dict[str, Any]) -> np.ndarray | None:
    """Return one recording as (n_points, 3), or None if it is not a movement in time."""
    points, times = recording["points"], recording["timing"]
    if len(points) != len(times) or len(points) < 2:
        return None
    movement = np.column_stack([np.asarray(points, float), np.asarray(times, float)])
    movement[:, 2] -= movement[0, 2]
    return movement if (np.diff(movement[:, 2]) >= 0).all() else None
