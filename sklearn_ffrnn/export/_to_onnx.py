"""A fitted pipeline as one ONNX file."""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from typing import Any

from ._model_parts import find_parts

_DOC = """Probability of each class, from recorded points. `points` holds the movements one after
the other, x, y and t in the units that the metadata names; `lengths` says how many points each has.
A movement that can't be judged has NaN for probabilities. The metadata property "classes" names the
columns, in JSON."""


def to_onnx(
    model: Any,
    path: str | os.PathLike[str],
    *,
    length_unit: str = "px",
    time_unit: str = "ms",
    training: str = "",
) -> None:
    """Write a fitted pipeline as one ONNX file, from recorded points to probabilities.

    All that ``model.predict_proba`` does is in the graph: points of equal time are merged, brought
    to an even clock and rounded to the recording's lattice, turned into velocities or intrinsic
    channels, cut, scaled, judged by the network, calibrated. It is made of ONNX's own operators
    (opset 17 at most), in double precision up to the network and in single precision there, and
    takes

    - ``points``, float64 (n_points, 3): x, y, t of all movements, one after the other, in the units
      that the model was trained on. A column stroke_id plays no part, in the graph as here.
    - ``lengths``, int64 (n_movements,): how many points each movement has.

    It gives ``probabilities``, float64 (n_movements, n_classes). Where this package would raise an
    error, the probabilities of that movement are NaN: fewer than two points, a number that is not
    finite, time that runs backwards, one time stamp throughout, a velocity too large for single
    precision, 2^31 periods of the clock or more; and of all movements if the lengths do not add up
    to the number of points. What an :class:`~sklearn_ffrnn.AbstainingClassifier` declines is NaN
    here and there.

    Parameters
    ----------
    model : sklearn.pipeline.Pipeline, AbstainingClassifier, TunedThresholdClassifierCV or \
FixedThresholdClassifier
        A fitted pipeline that ends with :class:`VelocityTransformer` and
        :class:`FFRNNClassifier`, :class:`BPTTRNNClassifier` or :class:`FFRNNOutlierDetector`. What
        stands before and takes part in training alone is left out: samplers, and augmenters such as
        :class:`TrajectoryAugmenter`. A threshold around the pipeline goes into the metadata. Of an
        ``FFRNNOutlierDetector``, the probability is that of its ``estimator_``.
    path : str or path-like
        The file, usually named ``*.onnx``.
    length_unit, time_unit : str
        Units of x and y, and of t, for the metadata.
    training : str
        What the model was trained on, for the metadata.

    Raises
    ------
    TypeError
        If the model has a part that no graph is known of, as a
        :class:`~sklearn_ffrnn.HumanMovementDetector` has: some of its kinematic features hang on
        the last digit where a movement is straight or even, and in a graph sums have another order.
    ImportError
        If the package onnx or spox is missing.
    sklearn.exceptions.NotFittedError
        If the model is not fitted.

    See Also
    --------
    save : A file to go on with in Python.
    FFRNNClassifier.to_onnx : The classifier alone.

    Notes
    -----
    The metadata properties are "classes" (in JSON), "threshold" (probability of the last class from
    which a movement is taken for it, without which two classes have 0.5), "length_unit",
    "time_unit", "training" and "version" (of this package); of an ``AbstainingClassifier`` also
    "coarsest", "shortest" and "fewest".

    Not in the graph are the warnings of :class:`VelocityTransformer`. With
    ``dtype="mixed_bfloat16"`` it is the classifier that computes coarsely, not the graph:
    probabilities then differ by as much as they do from those in single precision.

    Examples
    --------
    >>> import tempfile, numpy as np, onnxruntime
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn_ffrnn import FFRNNClassifier, VelocityTransformer
    >>> from sklearn_ffrnn.datasets import load_mouse_movements, make_minimum_jerk_movements
    >>> from sklearn_ffrnn.export import to_onnx
    >>> human = load_mouse_movements().data[:50]
    >>> X = human + make_minimum_jerk_movements(human, random_state=0)
    >>> model = make_pipeline(VelocityTransformer(10.0), FFRNNClassifier(16, max_iter=3))
    >>> _ = model.fit(X, np.repeat([1, 0], 50))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     to_onnx(model, f"{folder}/model.onnx")
    ...     session = onnxruntime.InferenceSession(f"{folder}/model.onnx")
    >>> inputs = {"points": np.concatenate(X), "lengths": [len(x) for x in X]}
    >>> (probabilities,) = session.run(None, inputs)
    >>> bool(np.allclose(probabilities, model.predict_proba(X), atol=1e-5))
    True
    """
    parts = find_parts(model)
    from ._graph import write_pipeline  # needs packages that nothing else needs

    metadata = {
        "classes": json.dumps(parts.classifier.classes_.tolist()),
        "length_unit": length_unit,
        "time_unit": time_unit,
        "training": training,
        "version": version("sklearn-ffrnn"),
    }
    if len(parts.classifier.classes_) == 2:
        metadata["threshold"] = repr(parts.threshold)
    if parts.limits is not None:
        metadata.update({name: repr(limit) for name, limit in parts.limits._asdict().items()})
    write_pipeline(path, parts, doc=_DOC, metadata=metadata)
