"""The two classifiers and their base class."""

from ._base import BaseRNNClassifier
from ._bptt_rnn_classifier import BPTTRNNClassifier
from ._ffrnn_classifier import FFRNNClassifier
from ._layer_sizes import layer_sizes
from ._precision import weight_dtype

__all__ = [
    "BPTTRNNClassifier",
    "BaseRNNClassifier",
    "FFRNNClassifier",
    "layer_sizes",
    "weight_dtype",
]
