"""Ranges that parameters are drawn from."""

from __future__ import annotations

from typing import Any

import numpy as np


def check_range(name: str, value: Any, low: float, high: float = np.inf) -> None:
    """Raise ValueError unless `value` is a pair of numbers in order, between `low` and `high`."""
    try:
        first, last = value
        fine = low <= first <= last <= high
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise ValueError(
            f"{name}={value!r} must be a pair (least, most) of numbers between {low:g} and "
            f"{high:g}, the range to draw from."
        )
