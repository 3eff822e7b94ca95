"""Save and load: which models there are, and what they are made of."""

from __future__ import annotations

import os
import warnings
from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from .._outliers import FFRNNOutlierDetector
from ..negatives import MixedNegativeSampler, SigmaLognormalNegativeSampler
from ..preprocessing import TrajectoryAugmenter, VelocityTransformer
from ..sigma_lognormal import SigmaLognormalTransformer
from ._classifiers import CLASSIFIERS, describe_classifier, restore_classifier
from ._detectors import describe_detector, restore_detector
from ._file import read, replacing, write
from ._record import Description, Record
from ._transformers import describe_transformer, restore_transformer

DETECTORS = {FFRNNOutlierDetector.__name__: FFRNNOutlierDetector}
# What a new one learns stands in `_transformers.learnt`.
TRANSFORMERS = {
    c.__name__: c
    for c in (
        VelocityTransformer,
        TrajectoryAugmenter,
        SigmaLognormalTransformer,
        SigmaLognormalNegativeSampler,
        MixedNegativeSampler,
    )
}
# The only classes that a file can name. Nothing is imported because a file says so.
KNOWN: dict[str, type] = {**CLASSIFIERS, **DETECTORS, **TRANSFORMERS}
SKIPPED = "passthrough"


def save(model: Any, path: str | os.PathLike[str]) -> None:
    """Save a fitted classifier, detector, transformer or pipeline of this package in one file.

    The file holds tensors and text, no code: :func:`load` can't be made to run anything, which is
    what a pickle (joblib) of unknown origin can do. It is a safetensors file, with everything that
    is no tensor as JSON in its header.

    Parameters
    ----------
    model : FFRNNClassifier, BPTTRNNClassifier, FFRNNOutlierDetector, VelocityTransformer, \
TrajectoryAugmenter, SigmaLognormalNegativeSampler, MixedNegativeSampler, \
SigmaLognormalTransformer or sklearn.pipeline.Pipeline of these
        The fitted model.
    path : str or path-like
        The file, usually named ``*.safetensors``. One that is there already is replaced once the
        new one has been written and read back.

    Raises
    ------
    TypeError
        If the model, or a step of the pipeline, is of another class, or has a parameter that is no
        number, text, array or collection of these.
    ValueError
        If a value is out of its range, NaN among the weights, say: what could not be loaded is not
        saved.
    sklearn.exceptions.NotFittedError
        If it is not fitted.

    Warns
    -----
    UserWarning
        If something has no place in a file: the parameters `callbacks` and `random_state` where
        they are objects (None takes their place; predictions need neither), the cache of a
        pipeline (its `memory` holds pickles), and metadata requests.

    See Also
    --------
    load : The way back.

    Notes
    -----
    Predictions of the loaded model are the same to the last bit. `partial_fit`, and `fit` with
    ``warm_start=True``, go on as they would have: Adam's moments, the scores that `partial_fit`
    calibrates on and the states of random generators are saved too. A `random_state` that is an
    int is a parameter like others.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from sklearn_ffrnn import FFRNNClassifier, load, save
    >>> rng = np.random.default_rng(0)
    >>> y = np.arange(60) % 2
    >>> X = [rng.normal(size=(rng.integers(5, 15), 2)) * (1 + 2 * label) for label in y]
    >>> model = FFRNNClassifier(hidden_layer_sizes=(16, 16), max_iter=5, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, f"{folder}/model.safetensors")
    ...     loaded = load(f"{folder}/model.safetensors")
    >>> bool(np.all(loaded.predict_proba(X) == model.predict_proba(X)))
    True
    """
    description = _describe(model, type(model).__name__)
    for message in description.left_out:
        warnings.warn(message, UserWarning, stacklevel=2)
    with replacing(path) as unfinished:
        write(unfinished, description)
        try:
            _load(unfinished)
        except ValueError as error:
            message = f"the {type(model).__name__} can't be saved, for {error}"
            raise ValueError(message) from error


