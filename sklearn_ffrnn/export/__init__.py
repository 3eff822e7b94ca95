"""Fitted models for where they are used: the whole of a pipeline in one file of ONNX."""

from ._model_card import write_model_card
from ._to_onnx import to_onnx

__all__ = ["to_onnx", "write_model_card"]
