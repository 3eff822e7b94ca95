"""Stacks of recurrent layers, of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from ._bidirectional_layer import BidirectionalLayer
from ._gated_layer import GatedLayer
from ._recurrent_layer import RecurrentLayer
from ._relu_layer import ReLULayer


def make_layers(
    n_inputs: int,
    hidden_layer_sizes: Sequence[int],
    *,
    cell: str = "relu",
    bidirectional: bool = False,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
    activity_dtype: torch.dtype | None = None,
) -> list[RecurrentLayer]:
    """Return layers of `cell` ("relu", "gru" or "lstm") units, each to read the one before."""
    settings: dict[str, Any] = {
        "generator": generator,
        "dtype": dtype,
        "activity_dtype": activity_dtype,
    }

    def one_direction(n_units: int) -> RecurrentLayer:
        if cell == "relu":
            return ReLULayer(n_inputs, n_units, **settings)
        return GatedLayer(cell, n_inputs, n_units, **settings)

    layers: list[RecurrentLayer] = []
    for n_units in hidden_layer_sizes:
        layer = one_direction(n_units)
        if bidirectional:
            layer = BidirectionalLayer(layer, one_direction(n_units))
        layers.append(layer)
        n_inputs = layer.n_outputs
    return layers
