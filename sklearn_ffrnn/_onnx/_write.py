"""A finished graph as a file."""

from __future__ import annotations

import os

import onnx
from spox import Var, build

# Of 2022 (ONNX 1.12, with opset 17), for runtimes that are not the newest.
IR_VERSION = 8


def write_graph(
    path: str | os.PathLike[str],
    *,
    inputs: dict[str, Var],
    outputs: dict[str, Var],
    doc: str,
    metadata: dict[str, str],
) -> None:
    """Write the graph that leads from inputs to outputs, with what is to be known about it."""
    model = build(inputs, outputs)
    model.ir_version = IR_VERSION
    model.producer_name = "sklearn_ffrnn"
    model.graph.name = "sklearn_ffrnn"
    model.graph.doc_string = doc
    onnx.helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, os.fspath(path))
