"""The largest activation of a unit."""

from __future__ import annotations

import torch


def activation_limit(dtype: torch.dtype) -> float:
    """Return the activation at which a unit saturates.

    Recurrence can multiply activations at every step. Gradients are products of a few of them, and
    the squares of gradients must not overflow: otherwise a saturated layer could not recover.
    """
    return float(torch.finfo(dtype).max ** (1 / 8))
