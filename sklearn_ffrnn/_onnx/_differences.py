"""What a network reads beside its input: differences from step to step, brought to one scale."""

from __future__ import annotations

import numpy as np
import torch

from ..nn import activation_limit
from ..nn._differences import Differences
from ..nn._normalization import Standardize
from ._graph import Graph
from ._sequences import PaddedSequences


def with_differences(
    graph: Graph, differences: Differences, sequences: PaddedSequences
) -> PaddedSequences:
    """Return sequences with their differences as further channels."""
    if not differences.order:
        return sequences
    first, last = graph.constant([0]), graph.constant([-1])
    by_order = [
        graph.node(
            "Slice",
            sequences.steps,
            first,
            graph.constant([differences.n_channels]),
            graph.constant([2]),
        )
    ]
    dtype = differences.standardize.mean.dtype
    limit = min(activation_limit(dtype), torch.finfo(torch.float32).max)
    bounds = [graph.constant(bound, np.float32) for bound in (-limit, limit)]
    for _ in range(differences.order):
        # The step before the first is the first again, for a difference of 0.
        start = graph.node("Slice", by_order[-1], first, graph.constant([1]), first)
        earlier = graph.node("Slice", by_order[-1], first, last, first)
        before = graph.node("Concat", start, earlier, axis=0)
        change = graph.node("Sub", by_order[-1], before)
        by_order.append(graph.node("Clip", change, *bounds))
    changes = graph.node("Concat", *by_order[1:], axis=2)
    changes = standardized(graph, differences.standardize, changes)
    steps = graph.node("Concat", sequences.steps, changes, axis=2)
    return sequences._replace(steps=steps)


def standardized(graph: Graph, standardize: Standardize, values: str) -> str:
    """Return values less their means, by their deviations."""
    shift, scale = (graph.constant(value.float()) for value in standardize.shift_and_scale())
    return graph.node("Mul", graph.node("Sub", values, shift), scale)
