"""The training of a network: data, held-out part, loop, callbacks, layer workers."""

from ._data import TrainingData
from ._held_out import hold_out
from ._layer_workers import may_start_workers
from ._one_cycle import MAX_EPOCHS, n_epochs_of_cycle
from ._options import TrainingOptions
from ._trainer import Training, make_generator, train
from ._training_input import check_training_input
from ._warm_start import check_unchanged

__all__ = [
    "MAX_EPOCHS",
    "Training",
    "TrainingData",
    "TrainingOptions",
    "check_training_input",
    "check_unchanged",
    "hold_out",
    "make_generator",
    "may_start_workers",
    "n_epochs_of_cycle",
    "train",
]
