"""A path or an open stream, as text or bytes."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import IO, Any, cast

from ._protocol import Source


@contextmanager
def open_text(file: Source) -> Iterator[IO[str]]:
    """Open `file` as UTF-8 text without a byte-order mark; lines keep their ends.

    A stream that was open before stays open after.

    Raises
    ------
    ValueError
        If it is not UTF-8.
    """
    try:
        if isinstance(file, (str, os.PathLike)):
            with open(file, encoding="utf-8-sig", newline="") as stream:
                yield stream
        elif isinstance(file, io.TextIOBase) or isinstance(file.read(0), str):
            yield cast(IO[str], file)
        else:
            wrapper = io.TextIOWrapper(cast(Any, file), encoding="utf-8-sig", newline="")
            try:
                yield wrapper
            finally:
                wrapper.detach()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{name_of(file)} is not UTF-8 text ({error}); open it yourself, as in "
            "open(path, encoding='utf-16', newline=''), and give the stream."
        ) from error


def read_text(file: Source) -> str:
    """Return the whole of `file` as text."""
    with open_text(file) as stream:
        return stream.read().removeprefix("\ufeff")


def read_bytes(file: Source) -> bytes:
    """Return the whole of `file` as bytes; UTF-8 if it is a stream of text."""
    if isinstance(file, (str, os.PathLike)):
        return Path(file).read_bytes()
    content = file.read()
    return content.encode() if isinstance(content, str) else content


def name_of(file: Source) -> str:
    """Return what messages call `file`: its path, or "the stream"."""
    if not isinstance(file, (str, os.PathLike)):
        file = getattr(file, "name", None) or "the stream"
    return str(file)


def stem_of(file: Source) -> str:
    """Return the name of `file` without folder and ending; "" for a stream without a name."""
    name = name_of(file)
    return "" if name == "the stream" else PurePath(name).stem


def person_of(file: Source, pattern: str) -> str | None:
    """Return the person that the path of `file` names, by the first group of `pattern`."""
    found = re.search(pattern, PurePath(name_of(file)).as_posix())
    return found[1] if found else None
