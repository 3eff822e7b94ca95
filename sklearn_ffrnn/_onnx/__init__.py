"""Fitted networks as ONNX graphs of ONNX's own operators."""

from ._backprop import backprop_scores
from ._export import write_onnx
from ._forward_forward import forward_forward_scores
from ._graph import Graph
from ._sequences import PaddedSequences

__all__ = [
    "Graph",
    "PaddedSequences",
    "backprop_scores",
    "forward_forward_scores",
    "write_onnx",
]
