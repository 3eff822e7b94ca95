"""The original gesture logs of the $1 recognizer."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils import Bunch
from sklearn.utils._param_validation import validate_params

from .._input import at_sentinel
from ._readers import parse_xml

_DESCR = """\
$1 unistroke gesture logs
=========================

{n} gestures of {n_classes} classes by {n_subjects} subjects, {n_points} points, read from the XML
logs of the $1 recognizer (J. O. Wobbrock, A. D. Wilson and Y. Li, "Gestures without libraries,
toolkits or training", UIST 2007; https://depts.washington.edu/acelab/proj/dollar/).

:data: list of float arrays (n_points, 3): x and y in pixels (y points down) and t in milliseconds,
    counted from the first point (the logs count from an arbitrary moment).
:target: class of each gesture, its name without the number.
:subject, speed: who drew it, and how fast it was to be drawn; empty where the log does not say.
:name: path of each file below the folder, without the ending.
"""


@validate_params(
    {"path": [str, os.PathLike], "return_X_y": ["boolean"]}, prefer_skip_nested_validation=True
)
def load_dollar_xml(path: str | os.PathLike[str], *, return_X_y: bool = False) -> Any:
    """Load the original XML logs of the $1 unistroke recognizer.

    Parameters
    ----------
    path : str or path-like
        Folder that holds the logs (``s01/fast/arrow01.xml`` and so on, at any depth), or one log.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, in the order of the file names, with the attributes:

        data : list of ndarray of shape (n_points, 3)
            x and y in pixels and t in milliseconds, from 0. Points at a sentinel (65535, 32767,
            ..., as :func:`split_movements` knows them) are left out.
        target : ndarray of str of shape (n_gestures,)
            Class of each gesture, such as "arrow".
        subject, speed : ndarray of str of shape (n_gestures,)
            Who drew it and how fast it was to be drawn.
        name : ndarray of str of shape (n_gestures,)
            Path of each file below `path`, without the ending.
        DESCR : str
            What the logs are.

    (data, target) : tuple
        If `return_X_y` is True.

    Raises
    ------
    FileNotFoundError
        If there is no log at `path`.
    ValueError
        If a file is not such a log, or declares a document type: entities are not expanded.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_ffrnn.datasets import load_dollar_xml
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "arrow01.xml").write_text(
    ...         '<Gesture Name="arrow01" Subject="1" Speed="fast" NumPts="2">'
    ...         '<Point X="81" Y="206" T="500" /><Point X="83" Y="208" T="516" /></Gesture>')
    ...     gestures = load_dollar_xml(folder)
    >>> gestures.data[0]
    array([[ 81., 206.,   0.],
           [ 83., 208.,  16.]])
    >>> gestures.target, gestures.subject, gestures.speed
    (array(['arrow'], dtype='<U5'), array(['1'], dtype='<U1'), array(['fast'], dtype='<U4'))
    """
    root = Path(path)
    files = [root] if root.is_file() else sorted(_visible(root.rglob("*.xml")))
    if not files:
        raise FileNotFoundError(
            f"path={str(root)!r} holds no *.xml files; give the folder of the unpacked $1 logs."
        )
    logs = [_Log(file) for file in files]
    data = [log.movement() for log in logs]
    target = np.array([log.attributes["Name"].rstrip("0123456789") for log in logs])
    if return_X_y:
        return data, target
    subject = np.array([log.attributes.get("Subject", "") for log in logs])
    below = root.parent if root.is_file() else root
    return Bunch(
        data=data,
        target=target,
        subject=subject,
        speed=np.array([log.attributes.get("Speed", "") for log in logs]),
        name=np.array([file.relative_to(below).with_suffix("").as_posix() for file in files]),
        DESCR=_DESCR.format(
            n=len(data),
            n_classes=len(np.unique(target)),
            n_subjects=len(np.unique(subject)),
            n_points=sum(map(len, data)),
        ),
    )


def _visible(files: Iterable[Path]) -> Iterable[Path]:
    # Names that begin with a dot are left behind by shells and file managers.
    return (file for file in files if not file.name.startswith("."))


class _Log:
    """One log."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.attributes: dict[str, str] = {}
        self.points: list[tuple[float, ...]] = []
        parse_xml(path.read_bytes(), str(path), start=self._element)
        if "Name" not in self.attributes:
            raise ValueError(f"{path} is not a $1 log: no Gesture element with a Name.")
        expected = self.attributes.get("NumPts", str(len(self.points)))
        if not self.points or expected != str(len(self.points)):
            raise ValueError(f"{path} holds {len(self.points)} points; NumPts is {expected}.")

    def movement(self) -> np.ndarray:
        """Return the points as (n_points, 3), the time counted from the first."""
        points: np.ndarray = np.array(self.points)
        points = points[~at_sentinel(points[:, :2])]
        points[:, 2] -= points[0, 2]
        return points

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Gesture":
            self.attributes = attributes
        elif tag == "Point":
            try:
                point = tuple(float(attributes[key]) for key in ("X", "Y", "T"))
            except (KeyError, ValueError):
                point = ()
            if not point or not np.isfinite(point).all():
                raise ValueError(
                    f"{self.path}: point {len(self.points)} is {attributes}; X, Y and T must be "
                    "numbers."
                )
            self.points.append(point)