def load(path: str | os.PathLike[str]) -> Any:
    """Load a model that :func:`save` saved, without running code from the file.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    model : estimator or Pipeline
        The fitted model. One that was fitted on a GPU goes on on the CPU, with a warning, where
        there is none.

    Raises
    ------
    ValueError
        If the file is damaged, of a later format version, or not one that :func:`save` wrote. All
        of it is checked before a model is made of it: names of classes and parameters, their types
        and ranges, and that every tensor is there, has the right shape and holds numbers.
    OSError
        If the file can't be opened.

    See Also
    --------
    save : Saves a model.
    """
    try:
        return _load(path)
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)!r} can't be loaded: {error}") from error


def _load(path: str | os.PathLike[str]) -> Any:
    record = read(path)
    try:
        return _restore(record)
    except ValueError:
        raise
    except (TypeError, ArithmeticError, LookupError, AttributeError, RecursionError) as error:
        # All that is expected of a damaged file is told as a ValueError; this is the rest.
        raise ValueError(f"it is damaged ({type(error).__name__}: {error}).") from error


def _describe(model: Any, where: str) -> Description:
    if type(model) is Pipeline:
        return _describe_pipeline(model)
    name = type(model).__name__
    if type(model) not in KNOWN.values():
        raise TypeError(
            f"{where} is {model!r:.80}, a {name}, which can't be saved; a file holds "
            f"{', '.join(KNOWN)} or a sklearn.pipeline.Pipeline of these. "
            "Keep other steps with joblib."
        )
    check_is_fitted(model)
    if name in CLASSIFIERS:
        described = describe_classifier(model)
    elif name in DETECTORS:
        described = describe_detector(model)
    else:
        described = describe_transformer(model)
    return described._replace(fields={"class": name, **described.fields})


def _restore(record: Record) -> Any:
    name = record.field("class", str)
    record.where = f"{record.where} ({name:.40})"
    if name == Pipeline.__name__:
        model = _restore_pipeline(record)
    elif name in CLASSIFIERS:
        model = restore_classifier(CLASSIFIERS[name], record)
    elif name in DETECTORS:
        model = restore_detector(DETECTORS[name], record)
    elif name in TRANSFORMERS:
        model = restore_transformer(TRANSFORMERS[name], record)
    else:
        known = [*KNOWN, Pipeline.__name__]
        raise ValueError(f"{record.where} is of a class that isn't one of {known}.")
    record.done()
    return model


def _describe_pipeline(pipeline: Pipeline) -> Description:
    check_is_fitted(pipeline)
    steps: list[list[Any]] = []
    tensors: dict[str, Tensor] = {}
    left_out: list[str] = []
    for i, (name, step) in enumerate(pipeline.steps):
        if step in (SKIPPED, None):
            steps.append([name, SKIPPED])
            continue
        described = _describe(step, f"The step {name!r}")
        steps.append([name, described.fields])
        tensors |= {f"{i}/{key}": tensor for key, tensor in described.tensors.items()}
        left_out += [f"Step {name!r}: {message}" for message in described.left_out]
    if pipeline.memory is not None:
        left_out.append("Pipeline.memory is not saved: it would load pickles from its folder.")
    fields = {
        "class": Pipeline.__name__,
        "steps": steps,
        "verbose": bool(pipeline.verbose),
        "transform_input": pipeline.transform_input,
    }
    return Description(fields, tensors, left_out)


def _restore_pipeline(record: Record) -> Pipeline:
    names, steps = zip(*record.field("steps", list), strict=True)
    if not all(isinstance(n, str) and "__" not in n for n in names) or len({*names}) < len(names):
        raise ValueError(f"{record.where} has steps named {names!r:.80}.")
    models = [
        step
        if step == SKIPPED
        else _restore(record.part(step, f"{i}/", f"step {name!r:.40} of {record.where}"))
        for i, (name, step) in enumerate(zip(names, steps, strict=True))
    ]
    if not all(step == SKIPPED or hasattr(step, "transform") for step in models[:-1]):
        raise ValueError(f"{record.where} has a step before its last that transforms nothing.")
    return Pipeline(
        list(zip(names, models, strict=True)),
        verbose=record.field("verbose", bool),
        transform_input=record.field("transform_input", list, type(None)),
    )
