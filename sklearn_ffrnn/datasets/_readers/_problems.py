"""Rows that can't be read: counted, and reported once."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import sklearn

_NAMED = 5  # rows at most in a message
_INSIDE = (str(Path(__file__).parents[2]), str(Path(sklearn.__file__).parent))


class Malformed:
    """Counts the rows of one file that can't be read.

    Parameters
    ----------
    where : str
        What the messages call the file.
    unit : str, default="line"
        What is counted: lines, rows, events or trials, from 1.
    """

    def __init__(self, where: str, unit: str = "line") -> None:
        self.where = where
        self.unit = unit
        self.count = 0
        self._first: list[tuple[int, str]] = []

    def add(self, number: int, problem: str) -> None:
        """Count row `number`, which has `problem`."""
        self.count += 1
        if len(self._first) < _NAMED:
            self._first.append((number, problem))

    def report(self, on_error: str) -> None:
        """Raise or warn, as asked, if rows were counted."""
        if not self.count:
            return
        more = self.count - len(self._first)
        rows = ", ".join(f"{self.unit} {i} ({problem})" for i, problem in sorted(self._first))
        rows += f" and {more} more" if more else ""
        message = f"{self.where}: {self.count} malformed: {rows}"
        if on_error == "raise":
            raise ValueError(f"{message}. Correct them, or leave them out by on_error='skip'.")
        warn_caller(f"{message}. They were left out.")


def warn_caller(message: str) -> None:
    """Warn, and point at the line that called the package."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_INSIDE):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, UserWarning, stacklevel=level)
