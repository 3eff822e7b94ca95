"""Fitted outlier detectors: the classifier inside, and the offset of its scores."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._classifiers import BaseRNNClassifier, layer_sizes
from .._outliers import FFRNNOutlierDetector
from ._classifiers import CLASSIFIERS, describe_classifier, feature_names, restore_classifier
from ._parameters import describe_parameters, other_attributes, restore_parameters
from ._record import Description, Record

_ATTRIBUTES = {"estimator_", "offset_", "n_features_in_", "feature_names_in_"}


def describe_detector(detector: FFRNNOutlierDetector) -> Description:
    """Return a fitted detector as values and tensors."""
    parameters, left_out = describe_parameters(detector, apart=("estimator",))
    left_out += other_attributes(detector, _ATTRIBUTES)
    given: dict[str, Any] | None = None
    if detector.estimator is not None:
        given = {"class": _class_name(detector.estimator)}
        given["parameters"], more = describe_parameters(detector.estimator)
        left_out += more
    fitted = describe_classifier(detector.estimator_)
    fields = {
        "parameters": parameters,
        "estimator": given,
        "fitted": {"class": _class_name(detector.estimator_), **fitted.fields},
        "offset_": float(detector.offset_),
        "n_features_in_": detector.n_features_in_,
        "feature_names_in_": list(getattr(detector, "feature_names_in_", [])),
    }
    return Description(fields, fitted.tensors, list(dict.fromkeys(left_out + fitted.left_out)))


def restore_detector(cls: type[FFRNNOutlierDetector], record: Record) -> FFRNNOutlierDetector:
    """Undo :func:`describe_detector`."""
    detector: FFRNNOutlierDetector = restore_parameters(cls, record)
    detector._distortions()
    given = record.field("estimator", dict, type(None))
    if given is not None:
        unfitted = record.part(given, "estimator/", f"the estimator of {record.where}")
        detector.estimator = restore_parameters(_class_named(unfitted), unfitted)
        layer_sizes(detector.estimator.hidden_layer_sizes)
        unfitted.done()
    fitted = record.part(record.field("fitted", dict), "", f"the classifier of {record.where}")
    detector.estimator_ = restore_classifier(_class_named(fitted), fitted)
    fitted.done()
    detector.offset_ = record.field("offset_", float)
    detector.n_features_in_ = record.count("n_features_in_", 1)
    for name, value in feature_names(record, detector.n_features_in_).items():
        setattr(detector, name, value)
    inside = detector.estimator_
    its_own = inside.classes_.dtype.kind == "i" and inside.classes_.tolist() == [-1, 1]
    if inside.n_features_in_ != detector.n_features_in_ or not its_own:
        raise ValueError(f"{record.where} has a classifier that is not its own.")
    if not np.isfinite(detector.offset_):
        raise ValueError(f"{record.where}: 'offset_' is {detector.offset_}.")
    return detector


def _class_name(classifier: BaseRNNClassifier) -> str:
    name = type(classifier).__name__
    if CLASSIFIERS.get(name) is not type(classifier):
        raise TypeError(
            f"FFRNNOutlierDetector.estimator is {classifier!r:.80}, a {name}, which can't be "
            f"saved; a file holds {', '.join(CLASSIFIERS)}. Keep the detector with joblib."
        )
    return name


def _class_named(record: Record) -> type[BaseRNNClassifier]:
    name: Any = record.field("class", str)
    if name not in CLASSIFIERS:
        raise ValueError(f"{record.where} is {name!r:.40}, none of {list(CLASSIFIERS)}.")
    return CLASSIFIERS[name]
