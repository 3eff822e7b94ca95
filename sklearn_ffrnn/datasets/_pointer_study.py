"""The study's data from the web, once."""

from __future__ import annotations

import os
import warnings
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from ._archive import open_archive, study_files
from ._cache import cache_folder, cached, write_cache
from ._download import downloaded
from ._study_bunch import ON_BACKWARDS, study_bunch
from ._study_files import StudyRecords, read_records
from ._study_sets import STUDY_SETS, STUDY_URL


@validate_params(
    {
        "name": [StrOptions(set(STUDY_SETS))],
        "data_home": [str, os.PathLike, None],
        "download_if_missing": ["boolean"],
        "url": [str, None],
        "on_backwards": [StrOptions(ON_BACKWARDS)],
        "return_X_y": ["boolean"],
        "n_retries": [Interval(Integral, 0, None, closed="left")],
        "known_hash": [str, None],
    },
    prefer_skip_nested_validation=True,
)
def fetch_pointer_study(
    name: str,
    *,
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    url: str | None = None,
    on_backwards: str = "clip",
    return_X_y: bool = False,
    n_retries: int = 3,
    known_hash: str | None = None,
) -> Any:
    """Load one of the study's four data sets, downloading its archive if necessary.

    The archive is downloaded once for all four data sets, read without being unpacked to disk, and
    replaced by one compressed file a data set.

    Parameters
    ----------
    name : {"dollar-one", "mcyt", "mouse-operation", "mobiletouchdb"}
        Which data set.
    data_home : str or path-like, default=None
        Folder for the cache; by default that of :func:`sklearn.datasets.get_data_home`.
    download_if_missing : bool, default=True
        If False, raise an OSError if the data are not in the cache.
    url : str, default=None
        Where to get the archive: a zip file with the folders of the study's repository (http,
        https or file). By default GitHub's archive of the commit with which the study ended. Each
        URL has a cache of its own.
    on_backwards : {"clip", "keep", "drop"}, default="clip"
        What to do with a sample whose time runs backwards; see :func:`load_study_folder`. The
        cache holds the samples as recorded.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.
    n_retries : int, default=3
        How often to try again, after some seconds, if the download fails.
    known_hash : str or None, default=None
        SHA-256 checksum that the archive must have.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object with the attributes `data`, `target`, `target_names`, `name`,
        `source`, `writer`, `stroke_id`, `pen_down`, `time_backwards` and `DESCR`, all as
        :func:`load_study_folder` describes them.

    (data, target) : tuple
        If `return_X_y` is True.

    Raises
    ------
    OSError
        If the data are not in the cache and `download_if_missing` is False, if the download fails,
        or if the archive is broken, hostile or does not hold the data set.
    ValueError
        If a file of the data set is malformed.

    Warns
    -----
    UserWarning
        If a damaged cache file is made anew, or the numbers of files in the study's archive are not
        the known ones.

    See Also
    --------
    load_study_folder : Reads an archive that was unpacked by hand.

    Examples
    --------
    >>> from sklearn_ffrnn.datasets import fetch_pointer_study
    >>> gestures = fetch_pointer_study("dollar-one")  # doctest: +SKIP
    >>> len(gestures.data), len(set(gestures.writer))  # doctest: +SKIP
    (10560, 11)
    """
    url = url or STUDY_URL
    folder = cache_folder("pointer_study", url, data_home)
    records = cached(folder / f"{name}.npz", StudyRecords, rebuild=download_if_missing)
    if records is None:
        if not download_if_missing:
            raise OSError(
                f"The data set {name!r} is not in the cache {folder} and download_if_missing is "
                "False; call once with download_if_missing=True."
            )
        records = _download_and_cache(name, url, folder, n_retries=n_retries, known_hash=known_hash)
    return study_bunch(
        records, STUDY_SETS[name], origin=url, on_backwards=on_backwards, return_X_y=return_X_y
    )


def _download_and_cache(
    name: str, url: str, folder: Path, *, n_retries: int, known_hash: str | None
) -> StudyRecords:
    folder.mkdir(parents=True, exist_ok=True)
    with downloaded(url, folder, n_retries=n_retries, known_hash=known_hash) as path:
        try:
            archive = open_archive(str(path))
        except OSError as error:
            raise OSError(f"The download from {url} was refused: {error}.") from error
        with archive:
            files = study_files(archive, STUDY_SETS[name])
            if not files:
                raise OSError(
                    f"The archive at {url} does not hold the folders of {name!r}: "
                    f"{STUDY_SETS[name].human} and {STUDY_SETS[name].synthetic}."
                )
            records = read_records(files, STUDY_SETS[name])
            if url == STUDY_URL:
                _warn_if_counts_differ(name, records)
            write_cache(folder / f"{name}.npz", records)
            for other in STUDY_SETS.keys() - {name}:
                _cache_other(archive, other, folder / f"{other}.npz")
    return records


def _cache_other(archive: Any, name: str, path: Path) -> None:
    """Keep a data set that was not asked for; its faults are reported when it is asked for."""
    if path.exists() or not (files := study_files(archive, STUDY_SETS[name])):
        return
    try:
        records = read_records(files, STUDY_SETS[name])
    except (OSError, ValueError):
        return
    write_cache(path, records)


def _warn_if_counts_differ(name: str, records: StudyRecords) -> None:
    found = tuple(int(np.sum(records.label == label)) for label in (1, 0))
    if found != STUDY_SETS[name].counts:
        warnings.warn(
            f"The study's archive holds {found} human and synthetic files of {name!r} where "
            f"{STUDY_SETS[name].counts} are known; results may not compare with others'.",
            stacklevel=4,
        )
