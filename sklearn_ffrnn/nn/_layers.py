"""Stacks of recurrent layers, of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import nn

from ._bidirectional import Bidirectional
from ._gated import GatedLayer
from ._layer import Layer
from ._recurrent import RecurrentLayer


def make_layers(
    n_inputs: int,
    hidden_layer_sizes: Sequence[int],
    *,
    cell: str = "relu",
    bidirectional: bool = False,
    generator: torch.Generator | None = None,
    dtype: torch.dtype | None = None,
    activity_dtype: torch.dtype | None = None,
) -> nn.ModuleList:
    """Return layers of `cell` ("relu", "gru" or "lstm") units, each to read the one before."""
    settings: dict[str, Any] = {
        "generator": generator,
        "dtype": dtype,
        "activity_dtype": activity_dtype,
    }

    def layer(n_in: int, n_units: int) -> Layer:
        if cell == "relu":
            return RecurrentLayer(n_in, n_units, **settings)
        return GatedLayer(cell, n_in, n_units, **settings)

    widths = [n_inputs, *output_sizes(hidden_layer_sizes, bidirectional)]
    return nn.ModuleList(
        Bidirectional(layer(n_in, n_units), layer(n_in, n_units))
        if bidirectional
        else layer(n_in, n_units)
        for (n_in, _), n_units in zip(pairwise(widths), hidden_layer_sizes, strict=True)
    )


def output_sizes(hidden_layer_sizes: Sequence[int], bidirectional: bool) -> list[int]:
    """Return how many activities each layer hands on."""
    return [n_units * (2 if bidirectional else 1) for n_units in hidden_layer_sizes]
