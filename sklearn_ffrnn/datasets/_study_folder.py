"""The study's data from a folder on disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sklearn.utils._param_validation import StrOptions, validate_params

from ._study_bunch import ON_BACKWARDS, study_bunch
from ._study_files import StudyFile, read_records
from ._study_sets import STUDY_SETS, StudySet


@validate_params(
    {
        "path": [str, os.PathLike],
        "name": [StrOptions(set(STUDY_SETS))],
        "on_backwards": [StrOptions(ON_BACKWARDS)],
        "return_X_y": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def load_study_folder(
    path: str | os.PathLike[str],
    name: str,
    *,
    on_backwards: str = "clip",
    return_X_y: bool = False,
) -> Any:
    r"""Load one of the study's data sets from an unpacked copy of its archive.

    Parameters
    ----------
    path : str or path-like
        The unpacked archive, its folder ``datasets``, or a folder that holds ``real/*.csv`` and
        ``synthetic/*.csv``.
    name : {"dollar-one", "mcyt", "mouse-operation", "mobiletouchdb"}
        Which data set the folder holds, or which one to take from the archive.
    on_backwards : {"clip", "keep", "drop"}, default="clip"
        What to do with a sample whose time runs backwards, as it does in about half of the
        synthetic mouse files, where a stroke begins before the end of the one before:

        - "clip": set each time stamp that lies before its predecessor to it. The points keep
          their places and their order, and equal time stamps are input that
          :class:`~sklearn_ffrnn.VelocityTransformer` accepts. (Sorting by time
          would interleave two strokes and make the path jump to and fro.)
        - "keep": leave the sample as recorded.
        - "drop": leave it out.

        `time_backwards` and DESCR tell which samples and how many there are.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, human samples first, with the attributes:

        data : list of ndarray of shape (n_points, 3)
            x and y in the units of the device, t in milliseconds as recorded. Points at a sentinel
            (65535, 32767, ..., as :func:`split_movements` knows them) are left out.
        target : ndarray of int of shape (n_samples,)
            1 human, 0 synthetic.
        target_names : ndarray of str of shape (2,)
            "synthetic" and "human".
        name : ndarray of str of shape (n_samples,)
            Names of the files.
        source : ndarray of str of shape (n_samples,)
            The human trajectory that a sample is, or was made from.
        writer : ndarray of str of shape (n_samples,)
            Who made the source, by the file name.
        stroke_id, pen_down : list of ndarray of shape (n_points,)
            Stroke (int) and whether the pen was down (bool), per point.
        time_backwards : ndarray of bool of shape (n_samples,)
            Whether the recorded time runs backwards.
        DESCR : str
            What the data are, how many samples and what is odd about them.

    (data, target) : tuple
        If `return_X_y` is True.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or none of the known forms below it.
    ValueError
        If a file is empty, lacks a column or holds something else than numbers; the message names
        the file and the line.

    See Also
    --------
    fetch_pointer_study : Downloads the archive.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_ffrnn.datasets import load_study_folder
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for kind, file in [("real", "001g01"), ("synthetic", "001g01")]:
    ...         Path(folder, kind).mkdir()
    ...         _ = Path(folder, kind, file + ".csv").write_text(
    ...             "stroke_id x y time is_writing\n1 5 7 0 1\n1 6 9 10 1\n")
    ...     signatures = load_study_folder(folder, "mcyt")
    >>> signatures.data[0]
    array([[ 5.,  7.,  0.],
           [ 6.,  9., 10.]])
    >>> signatures.target, signatures.writer
    (array([1, 0]), array(['001', '001'], dtype='<U3'))
    """
    root = Path(path)
    study_set = STUDY_SETS[name]
    human, synthetic = _find_folders(root, study_set)
    records = read_records([*_files(human, 1), *_files(synthetic, 0)], study_set)
    return study_bunch(
        records,
        study_set,
        origin=f"the folders {human.name} and {synthetic.name} of {root.name or root}",
        on_backwards=on_backwards,
        return_X_y=return_X_y,
    )


def _find_folders(root: Path, study_set: StudySet) -> tuple[Path, Path]:
    if not root.is_dir():
        raise FileNotFoundError(f"path={str(root)!r} is not a folder; unpack the archive first.")
    pairs = [
        (root / "datasets" / study_set.human, root / "datasets" / study_set.synthetic),
        (root / study_set.human, root / study_set.synthetic),
        (root / "real", root / "synthetic"),
    ]
    for pair in pairs:
        if all(folder.is_dir() for folder in pair):
            return pair
    looked_for = "; ".join(f"{h.relative_to(root)} and {s.relative_to(root)}" for h, s in pairs)
    raise FileNotFoundError(
        f"path={str(root)!r} holds none of these pairs of folders: {looked_for}. "
        "Give the folder into which the archive was unpacked, and the name of the data set in it."
    )


def _files(folder: Path, label: int) -> list[StudyFile]:
    # Names that begin with a dot are left behind by shells and file managers.
    return [
        StudyFile(path.stem, label, str(path), path.read_bytes)
        for path in folder.glob("*.csv")
        if not path.name.startswith(".")
    ]
