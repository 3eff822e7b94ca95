"""The training of a network: data, held-out part, loop, callbacks, layer workers."""

from ._callbacks import REMEDY
from ._data import TrainingData, make_dataset
from ._held_out import hold_out
from ._layer_workers import may_start_workers
from ._trainer import Training, make_generator, train
from ._training_input import check_training_input
from ._warm_start import check_unchanged

__all__ = [
    "REMEDY",
    "Training",
    "TrainingData",
    "check_training_input",
    "check_unchanged",
    "hold_out",
    "make_dataset",
    "make_generator",
    "may_start_workers",
    "train",
]
