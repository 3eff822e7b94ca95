"""The point files of the study's archive, and many of them as one set of flat arrays."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from itertools import chain
from typing import NamedTuple, NoReturn

import numpy as np

from ._study_sets import StudySet

COLUMNS = ("stroke_id", "x", "y", "time", "is_writing")


class StudyFile(NamedTuple):
    """A point file before it is read."""

    name: str  # without the folder and the ending
    label: int  # 1 human, 0 synthetic
    where: str  # for messages
    read: Callable[[], bytes]


class StudyRecords(NamedTuple):
    """Every sample of one data set as recorded, one after another."""

    points: np.ndarray  # (total_points, 5), in the order of COLUMNS
    offsets: np.ndarray  # (n_samples + 1,), into points
    label: np.ndarray
    name: np.ndarray
    source: np.ndarray
    writer: np.ndarray


def read_records(files: Iterable[StudyFile], study_set: StudySet) -> StudyRecords:
    """Read all files of one data set, human ones first and in the order of their names."""
    files = sorted(files, key=lambda file: (-file.label, file.name))
    if {file.label for file in files} != {0, 1}:
        raise ValueError(
            f"{study_set.title}: found {sum(f.label for f in files)} human and "
            f"{sum(1 - f.label for f in files)} synthetic files; both are needed."
        )
    points, sources, writers, names = [], [], [], []
    for file in files:
        # macOS unpacks accented names in decomposed form: both forms are one name.
        name = unicodedata.normalize("NFC", file.name)
        match = study_set.file_name.fullmatch(name)
        if match is None:
            raise ValueError(
                f"{file.where}: the file name does not have the form "
                f"{study_set.file_name.pattern!r} of this data set; is it in the right folder?"
            )
        names.append(name)
        sources.append(match["source"])
        writers.append(match["writer"])
        points.append(parse_points(file.read(), file.where))
    return StudyRecords(
        points=np.concatenate(points),
        offsets=np.concatenate([[0], np.cumsum([len(p) for p in points])]).astype(np.int64),
        label=np.array([file.label for file in files], dtype=np.int64),
        name=np.array(names),
        source=np.array(sources),
        writer=np.array(writers),
    )


def parse_points(content: bytes, where: str) -> np.ndarray:
    """Return one file as (n_points, 5), its columns found by name and ordered as in COLUMNS."""
    header, *lines = content.decode("utf-8-sig", errors="replace").splitlines() or [""]
    names = header.split()
    if not names:
        raise ValueError(f"{where} is empty; unpack it again, or remove it.")
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise ValueError(
            f"{where}, line 1: no column {', '.join(missing)}; the header must name "
            f"{' '.join(COLUMNS)}, separated by spaces or tabs, and is {header!r}."
        )
    rows = [row for line in lines if (row := line.split())]
    if not rows:
        raise ValueError(f"{where} holds a header but no points; remove it.")
    try:
        if set(map(len, rows)) != {len(names)}:
            raise ValueError
        # float() on plain strings is several times faster than a table reader on small files.
        flat = np.fromiter(map(float, chain.from_iterable(rows)), float, len(rows) * len(names))
        if not np.isfinite(flat).all():
            raise ValueError
    except ValueError:
        _raise_for_bad_line(lines, names, where)
    order = [names.index(column) for column in COLUMNS]
    return flat.reshape(len(rows), len(names))[:, order]


def _raise_for_bad_line(lines: list[str], names: list[str], where: str) -> NoReturn:
    for number, line in enumerate(lines, start=2):
        cells = line.split()
        if cells and len(cells) != len(names):
            raise ValueError(
                f"{where}, line {number}: {len(cells)} cells for {len(names)} columns: {line!r}."
            )
        for name, cell in zip(names, cells, strict=False):
            try:
                finite = np.isfinite(float(cell))
            except ValueError:
                finite = False
            if not finite:
                raise ValueError(f"{where}, line {number}: {name} is {cell!r}, not a number.")
    raise AssertionError("called for a file without a bad line")
