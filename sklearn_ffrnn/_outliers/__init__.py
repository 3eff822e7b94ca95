"""Detectors that learn from human movements alone, and whatever declines to judge."""

from ._abstaining_classifier import AbstainingClassifier
from ._human_movement_detector import HumanMovementDetector
from ._outlier_detector import FFRNNOutlierDetector

__all__ = [
    "AbstainingClassifier",
    "FFRNNOutlierDetector",
    "HumanMovementDetector",
]
