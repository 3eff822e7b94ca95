"""XML from others: parsed by expat, and refused if it declares a document type."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat


def parse_xml(
    content: bytes,
    where: str,
    *,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Call `start`, `end` and `text` for what the document holds.

    Entities are declared in a document type, so there are none to expand: neither bombs nor files
    of this machine. (The ElementTree parsers cannot refuse a document type.)

    Raises
    ------
    ValueError
        If it is not XML or declares a document type.
    """

    def refuse(*_: object) -> NoReturn:
        raise ValueError(f"{where} declares a document type; it was not read. Remove the DOCTYPE.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError) as error:  # of an unknown encoding
        raise ValueError(f"{where} is not XML: {error}.") from error
