"""Recurrent layers, as ONNX's operator RNN."""

from __future__ import annotations

import torch

from ..nn import RecurrentLayer, activation_limit
from ._graph import Graph
from ._sequences import PaddedSequences


def hidden_states(graph: Graph, layer: RecurrentLayer, sequences: PaddedSequences) -> str:
    """Return the hidden states of a layer, (T, n, n_units), computed in single precision."""
    # The operator clips what the ReLU gets, which comes to the same as clipping its result.
    limit = min(activation_limit(layer.bias.dtype), torch.finfo(torch.float32).max)
    biases = torch.cat([layer.bias, torch.zeros_like(layer.bias)])
    weights = [w.detach().float()[None] for w in (layer.w_x, layer.w_h, biases)]
    hidden = graph.node(
        "RNN",
        sequences.steps,
        *map(graph.constant, weights),
        sequences.lengths,
        hidden_size=layer.n_units,
        activations=["Relu"],
        clip=limit,
    )
    # (T, 1 direction, n, units) as (T, n, units)
    return graph.node("Squeeze", hidden, graph.constant([1]))
