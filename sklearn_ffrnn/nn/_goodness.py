"""Goodness: how strongly a layer responds (Hinton 2022, section 2)."""

from __future__ import annotations

from torch import Tensor

from ._packed import Packed
from ._recurrent import RecurrentLayer


def step_goodness(
    layer: RecurrentLayer, steps: Tensor, sequences: Packed, kind: str
) -> tuple[Tensor, Tensor]:
    """Return the goodness g_t of each step, and the hidden states without a gradient.

    g_t is the mean ("mean") or the sum ("sum") over units of h_tj^2. It passes a gradient to the
    weights of `layer` and to nothing below.
    """
    mean, hidden = layer.squared_activity(steps, sequences)
    return (mean * hidden.shape[1] if kind == "sum" else mean), hidden
