"""Where units saturate."""

from __future__ import annotations

import torch


def activation_limit(dtype: torch.dtype) -> float:
    """Return the activity at which a unit saturates.

    Recurrence can multiply activities step by step. Gradients are products of some of them, whose
    squares have to stay numbers, so that a layer which has got there finds its way back.
    """
    return float(torch.finfo(dtype).max ** (1 / 8))
