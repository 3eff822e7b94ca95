"""Check movements, sequences and labels of any accepted form and convert them to one form."""

from ._check_input import TABLE_DTYPES, USABLE, as_single_steps, check_input, check_sequence_input
from ._columns import check_input_features, check_n_columns
from ._frame_numbers import as_frame
from ._frames import sequences_from_frame
from ._items import as_numbers
from ._jumps import SENTINELS, at_sentinel, jumps_of, warn_about_jumps
from ._labels import check_labels, class_weights, find_classes, without_extension_dtype
from ._ragged import Ragged
from ._ranges import check_range
from ._sequence_batch import SequenceBatch
from ._sequences import check_sequences, is_sequence_input
from ._trajectories import NAMED, TRAJECTORY_COLUMNS, check_trajectories, select_trajectory
from ._trajectory_output import TrajectoryOutputMixin

__all__ = [
    "NAMED",
    "SENTINELS",
    "TABLE_DTYPES",
    "TRAJECTORY_COLUMNS",
    "USABLE",
    "Ragged",
    "SequenceBatch",
    "TrajectoryOutputMixin",
    "as_frame",
    "as_numbers",
    "as_single_steps",
    "at_sentinel",
    "check_input",
    "check_input_features",
    "check_labels",
    "check_n_columns",
    "check_range",
    "check_sequence_input",
    "check_sequences",
    "check_trajectories",
    "class_weights",
    "find_classes",
    "is_sequence_input",
    "jumps_of",
    "select_trajectory",
    "sequences_from_frame",
    "warn_about_jumps",
    "without_extension_dtype",
]
