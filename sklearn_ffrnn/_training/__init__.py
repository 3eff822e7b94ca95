"""The training of a network: data, held-out part, loop, callbacks, layers side by side."""

from ._data import TrainingData
from ._held_out import hold_out
from ._layer_group import may_train_side_by_side
from ._one_cycle import MAX_EPOCHS, n_epochs_of_cycle
from ._options import TrainingOptions
from ._outcome import Training
from ._trainer import make_generator, train
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
    "may_train_side_by_side",
    "n_epochs_of_cycle",
    "train",
]
