"""The graph of a pipeline: the transformer's steps, in its order, and the classifier's."""

from __future__ import annotations

import os

import numpy as np

from .._input import USABLE
from .._onnx import (
    PaddedSequences,
    Tensor,
    argument,
    axis,
    class_probabilities,
    constant,
    less_or_equal,
    op,
    write_graph,
)
from ..preprocessing import VelocityTransformer
from ._intrinsic_graph import intrinsic, paced
from ._judgeable_graph import judgeable
from ._lattice_graph import find_lattices
from ._model_parts import Parts
from ._movements import Movements, every, read_movements
from ._resampling import resample_uniformly
from ._steps import Steps, scale_by, velocities, z_score

# The network computes in single precision, whatever it was trained in.
_LARGEST = USABLE * float(np.finfo(np.float32).max)
CHANNELS = {"intrinsic": intrinsic, "paced": paced}


def write_pipeline(
    path: str | os.PathLike[str], parts: Parts, *, doc: str, metadata: dict[str, str]
) -> None:
    """Write the graph that goes from points to probabilities."""
    points = argument(Tensor(np.float64, ("n_points", 3)))
    lengths = argument(Tensor(np.int64, ("n_movements",)))
    transformer, classifier = parts.transformer, parts.classifier
    recorded, valid = read_movements(points, lengths, transformer.resample)
    if parts.limits is not None:
        valid = op.and_(valid, judgeable(recorded, parts.limits))
    steps, finite = velocities(_on_one_clock(transformer, recorded))
    steps = _channels(transformer, steps).blank()
    usable = every(less_or_equal(op.abs(steps.values), _LARGEST), 1, 2)
    valid = op.and_(valid, op.and_(finite, usable))
    by_time = op.transpose(op.cast(steps.values, to=np.float32), perm=[1, 0, 2])
    sequences = PaddedSequences(by_time, steps.lengths)
    calibration = classifier._calibrations[-1]
    probabilities = class_probabilities(classifier.network_, calibration, sequences)
    judged = op.where(op.unsqueeze(valid, axis(1)), probabilities, constant(np.nan))
    write_graph(
        path,
        inputs={"points": points, "lengths": lengths},
        outputs={"probabilities": judged},
        doc=doc,
        metadata=metadata,
    )


def _on_one_clock(transformer: VelocityTransformer, recorded: Movements) -> Movements:
    movements = recorded.merge_equal_times()
    if transformer.resample is None:
        return movements
    movements = resample_uniformly(movements, transformer.resample)
    if not transformer.keep_lattice:
        return movements
    on_lattice = find_lattices(recorded.xy).snap(movements.xy)
    times = op.unsqueeze(movements.t, axis(2))
    return movements._replace(points=op.concat([on_lattice, times], axis=2))


def _channels(transformer: VelocityTransformer, steps: Steps) -> Steps:
    if transformer.channels != "velocity":
        steps = CHANNELS[transformer.channels](steps)
    steps = steps.cut(transformer.max_length_)
    if transformer.scale == "dataset":
        return scale_by(steps, transformer.mean_, transformer.scale_)
    return z_score(steps) if transformer.scale == "sequence" else steps
