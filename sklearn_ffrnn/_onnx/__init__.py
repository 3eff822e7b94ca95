"""Fitted networks as ONNX graphs of ONNX's own operators.

Import it where a graph is made, not before: it needs packages that predictions do not need.
"""

from importlib.util import find_spec

if find_spec("onnx") is None or find_spec("spox") is None:
    raise ImportError(
        "to_onnx needs the packages onnx and spox: pip install 'sklearn-ffrnn[onnx]'."
    )

from spox import Tensor, Var, argument

from ._classifier import class_probabilities, write_classifier
from ._operators import (
    add,
    arange,
    axis,
    constant,
    div,
    equal,
    less,
    less_or_equal,
    mul,
    op,
    part,
    size,
    sub,
)
from ._padded_sequences import PaddedSequences
from ._write import write_graph

__all__ = [
    "PaddedSequences",
    "Tensor",
    "Var",
    "add",
    "arange",
    "argument",
    "axis",
    "class_probabilities",
    "constant",
    "div",
    "equal",
    "less",
    "less_or_equal",
    "mul",
    "op",
    "part",
    "size",
    "sub",
    "write_classifier",
    "write_graph",
]
