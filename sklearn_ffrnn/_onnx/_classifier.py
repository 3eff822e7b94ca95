"""From padded sequences to the probabilities of a fitted classifier."""

from __future__ import annotations

import json
import os

import numpy as np
from spox import Tensor, Var, argument

from .._scoring import Calibration
from ..nn import BackpropRNN, ForwardForwardRNN, Network
from ._backprop_graph import backprop_scores
from ._forward_forward_graph import forward_forward_scores
from ._operators import add, constant, mul, op
from ._padded_sequences import PaddedSequences
from ._write import write_graph

DOC = """Probability of each class. `steps` holds sequences padded to one length,
`lengths` how many steps of each are its own; whatever stands after them is not read. The classes,
in the order of the columns, are the metadata property "classes", in JSON."""


def class_probabilities(
    network: Network, calibration: Calibration, sequences: PaddedSequences
) -> Var:
    """Return the calibrated probabilities of a fitted network, (n, n_classes), float64."""
    if isinstance(network, ForwardForwardRNN):
        scores = forward_forward_scores(network, sequences)
    elif isinstance(network, BackpropRNN):
        scores = backprop_scores(network, sequences)
    else:
        raise TypeError(f"{type(network).__name__} has no ONNX graph.")
    scaled = mul(scores, calibration.slope)
    if len(calibration.intercept) == 2:
        logit = add(scaled, calibration.intercept[1])
        return op.sigmoid(op.concat([op.neg(logit), logit], axis=1))
    return op.softmax(add(scaled, constant(calibration.intercept)), axis=1)


def write_classifier(
    path: str | os.PathLike[str],
    network: Network,
    calibration: Calibration,
    classes: np.ndarray,
    n_channels: int,
) -> None:
    """Write a graph that goes from padded sequences to calibrated probabilities."""
    steps = argument(Tensor(np.float32, ("n_sequences", "n_steps", n_channels)))
    lengths = argument(Tensor(np.int64, ("n_sequences",)))
    sequences = PaddedSequences.of_batch(steps, lengths)
    probabilities = class_probabilities(network, calibration, sequences)
    write_graph(
        path,
        inputs={"steps": steps, "lengths": lengths},
        outputs={"probabilities": probabilities},
        doc=DOC,
        metadata={"classes": json.dumps(classes.tolist())},
    )
