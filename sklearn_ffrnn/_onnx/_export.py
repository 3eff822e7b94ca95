"""From padded sequences to probabilities: the whole of a prediction as one ONNX file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import numpy as np

from .._scoring import Calibration
from ._graph import Graph
from ._sequences import PaddedSequences

DOC = """Probability of each class. `steps` holds sequences padded to one length, `lengths` how many
steps of each are its own; whatever stands after them is not read. The classes, in the order of
the columns, are the metadata property "classes", in JSON."""


def write_onnx(
    path: str | os.PathLike[str],
    scores: Callable[[Graph, PaddedSequences], str],
    calibration: Calibration,
    classes: np.ndarray,
    n_channels: int,
) -> None:
    """Write a graph that goes from sequences by way of `scores` to calibrated probabilities."""
    graph = Graph()
    by_time = graph.node("Transpose", "steps", perm=[1, 0, 2])
    sequences = PaddedSequences.of_length(graph, by_time, graph.cast("lengths", "int32"))
    scaled = graph.node("Mul", scores(graph, sequences), graph.constant(calibration.slope))
    if len(classes) == 2:
        logit = graph.node("Add", scaled, graph.constant(calibration.intercept[1]))
        both = graph.node("Concat", graph.node("Neg", logit), logit, axis=1)
        graph.node("Sigmoid", both, name="probabilities")
    else:
        logits = graph.node("Add", scaled, graph.constant(calibration.intercept))
        graph.node("Softmax", logits, axis=1, name="probabilities")
    graph.write(
        path,
        inputs={
            "steps": ("float32", ["n_sequences", "n_steps", n_channels]),
            "lengths": ("int64", ["n_sequences"]),
        },
        outputs={"probabilities": ("float64", ["n_sequences", len(classes)])},
        doc=DOC,
        metadata={"classes": json.dumps(classes.tolist())},
    )
