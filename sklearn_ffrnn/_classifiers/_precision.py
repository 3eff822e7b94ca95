"""The parameter `dtype` of both classifiers: what data, weights and activities are kept in."""

from __future__ import annotations

import numpy as np

# Weights in float32, activities in bfloat16.
MIXED = "mixed_bfloat16"
DTYPES = ("auto", "float32", "float64", MIXED)


def weight_dtype(dtype: str) -> str:
    """Return the precision of data, weights and losses, "auto" where the user left it open."""
    return "float32" if dtype == MIXED else dtype


def network_dtypes(dtype: str, data: np.dtype) -> dict[str, str]:
    """Return the names of the types that a network for data of type `data` computes in."""
    return {"dtype": str(data), "activity_dtype": "bfloat16" if dtype == MIXED else str(data)}
