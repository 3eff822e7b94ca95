"""Padded sequences in a graph."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._graph import Graph


class PaddedSequences(NamedTuple):
    """Names of the values that hold a batch, time-major as ONNX's recurrent operators want it."""

    steps: str  # (n_time_steps, n_sequences, n_channels)
    lengths: str  # (n_sequences,), int32
    time: str  # 0, 1, ..., (n_time_steps, 1), int32

    @classmethod
    def of_length(cls, graph: Graph, steps: str, lengths: str) -> PaddedSequences:
        """Return the sequences of (T, n, C) `steps`; what stands after their ends is not read."""
        n_steps = graph.node("Gather", graph.node("Shape", steps), graph.constant(0))
        time = graph.node("Range", graph.constant(0), n_steps, graph.constant(1))
        time = graph.node("Unsqueeze", graph.cast(time, "int32"), graph.constant([1]))
        sequences = cls(steps, lengths, time)
        return sequences._replace(steps=sequences.blank(graph, steps))

    def blank(self, graph: Graph, per_step: str, *, all_but_last: bool = False) -> str:
        """Return (T, n, k) values with 0 after the end of a sequence, or but for its last step."""
        if all_but_last:
            last = graph.node("Sub", self.lengths, graph.constant(1, np.int32))
            kept = graph.node("Equal", self.time, last)
        else:
            kept = graph.node("Less", self.time, self.lengths)
        kept = graph.node("Unsqueeze", kept, graph.constant([2]))
        zero = graph.node("CastLike", graph.constant(0.0), per_step)
        return graph.node("Where", kept, per_step, zero)

    def mean_over_steps(self, graph: Graph, per_step: str) -> str:
        """Average (T, n, k) values over the steps of each sequence: (n, k)."""
        kept = self.blank(graph, per_step)
        total = graph.node("ReduceSum", kept, graph.constant([0]), keepdims=0)
        lengths = graph.node("Unsqueeze", self.lengths, graph.constant([1]))
        return graph.node("Div", total, graph.node("CastLike", lengths, per_step))

    def last_steps(self, graph: Graph, per_step: str) -> str:
        """Pick the last step of each sequence: (n, k)."""
        last = self.blank(graph, per_step, all_but_last=True)
        return graph.node("ReduceSum", last, graph.constant([0]), keepdims=0)
