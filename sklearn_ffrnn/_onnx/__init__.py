"""Fitted networks as ONNX graphs of ONNX's own operators.

Import it where a graph is made, not before: it needs packages that predictions do not need.
"""

# Imported for their absence: both are optional, and the error says what to install.
try:
    import onnx  # noqa: F401
    import spox  # noqa: F401
except ImportError as error:
    raise ImportError(
        "to_onnx needs the packages onnx and spox: pip install 'sklearn-ffrnn[onnx]'."
    ) from error

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
