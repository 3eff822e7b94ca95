"""Delimited text in tables of cells, with the number of each line."""

from __future__ import annotations

import csv
import io
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO, Any, NamedTuple

import numpy as np
import pandas as pd

from ..._typing import FloatArray
from ._problems import Malformed

CHUNK_ROWS = 2**13
_DELIMITERS = (",", ";", "\t", "|", " ")
_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+(?:[eE][-+]?\d+)?\s*")
_LARGEST_CELL = 2**31 - 1
_LIMIT_LOCK = threading.Lock()
_NOTHING = {"", "na", "n/a", "nan", "null", "none"}


class Cells(NamedTuple):
    """Rows of a table: cells as strings, and where they stand."""

    columns: dict[str, list[str]]
    lines: np.ndarray
    decimal: str


def iter_cells(
    stream: IO[str],
    malformed: Malformed,
    choose: Callable[[list[str]], list[str]],
    *,
    delimiter: str | None = None,
    decimal: str | None = None,
    chunk_rows: int = CHUNK_ROWS,
) -> Iterator[Cells]:
    """Yield the chosen columns of delimited text, at most `chunk_rows` rows at a time.

    Parameters
    ----------
    stream : text stream
        A header and rows, in the manner of RFC 4180; blank lines are passed over.
    malformed : Malformed
        Counts rows of more or fewer cells than the header, which are left out.
    choose : callable
        Returns the names of the columns to keep, from those of the header; raises ValueError if
        one is missing.
    delimiter : str or None, default=None
        What separates cells: by default the one of comma, semicolon, tab, bar and space with which
        the header has the columns.
    decimal : str or None, default=None
        The decimal sign: by default a comma if cells of the first rows hold numbers with one (and
        cells are separated by something else), else a point.
    chunk_rows : int, default=8192
        Rows at a time.

    Raises
    ------
    ValueError
        If the header lacks a column, or if there is none.
    """
    first, line = _header_line(stream, malformed.where)
    header, delimiter = _read_header(first, delimiter, choose)
    wanted = [header.index(name) for name in choose(header)]
    rows = csv.reader(stream, delimiter=delimiter, skipinitialspace=True)
    while (batch := _batch(rows, line, chunk_rows, len(header), malformed)) is not None:
        lines, cells = batch
        if not cells:
            continue
        columns = {header[i]: [row[i] for row in cells] for i in wanted}
        if decimal is None:
            decimal = _find_decimal(columns, delimiter)
        yield Cells(columns, lines, decimal)


@contextmanager
def cells_of_any_size() -> Iterator[None]:
    """Let :mod:`csv`, whose limit holds for all, read cells of more than 131,072 characters."""
    with _LIMIT_LOCK:
        before = csv.field_size_limit(_LARGEST_CELL)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def numbers(cells: list[str], decimal: str = ".") -> FloatArray:
    """Return cells as numbers; NaN where one isn't a finite number.

    A cell of thousands ("1.234,5") is none.
    """
    strings = pd.Series(cells, dtype=object)
    if decimal == ",":
        points = strings.str.contains(".", regex=False)
        strings = strings.where(~points, "").str.replace(",", ".", regex=False)
    parsed = pd.to_numeric(strings, errors="coerce").to_numpy(dtype=np.float64)
    return np.where(np.isfinite(parsed), parsed, np.nan)


def is_nothing(cell: str) -> bool:
    """Tell whether a cell says that there is no value."""
    return cell.strip().lower() in _NOTHING


def _header_line(stream: IO[str], where: str) -> tuple[str, int]:
    for line, text in enumerate(stream, start=1):
        if text.strip("\ufeff \t\r\n"):
            return text.removeprefix("\ufeff").rstrip("\r\n"), line
    raise ValueError(f"{where} is empty.")


def _read_header(
    text: str, delimiter: str | None, choose: Callable[[list[str]], list[str]]
) -> tuple[list[str], str]:
    """Return the names of the columns and the delimiter with which all chosen ones are there."""
    failure: ValueError | None = None
    # The likeliest first: what the columns are called is named in the message if none fits.
    candidates = sorted(_DELIMITERS, key=text.count, reverse=True) if delimiter is None else []
    for candidate in candidates or [delimiter or ","]:
        (cells,) = csv.reader(io.StringIO(text), delimiter=candidate, skipinitialspace=True)
        header = [cell.strip() for cell in cells]
        try:
            choose(header)
        except ValueError as error:
            failure = failure or error
        else:
            return header, candidate
    assert failure is not None
    raise failure


def _batch(
    rows: Any, header_line: int, size: int, width: int, malformed: Malformed
) -> tuple[np.ndarray, list[list[str]]] | None:
    """Return the next rows as wide as the header, with their lines; None if there are no more."""
    before = header_line + rows.line_num
    cells: list[list[str]] = []
    try:
        for row in islice(rows, size):
            cells.append(row)
    except csv.Error as error:  # a cell too large; what came before it counts
        malformed.add(header_line + rows.line_num, str(error))
    after = header_line + rows.line_num
    if after == before:
        return None
    lines = np.arange(before + 1, before + len(cells) + 1)
    if after > before + len(cells):  # cells that hold line ends
        lines = before + np.cumsum([1 + sum(cell.count("\n") for cell in row) for row in cells])
    odd = [i for i, row in enumerate(cells) if len(row) != width]
    for i in odd:
        if cells[i]:
            malformed.add(int(lines[i]), f"{len(cells[i])} cell(s) for {width} columns")
    if odd:
        lines = np.delete(lines, odd)
        cells = [row for row in cells if len(row) == width]
    return lines, cells


def _find_decimal(columns: dict[str, list[str]], delimiter: str) -> str:
    if delimiter == ",":
        return "."
    found = any(_DECIMAL_COMMA.fullmatch(cell) for cells in columns.values() for cell in cells)
    return "," if found else "."
