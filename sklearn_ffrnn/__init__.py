"""Tell human movement from machine-made movement with Forward-Forward recurrent networks."""

from importlib import import_module
from typing import TYPE_CHECKING

from ._input import SequenceBatch, sequences_from_frame
from .negatives import MixedNegativeSampler, SigmaLognormalNegativeSampler
from .preprocessing import (
    KinematicFeatures,
    RecorderAugmenter,
    TrajectoryAugmenter,
    VelocityTransformer,
)

if TYPE_CHECKING:
    from ._classifiers import BPTTRNNClassifier, FFRNNClassifier
    from ._outliers import AbstainingClassifier, FFRNNOutlierDetector, HumanMovementDetector
    from .persistence import load, save
else:
    # What takes torch is imported when it is first asked for: who reads or describes logs saves a
    # second and 200 MB.
    _ROOMS = {
        "AbstainingClassifier": "_outliers",
        "BPTTRNNClassifier": "_classifiers",
        "FFRNNClassifier": "_classifiers",
        "FFRNNOutlierDetector": "_outliers",
        "HumanMovementDetector": "_outliers",
        "load": "persistence",
        "save": "persistence",
    }

    def __getattr__(name):
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = getattr(import_module(f".{_ROOMS[name]}", __name__), name)
        return globals()[name]

    def __dir__():
        return sorted(globals() | _ROOMS)


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
