"""The parameter `dtype` of both classifiers: types of data, weights and activations."""

from __future__ import annotations

import numpy as np

# Weights in float32, activations in bfloat16.
MIXED = "mixed_bfloat16"
DTYPES = ("auto", "float32", "float64", MIXED)


def weight_dtype(dtype: str) -> str:
    """Return the type of data, weights and losses; "auto" depends on the data."""
    return "float32" if dtype == MIXED else dtype


def network_dtypes(dtype: str, data: np.dtype) -> dict[str, str]:
    """Return the types of weights and activations of a network for data of type `data`."""
    return {"dtype": str(data), "activity_dtype": "bfloat16" if dtype == MIXED else str(data)}
