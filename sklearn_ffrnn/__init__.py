"""Tell human movement from machine-made movement with Forward-Forward recurrent networks."""

from ._classifiers import BPTTRNNClassifier, FFRNNClassifier
from ._input import SequenceBatch, sequences_from_frame
from ._outliers import AbstainingClassifier, FFRNNOutlierDetector, HumanMovementDetector
from .negatives import MixedNegativeSampler, SigmaLognormalNegativeSampler
from .persistence import load, save
from .preprocessing import (
    KinematicFeatures,
    RecorderAugmenter,
    TrajectoryAugmenter,
    VelocityTransformer,
)

__version__ = "0.1.0"

__all__ = [
    "AbstainingClassifier",
    "BPTTRNNClassifier",
    "FFRNNClassifier",
    "FFRNNOutlierDetector",
    "HumanMovementDetector",
    "KinematicFeatures",
    "MixedNegativeSampler",
    "RecorderAugmenter",
    "SequenceBatch",
    "SigmaLognormalNegativeSampler",
    "TrajectoryAugmenter",
    "VelocityTransformer",
    "load",
    "save",
    "sequences_from_frame",
]
