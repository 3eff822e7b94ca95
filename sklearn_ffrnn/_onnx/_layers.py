"""Recurrent layers, as ONNX's operator RNN."""

from __future__ import annotations

import numpy as np
import torch
from spox import Var

from ..nn import RecurrentLayer, activation_limit
from ._operators import axis, constant, op
from ._padded_sequences import PaddedSequences


def hidden_states(layer: RecurrentLayer, sequences: PaddedSequences) -> Var:
    """Return the hidden states of a layer, (T, n, n_units), computed in single precision."""
    # The operator clips what the ReLU gets, which comes to the same as clipping its result.
    limit = min(activation_limit(layer.bias.dtype), torch.finfo(torch.float32).max)
    biases = torch.cat([layer.bias, torch.zeros_like(layer.bias)])
    w_x, w_h, bias = (constant(w.float()[None]) for w in (layer.w_x, layer.w_h, biases))
    hidden, _ = op.rnn(
        sequences.steps,
        w_x,
        w_h,
        bias,
        op.cast(sequences.lengths, to=np.int32),
        hidden_size=layer.n_units,
        activations=["Relu"],
        clip=limit,
    )
    # (T, 1 direction, n, units) as (T, n, units)
    return op.squeeze(hidden, axis(1))
