"""Recurrent layers, as ONNX's operators RNN, GRU and LSTM."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ..nn import ReLULayer, activation_limit
from ..nn._bidirectional_layer import BidirectionalLayer
from ..nn._gated_layer import GatedLayer
from ._graph import Graph
from ._sequences import PaddedSequences

# Where ONNX's gates stand among torch's: (r, z, n) are read as (z, r, n), (i, f, g, o) as
# (i, o, f, g).
GATES = {"GRU": [1, 0, 2], "LSTM": [0, 3, 1, 2]}


def hidden_states(graph: Graph, layer: nn.Module, sequences: PaddedSequences) -> str:
    """Return the hidden states of a layer, (T, n, n_units), computed in single precision."""
    both = isinstance(layer, BidirectionalLayer)
    directions: list[Any] = [layer.forwards, layer.backwards] if both else [layer]
    attributes: dict[str, Any] = {}
    if isinstance(directions[0], ReLULayer):
        operator, by_direction = "RNN", map(_relu_weights, directions)
        # The operator clips what the ReLU gets, which comes to the same as clipping its result.
        limit = min(activation_limit(directions[0].bias.dtype), torch.finfo(torch.float32).max)
        attributes = {"activations": ["Relu"] * len(directions), "clip": limit}
    else:
        operator, by_direction = type(directions[0].cell).__name__, map(_gated_weights, directions)
        if operator == "GRU":
            attributes = {"linear_before_reset": 1}
    weights = [torch.stack(w).float() for w in zip(*by_direction, strict=True)]
    hidden = graph.node(
        operator,
        sequences.steps,
        *map(graph.constant, weights),
        sequences.lengths,
        hidden_size=weights[1].shape[2],
        direction="bidirectional" if both else "forward",
        **attributes,
    )
    # (T, directions, n, units) as (T, n, directions * units)
    hidden = graph.node("Transpose", hidden, perm=[0, 2, 1, 3])
    return graph.node("Reshape", hidden, graph.constant([0, 0, -1]))


def _relu_weights(layer: ReLULayer) -> tuple[Tensor, Tensor, Tensor]:
    """Return W, R and B of the operator."""
    return layer.w_x, layer.w_h, torch.cat([layer.bias, torch.zeros_like(layer.bias)])


def _gated_weights(layer: GatedLayer) -> tuple[Tensor, Tensor, Tensor]:
    """Return W, R and B of the operator."""
    cell = layer.cell
    order = GATES[type(cell).__name__]
    w_x, w_h, b_x, b_h = (
        torch.cat([weight.chunk(len(order))[gate] for gate in order])
        for weight in (cell.weight_ih_l0, cell.weight_hh_l0, cell.bias_ih_l0, cell.bias_hh_l0)
    )
    return w_x, w_h, torch.cat([b_x, b_h])
