"""The graph of a Forward-Forward network."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from ..nn import ForwardForwardLayer, ForwardForwardRNN
from ..nn._goodness import EPSILON as GOODNESS_EPSILON
from ..nn._goodness import LOG_RATIO_SCALE
from ..nn._mean_squares import mean_squares
from ..nn._normalization import EPSILON, LayerNorm, NoNormalization, Standardize
from ._differences import standardized, with_differences
from ._graph import Graph
from ._layers import hidden_states
from ._sequences import PaddedSequences


def forward_forward_scores(
    graph: Graph, network: ForwardForwardRNN, sequences: PaddedSequences
) -> str:
    """Return the mean over layers of G - theta: (n, 1) of class 1, or (n, n_classes)."""
    if network.n_classes > 2:
        sequences = _with_every_label(graph, network.n_classes, sequences)
    sequences = with_differences(graph, network.differences, sequences)
    margins = []
    for layer, is_heard in zip(network.layers, network.heard.tolist(), strict=True):
        hidden = hidden_states(graph, layer.recurrent, sequences)
        goodness = _goodness(graph, layer, hidden)
        margin = graph.node("Sub", goodness, graph.constant(layer.theta.mean()))
        if is_heard:
            margins.append(sequences.mean_over_steps(graph, margin))
        sequences = sequences._replace(steps=_normalized(graph, layer.normalize, hidden))
    by_layer = graph.node("Concat", *margins, axis=1)
    scores = graph.node("ReduceMean", by_layer, axes=[1], keepdims=1)
    if network.n_classes > 2:
        scores = graph.node("Reshape", scores, graph.constant([-1, network.n_classes]))
    return scores


def _goodness(graph: Graph, layer: ForwardForwardLayer, hidden: str) -> str:
    """Return the goodness of every step in a layer, (T, n, 1), in double precision."""
    squares = graph.node("Mul", hidden, hidden)
    # What one unit alone, with an activity of 1, adds to the mean square of each group.
    n_units = layer.recurrent.n_units
    shares = mean_squares(torch.eye(n_units), 2 if layer.goodness == "log_ratio" else 1)
    if layer.goodness == "sum":
        shares = torch.ones_like(shares)
    activity = graph.node("MatMul", squares, graph.constant(shares))
    if layer.goodness != "log_ratio":
        return graph.cast(activity, "float64")
    silenced = graph.node("Add", activity, graph.constant(GOODNESS_EPSILON, np.float32))
    logs = graph.cast(graph.node("Log", silenced), "float64")
    return graph.node("MatMul", logs, graph.constant([[LOG_RATIO_SCALE], [-LOG_RATIO_SCALE]]))


def _normalized(graph: Graph, normalization: nn.Module, hidden: str) -> str:
    if isinstance(normalization, Standardize):
        return standardized(graph, normalization, hidden)
    if isinstance(normalization, LayerNorm):
        squares = graph.node("Mul", hidden, hidden)
        mean_square = graph.node("ReduceMean", squares, axes=[2], keepdims=1)
        epsilon = graph.constant(EPSILON, np.float32)
        length = graph.node("Sqrt", graph.node("Add", mean_square, epsilon))
        return graph.node("Div", hidden, length)
    if isinstance(normalization, NoNormalization):
        return hidden
    raise TypeError(f"{type(normalization).__name__} has no ONNX graph.")


def _with_every_label(graph: Graph, n_classes: int, sequences: PaddedSequences) -> PaddedSequences:
    """Return every sequence `n_classes` times in a row, with one label after the other."""
    copies = graph.node("Unsqueeze", sequences.steps, graph.constant([2]))
    copies = graph.node("Tile", copies, graph.constant([1, 1, n_classes, 1]))
    codes = graph.constant(np.eye(n_classes, dtype=np.float32))
    labelled = _with_channels(graph, copies, codes, [n_classes, n_classes])
    n_inputs = graph.node("Slice", graph.node("Shape", labelled), *map(graph.constant, ([3], [4])))
    shape = graph.node("Concat", graph.constant([0, -1]), n_inputs, axis=0)
    lengths = graph.node("Unsqueeze", sequences.lengths, graph.constant([1]))
    lengths = graph.node("Tile", lengths, graph.constant([1, n_classes]))
    return sequences._replace(
        steps=graph.node("Reshape", labelled, shape),
        lengths=graph.node("Reshape", lengths, graph.constant([-1])),
    )


def _with_channels(graph: Graph, steps: str, values: str, shape: list[int]) -> str:
    """Append `values`, of `shape` at each step of each sequence, as further channels."""
    batch = graph.node("Slice", graph.node("Shape", steps), *map(graph.constant, ([0], [2])))
    shape_of_all = graph.node("Concat", batch, graph.constant(shape), axis=0)
    return graph.node("Concat", steps, graph.node("Expand", values, shape_of_all), axis=-1)
