"""The graph of a Forward-Forward network."""

from __future__ import annotations

import numpy as np
import torch
from spox import Var
from torch import nn

from ..nn import ForwardForwardLayer, ForwardForwardRNN
from ..nn._goodness import EPSILON as GOODNESS_EPSILON
from ..nn._goodness import LOG_RATIO_SCALE
from ..nn._mean_squares import mean_squares
from ..nn._normalization import EPSILON, LayerNorm, NoNormalization, Standardize
from ._differences_graph import standardized, with_differences
from ._layers import hidden_states
from ._operators import add, axis, constant, div, mul, op, sub
from ._padded_sequences import PaddedSequences


def forward_forward_scores(network: ForwardForwardRNN, sequences: PaddedSequences) -> Var:
    """Return the mean over layers of G - theta: (n, 1) of class 1, or (n, n_classes)."""
    if network.n_classes > 2:
        sequences = sequences.for_every_label(network.n_classes)
    sequences = with_differences(network.differences, sequences)
    margins = []
    for layer, in_use in zip(network.layers, network.layers_in_use.tolist(), strict=True):
        hidden = hidden_states(layer.recurrent, sequences)
        if in_use:
            theta = constant(layer.theta.mean().double())
            margins.append(sub(_goodness(layer, hidden), theta))
        sequences = sequences._replace(steps=_normalized(layer.normalize, hidden))
    # One mean over steps for all layers: each operator costs more than its arithmetic.
    of_layers = sequences.mean_over_steps(op.concat(margins, axis=2))
    scores = op.reduce_mean(of_layers, axes=[1])
    return op.reshape(scores, axis(-1, network.n_classes)) if network.n_classes > 2 else scores


def _goodness(layer: ForwardForwardLayer, hidden: Var) -> Var:
    """Return the goodness of every step in a layer, (T, n, 1), in double precision."""
    if layer.goodness not in ("log_ratio", "mean", "sum"):  # one that was added since
        raise TypeError(f"goodness={layer.goodness!r} has no ONNX graph.")
    # What one unit alone, with an activity of 1, adds to the mean square of each group.
    n_units = layer.recurrent.n_units
    shares = mean_squares(torch.eye(n_units), 2 if layer.goodness == "log_ratio" else 1)
    if layer.goodness == "sum":
        shares = torch.ones_like(shares)
    activity = op.matmul(mul(hidden, hidden), constant(shares))
    if layer.goodness != "log_ratio":
        return op.cast(activity, to=np.float64)
    logs = op.cast(op.log(add(activity, GOODNESS_EPSILON)), to=np.float64)
    return op.matmul(logs, constant([[LOG_RATIO_SCALE], [-LOG_RATIO_SCALE]]))


def _normalized(normalization: nn.Module, hidden: Var) -> Var:
    if isinstance(normalization, Standardize):
        return standardized(normalization, hidden)
    if isinstance(normalization, LayerNorm):
        mean_square = op.reduce_mean(mul(hidden, hidden), axes=[2])
        return div(hidden, op.sqrt(add(mean_square, EPSILON)))
    if isinstance(normalization, NoNormalization):
        return hidden
    raise TypeError(f"{type(normalization).__name__} has no ONNX graph.")
