"""Detectors that learn from human movements alone."""

from ._human_movement_detector import HumanMovementDetector
from ._outlier_detector import FFRNNOutlierDetector

__all__ = [
    "FFRNNOutlierDetector",
    "HumanMovementDetector",
]
