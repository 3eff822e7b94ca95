"""What a reader is: a function from a file to a table of points."""

from __future__ import annotations

import os
from typing import IO, Any, Protocol, TypeAlias

import pandas as pd
from sklearn.utils._param_validation import HasMethods, StrOptions

Source: TypeAlias = str | os.PathLike[str] | IO[str] | IO[bytes]

# Every column that a reader may give, in their order. A log has x, y and t, and of the others those
# that its format knows.
COLUMNS = (
    "movement",  # which trial, file or pointer: points of two are never in one movement
    "stroke_id",  # int, pen files: counts the strokes of a movement
    "x",  # NaN with y where the pointer has no position
    "y",
    "t",  # milliseconds
    "button",
    "state",  # "Move", "Drag", "Pressed", "Released", "Click", ...
    "pen_down",  # bool
    "person",
    "device",  # "mouse", "touch" or "pen"
)

# What scikit-learn's validate_params checks of every reader.
READER_CONSTRAINTS: dict[str, list[Any]] = {
    "file": [str, os.PathLike, HasMethods(["read"])],
    "on_error": [StrOptions({"raise", "skip"})],
    "sort_time": ["boolean"],
}


class Reader(Protocol):
    """A function that reads the recordings of one format.

    It takes a path or an open stream (of text or bytes) and returns a DataFrame, a row a point in
    the order of the file, with those of :data:`COLUMNS` that the format knows. Rows that can't be
    read are counted: with ``on_error="raise"`` a ValueError names them, with "skip" a warning does.
    Time that steps back within a movement is kept and reported, or with `sort_time` sorted.
    """

    def __call__(
        self, file: Source, *, on_error: str = "raise", sort_time: bool = False
    ) -> pd.DataFrame:
        """Read `file`."""
        ...
