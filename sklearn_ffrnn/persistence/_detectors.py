"""Fitted outlier detectors: the classifier inside, and the offset of its scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._bptt import BPTTRNNClassifier
from .._classifier import RNNClassifier
from .._forward_forward import FFRNNClassifier
from .._outlier_detector import FFRNNOutlierDetector
from ._classifiers import describe_classifier, feature_names, restore_classifier
from ._parameters import describe_parameters, other_attributes, restore_parameters
from ._record import Description, Record

CLASSIFIERS = {c.__name__: c for c in (FFRNNClassifier, BPTTRNNClassifier)}
_KNOWN = {"estimator_", "offset_", "n_features_in_", "feature_names_in_"}


def describe_detector(detector: FFRNNOutlierDetector) -> Description:
    """Return a fitted detector as values and tensors."""
    parameters, left_out = describe_parameters(detector, apart=("estimator",))
    left_out += other_attributes(detector, _KNOWN)
    given = None
    if detector.estimator is not None:
        asked, more = describe_parameters(detector.estimator)
        given = {"class": _name(detector.estimator), "parameters": asked}
        left_out += more
    fitted = describe_classifier(detector.estimator_)
    fields = {
        "parameters": parameters,
        "estimator": given,
        "fitted": {"class": _name(detector.estimator_), **fitted.fields},
        "offset_": float(detector.offset_),
        "n_features_in_": detector.n_features_in_,
        "feature_names_in_": list(getattr(detector, "feature_names_in_", [])),
    }
    return Description(fields, fitted.tensors, left_out + fitted.left_out)


def restore_detector(cls: type[FFRNNOutlierDetector], record: Record) -> FFRNNOutlierDetector:
    """Undo :func:`describe_detector`."""
    detector: FFRNNOutlierDetector = restore_parameters(cls, record)
    given = record.field("estimator", dict, type(None))
    if given is not None:
        asked = record.part(given, "estimator/", f"the estimator of {record.where}")
        detector.estimator = restore_parameters(_class(asked), asked)
        asked.done()
    fitted = record.part(record.field("fitted", dict), "", f"the classifier of {record.where}")
    detector.estimator_ = restore_classifier(_class(fitted), fitted)
    fitted.done()
    detector.offset_ = record.field("offset_", float)
    detector.n_features_in_ = record.count("n_features_in_", 1)
    for name, value in feature_names(record, detector.n_features_in_).items():
        setattr(detector, name, value)
    inside = detector.estimator_
    if inside.n_features_in_ != detector.n_features_in_ or inside.classes_.tolist() != [-1, 1]:
        raise ValueError(f"{record.where} has a classifier that is not its own.")
    if not np.isfinite(detector.offset_):
        raise ValueError(f"{record.where}: 'offset_' is {detector.offset_}.")
    return detector


def _name(classifier: RNNClassifier) -> str:
    name = type(classifier).__name__
    if CLASSIFIERS.get(name) is not type(classifier):
        raise TypeError(
            f"FFRNNOutlierDetector.estimator is {classifier!r:.80}, a {name}, which can't be "
            f"saved; a file holds {', '.join(CLASSIFIERS)}. Keep the detector with joblib."
        )
    return name


def _class(record: Record) -> type[RNNClassifier]:
    name: Any = record.field("class", str)
    if name not in CLASSIFIERS:
        raise ValueError(f"{record.where} is {name!r:.40}, none of {list(CLASSIFIERS)}.")
    return CLASSIFIERS[name]
