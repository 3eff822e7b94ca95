"""The parts of a fitted pipeline that a graph is made of."""

from __future__ import annotations

from typing import Any, NamedTuple

from scipy.special import expit
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from .._classifiers import BaseRNNClassifier
from .._outliers import AbstainingClassifier, FFRNNOutlierDetector, HumanMovementDetector
from .._outliers._judgeable import Limits
from ..negatives import BaseNegativeSampler
from ..preprocessing import RecorderAugmenter, TrajectoryAugmenter, VelocityTransformer

_ONLY_IN_TRAINING = (BaseNegativeSampler, RecorderAugmenter, TrajectoryAugmenter)


class Parts(NamedTuple):
    """What a prediction goes through."""

    transformer: VelocityTransformer
    classifier: BaseRNNClassifier
    threshold: float  # probability of the last class from which a movement is taken for it
    limits: Limits | None = None  # what a movement must hold, where it may be declined


def find_parts(model: Any) -> Parts:
    """Return the parts of a fitted pipeline, or of one with a threshold around it.

    Raises
    ------
    TypeError
        If it has a part that no graph is known of.
    """
    if isinstance(model, (FixedThresholdClassifier, TunedThresholdClassifierCV)):
        check_is_fitted(model)
        parts = find_parts(model.estimator_)
        return parts._replace(threshold=_threshold(model, parts.classifier))
    if isinstance(model, AbstainingClassifier):
        check_is_fitted(model)
        limits = Limits(model.coarsest, model.shortest, model.fewest)
        return find_parts(model.estimator_)._replace(limits=limits)
    if isinstance(model, HumanMovementDetector):
        raise TypeError(
            "A HumanMovementDetector fits no graph as a whole: table_ reads KinematicFeatures, of "
            "which turns, power law and time of the maximum hang on the last digit where a "
            "movement is straight or even, and rests are cut. Its probabilities would differ from "
            "Python's. Export an AbstainingClassifier of a pipeline, or save the detector."
        )
    if isinstance(model, FrozenEstimator):
        return find_parts(model.estimator)
    if not isinstance(model, Pipeline):
        remedy = "; a classifier alone has a method to_onnx" * isinstance(model, BaseRNNClassifier)
        raise TypeError(
            f"model is a {type(model).__name__}; give a fitted Pipeline of a VelocityTransformer "
            f"and a classifier{remedy}."
        )
    check_is_fitted(model)
    *before, (_, last) = [
        (name, step)
        for name, step in model.steps
        if step not in (None, "passthrough") and not isinstance(step, _ONLY_IN_TRAINING)
    ]
    if len(before) != 1 or not isinstance(before[0][1], VelocityTransformer):
        names = [f"{name} ({type(step).__name__})" for name, step in before]
        raise TypeError(
            f"model goes through {names or 'nothing'} before {type(last).__name__}; a graph is "
            "known of one VelocityTransformer there, after samplers and augmenters."
        )
    check_is_fitted(before[0][1])
    check_is_fitted(last)
    if isinstance(last, FFRNNOutlierDetector):
        return Parts(before[0][1], last.estimator_, float(expit(last.offset_)))
    if not isinstance(last, BaseRNNClassifier):
        raise TypeError(
            f"model ends with a {type(last).__name__}; a graph is known of FFRNNClassifier, "
            "BPTTRNNClassifier and FFRNNOutlierDetector."
        )
    return Parts(before[0][1], last, 0.5)


def _threshold(
    model: FixedThresholdClassifier | TunedThresholdClassifierCV, classifier: BaseRNNClassifier
) -> float:
    """Return the threshold of a wrapper on the probability of the last class."""
    threshold = getattr(model, "best_threshold_", None)
    if threshold is None:
        threshold = model.threshold
    positive = getattr(model, "pos_label", None)
    if model.response_method == "decision_function" or (
        positive is not None and positive != classifier.classes_[1]
    ):
        raise TypeError(
            f"The threshold of a {type(model).__name__} is exported where it is on the probability "
            f"of {classifier.classes_[1]!r}: set response_method='predict_proba', pos_label=None."
        )
    return 0.5 if threshold == "auto" else float(threshold)
