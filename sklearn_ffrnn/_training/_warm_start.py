"""What a training that goes on, by warm_start or partial_fit, may not change."""

from __future__ import annotations

from typing import Any

import numpy as np


def check_unchanged(before: dict[str, Any], now: dict[str, Any]) -> None:
    """Raise a ValueError if a parameter that the network was made with has another value now."""
    for name, value in now.items():
        old, new = (np.array(v, dtype=object, ndmin=1) for v in (before[name], value))
        if not np.array_equal(old, new):
            raise ValueError(
                f"The network to go on with was made with {name}={before[name]!r}, not {value!r}. "
                f"Set {name} back, or call fit with warm_start=False to start anew."
            )
