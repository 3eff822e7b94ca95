"""The parameter `hidden_layer_sizes` of both classifiers."""

from __future__ import annotations

from typing import Any

import numpy as np


def layer_sizes(hidden_layer_sizes: Any) -> list[int]:
    """Return the number of units of each layer, from one number or an array-like."""
    sizes = np.atleast_1d(np.asarray(hidden_layer_sizes))
    if sizes.ndim != 1 or not len(sizes) or sizes.dtype.kind not in "iu" or sizes.min() < 1:
        raise ValueError(
            f"hidden_layer_sizes={hidden_layer_sizes!r} must be one or more positive whole "
            "numbers, the units of each layer."
        )
    return [int(size) for size in sizes]
