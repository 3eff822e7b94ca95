"""The detector that learns from human movements alone."""

from ._outlier_detector import FFRNNOutlierDetector

__all__ = [
    "FFRNNOutlierDetector",
]
