"""The graph of the baseline's network."""

from __future__ import annotations

from ..nn import BackpropRNN
from ._differences import with_differences
from ._graph import Graph
from ._layers import hidden_states
from ._sequences import PaddedSequences


def backprop_scores(graph: Graph, network: BackpropRNN, sequences: PaddedSequences) -> str:
    """Return the logits of a network: (n, 1) of class 1, or (n, n_classes)."""
    sequences = with_differences(graph, network.differences, sequences)
    for layer in network.layers:
        sequences = sequences._replace(steps=hidden_states(graph, layer, sequences))
    steps = graph.cast(sequences.steps, "float64")
    head = graph.constant(network.head.double())
    if network.pooling == "flatten":
        logits = _flattened(graph, sequences.blank(graph, steps), head, len(network.head))
    else:
        pool = sequences.mean_over_steps if network.pooling == "mean" else sequences.last_steps
        weights = graph.constant(network.head[0].double())
        logits = graph.node("MatMul", pool(graph, steps), weights)
    return graph.node("Add", logits, graph.constant(network.head_bias.double()))


def _flattened(graph: Graph, steps: str, head: str, n_read: int) -> str:
    """Return the sum over time of the steps times their weights; either may be the longer."""
    start, axis = graph.constant([0]), graph.constant([0])
    steps = graph.node("Slice", steps, start, graph.constant([n_read]), axis)
    n_steps = graph.node("Slice", graph.node("Shape", steps), start, graph.constant([1]), axis)
    head = graph.node("Slice", head, start, n_steps, axis)
    by_time = graph.node("MatMul", steps, head)
    return graph.node("ReduceSum", by_time, axis, keepdims=0)
