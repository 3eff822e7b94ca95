"""The graph of the baseline's network."""

from __future__ import annotations

import numpy as np
from spox import Var

from ..nn import BackpropRNN
from ._differences_graph import with_differences
from ._layers import hidden_states
from ._operators import add, axis, constant, op, part
from ._padded_sequences import PaddedSequences


def backprop_scores(network: BackpropRNN, sequences: PaddedSequences) -> Var:
    """Return the logits of a network: (n, 1) of class 1, or (n, n_classes)."""
    sequences = with_differences(network.differences, sequences)
    for layer in network.layers:
        sequences = sequences._replace(steps=hidden_states(layer, sequences))
    steps = op.cast(sequences.steps, to=np.float64)
    if network.pooling == "flatten":
        logits = _flattened(sequences.blank(steps), network)
    else:
        pool = sequences.mean_over_steps if network.pooling == "mean" else sequences.last_steps
        logits = op.matmul(pool(steps), constant(network.head[0].double()))
    return add(logits, constant(network.head_bias.double()))


def _flattened(steps: Var, network: BackpropRNN) -> Var:
    """Return the sum over time of the steps times their weights; either may be the longer."""
    steps = part(steps, 0, len(network.head), of_axis=0)
    # Kept in the file as they were learnt, which takes half the room of double precision.
    head = op.cast(constant(network.head), to=np.float64)
    head = op.slice(head, axis(0), op.shape(steps, end=1), axis(0))
    return op.reduce_sum(op.matmul(steps, head), axis(0), keepdims=0)
