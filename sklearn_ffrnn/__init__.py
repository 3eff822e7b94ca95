"""Tell human movement from machine-made movement with Forward-Forward recurrent networks."""

from ._bptt import BPTTRNNClassifier
from ._forward_forward import FFRNNClassifier
from ._frames import sequences_from_frame
from ._outlier_detector import FFRNNOutlierDetector
from ._sequence_batch import SequenceBatch
from .negatives import MixedNegativeSampler
from .persistence import load, save
from .preprocessing import TrajectoryAugmenter, VelocityTransformer
from .sigma_lognormal import SigmaLognormalNegativeSampler

__version__ = "0.1.0"

__all__ = [
    "BPTTRNNClassifier",
    "FFRNNClassifier",
    "FFRNNOutlierDetector",
    "MixedNegativeSampler",
    "SequenceBatch",
    "SigmaLognormalNegativeSampler",
    "TrajectoryAugmenter",
    "VelocityTransformer",
    "load",
    "save",
    "sequences_from_frame",
]
