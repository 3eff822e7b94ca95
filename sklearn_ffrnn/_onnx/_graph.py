"""A graph under construction, and the file that it becomes."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import torch

# Of 2022 (ONNX 1.12), for runtimes that are not the newest.
OPSET, IR_VERSION = 17, 8


class Graph:
    """Nodes in the order in which they are to be computed; values are known by their names."""

    def __init__(self) -> None:
        self._nodes: list[tuple[str, list[str], str, dict[str, Any]]] = []
        self._constants: dict[str, np.ndarray] = {}

    def constant(self, value: Any, dtype: Any = None) -> str:
        """Return the name of a constant: a tensor, an array or a number."""
        if isinstance(value, torch.Tensor):
            value = value.detach().cpu().numpy()
        array = np.asarray(value, dtype=dtype)
        for name, known in self._constants.items():
            if known.dtype == array.dtype and np.array_equal(known, array):
                return name
        name = f"constant_{len(self._constants)}"
        self._constants[name] = array
        return name

    def node(self, operator: str, *inputs: str, name: str | None = None, **attributes: Any) -> str:
        """Append a node and return the name of its first output."""
        name = name or f"{operator}_{len(self._nodes)}"
        self._nodes.append((operator, list(inputs), name, attributes))
        return name

    def cast(self, value: str, dtype: str) -> str:
        """Return `value` as "float32", "float64", "int32" or "int64"."""
        # ONNX's own numbers of these types (onnx.TensorProto.DataType).
        to = {"float32": 1, "int32": 6, "int64": 7, "float64": 11}[dtype]
        return self.node("Cast", value, to=to)

    def write(
        self,
        path: str | os.PathLike[str],
        *,
        inputs: dict[str, tuple[str, list[Any]]],
        outputs: dict[str, tuple[str, list[Any]]],
        doc: str,
        metadata: dict[str, str],
    ) -> None:
        """Write the graph; inputs and outputs are given as types and shapes by name.

        Raises
        ------
        ImportError
            If the package onnx is missing.
        """
        try:
            import onnx
            from onnx import helper, numpy_helper
        except ImportError as error:
            raise ImportError(
                "to_onnx needs the package onnx: pip install 'sklearn-ffrnn[onnx]'."
            ) from error

        def infos(values: dict[str, tuple[str, list[Any]]]) -> list[Any]:
            return [
                helper.make_tensor_value_info(
                    name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), shape
                )
                for name, (dtype, shape) in values.items()
            ]

        graph = helper.make_graph(
            [
                helper.make_node(operator, node_inputs, [name], name=name, **attributes)
                for operator, node_inputs, name, attributes in self._nodes
            ],
            "sklearn_ffrnn",
            infos(inputs),
            infos(outputs),
            [numpy_helper.from_array(value, name) for name, value in self._constants.items()],
            doc_string=doc,
        )
        model = helper.make_model(
            graph,
            producer_name="sklearn_ffrnn",
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
        )
        helper.set_model_props(model, metadata)
        onnx.checker.check_model(model, full_check=True)
        onnx.save(model, os.fspath(path))
