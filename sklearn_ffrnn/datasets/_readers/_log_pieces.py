"""Tables of any kind, a piece at a time: text, JSON lines, Parquet, Arrow, or at hand."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import IO, Any, NamedTuple

import numpy as np
import pandas as pd

from ..._input import as_frame
from ._delimited import iter_cells
from ._problems import Malformed
from ._source import open_text

_PARQUET, _ARROW = b"PAR1", b"ARROW1"
_ARROW_STREAM = b"\xff\xff\xff\xff"
_JSON_LIST = re.compile(rb"\[\s*\{")


class Piece(NamedTuple):
    """Some rows of a table: the chosen columns, by what they are for."""

    frame: pd.DataFrame
    places: np.ndarray  # line or row of each, from 1
    decimal: str = "."


def iter_pieces(
    file: Any,
    names: Mapping[str, str],
    malformed: Malformed,
    size: int,
    *,
    delimiter: str | None = None,
    decimal: str | None = None,
) -> Iterator[Piece]:
    """Yield the columns `names` (what for: name) of a table, at most `size` rows at a time.

    The kind of a file is told from its first bytes.
    """
    if not isinstance(file, (str, os.PathLike)) and not hasattr(file, "read"):
        malformed.unit = "row"
        yield from _of_frame(as_frame(file), names, malformed, size)
        return
    if isinstance(file, (str, os.PathLike)):
        with open(file, "rb") as stream:
            text = {"delimiter": delimiter, "decimal": decimal}
            yield from iter_pieces(stream, names, malformed, size, **text)
        return
    head = _head(file)
    if head.startswith((_PARQUET, _ARROW, _ARROW_STREAM)):
        malformed.unit = "row"
        yield from _of_arrow(file, head, names, malformed, size)
        return
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _JSON_LIST.match(head):
        raise ValueError(
            f"{malformed.where} is one JSON list, not JSON lines; read it by pandas.read_json and "
            "give the table."
        )
    with open_text(file) as lines:
        if head.startswith(b"{"):
            yield from _of_json_lines(lines, names, malformed, size)
            return
        chosen = list(dict.fromkeys(names.values()))

        def choose(header: list[str]) -> list[str]:
            check_columns(header, names, malformed.where)
            return chosen

        table = iter_cells(
            lines, malformed, choose, delimiter=delimiter, decimal=decimal, chunk_rows=size
        )
        for cells in table:
            columns = {use: cells.columns[name] for use, name in names.items()}
            frame = pd.DataFrame(columns, dtype=object)
            yield Piece(frame, cells.lines, cells.decimal)


def check_columns(header: list[Any], names: Mapping[str, str], where: str) -> None:
    """Raise ValueError if a column isn't there, or stands there twice."""
    missing = {use: name for use, name in names.items() if name not in header}
    if missing:
        raise ValueError(
            f"{where} has no column {', '.join(map(repr, missing.values()))}; its columns are "
            f"{header}. They should hold {', '.join(missing)}."
        )
    twice = [name for name in names.values() if header.count(name) > 1]
    if twice:
        raise ValueError(f"{where} has column {twice[0]!r} twice; rename or drop one.")


def _head(stream: IO[Any]) -> bytes:
    """Return the first bytes of a stream and leave it where it was."""
    if hasattr(stream, "peek"):
        return bytes(stream.peek(16)[:16])
    if not (hasattr(stream, "seekable") and stream.seekable()):
        return b""
    place = stream.tell()
    head = stream.read(16)
    stream.seek(place)
    return head.encode() if isinstance(head, str) else head


def _of_frame(frame: Any, names: Mapping[str, str], malformed: Malformed, size: int) -> Any:
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(
            f"file must be a path, an open stream or a table, got {type(frame).__name__}."
        )
    check_columns(list(frame.columns), names, malformed.where)
    for start in range(0, len(frame), size):
        rows = frame.iloc[start : start + size]
        chosen = {use: rows[name].array for use, name in names.items()}
        yield Piece(pd.DataFrame(chosen), np.arange(start + 1, start + len(rows) + 1))


def _of_arrow(
    stream: IO[bytes], head: bytes, names: Mapping[str, str], malformed: Malformed, size: int
) -> Iterator[Piece]:
    try:
        import pyarrow
        from pyarrow import ipc, parquet
    except ImportError as error:
        raise ImportError(
            f"{malformed.where} is a Parquet or Arrow file, which takes pyarrow to read: "
            "pip install sklearn-ffrnn[parquet]."
        ) from error
    first = 1
    batches = _batches(stream, head, names, malformed.where, size, ipc, parquet)
    for batch in _even(batches, size, pyarrow.Table):
        frame = pd.DataFrame({use: batch[name].to_pandas() for use, name in names.items()})
        yield Piece(frame, np.arange(first, first + len(frame)))
        first += len(frame)


def _batches(
    stream: Any, head: bytes, names: Mapping[str, str], where: str, size: int, ipc: Any, pq: Any
) -> Iterator[Any]:
    chosen = list(dict.fromkeys(names.values()))
    if head.startswith(_PARQUET):
        table = pq.ParquetFile(stream)
        check_columns(table.schema_arrow.names, names, where)
        yield from table.iter_batches(batch_size=size, columns=chosen)
        return
    if head.startswith(_ARROW):
        reader = ipc.open_file(stream)
        batches: Any = (reader.get_batch(i) for i in range(reader.num_record_batches))
    else:
        reader = batches = ipc.open_stream(stream)
    check_columns(reader.schema.names, names, where)
    for batch in batches:
        yield batch.select(chosen)


def _even(batches: Iterator[Any], size: int, table: Any) -> Iterator[Any]:
    """Yield about `size` rows at a time; a stream may come row by row, a file all at once."""
    held: list[Any] = []
    n_rows = 0
    for batch in batches:
        held.append(batch)
        n_rows += batch.num_rows
        if n_rows >= size:
            yield from _joined(held, table).to_batches(size)
            held, n_rows = [], 0
    if held:
        yield from _joined(held, table).to_batches(size)


def _joined(batches: list[Any], table: Any) -> Any:
    return table.from_batches(batches).unify_dictionaries().combine_chunks()


def _of_json_lines(
    lines: IO[str], names: Mapping[str, str], malformed: Malformed, size: int
) -> Iterator[Piece]:
    """Yield pieces of one JSON object a line; what an object lacks is None."""
    rows = enumerate(lines, start=1)
    while part := list(islice(rows, size)):
        objects, places = [], []
        for line, text in part:
            if not text.strip("\ufeff \t\r\n"):
                continue
            try:
                row = json.loads(text.removeprefix("\ufeff"))
            except (ValueError, RecursionError) as error:
                malformed.add(line, f"not JSON: {error}")
                continue
            if not isinstance(row, dict):
                malformed.add(line, f"a {type(row).__name__}, not an object")
                continue
            objects.append(row)
            places.append(line)
        columns = {use: [row.get(name) for row in objects] for use, name in names.items()}
        yield Piece(pd.DataFrame(columns, dtype=object), np.array(places, dtype=np.intp))
