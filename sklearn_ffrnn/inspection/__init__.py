"""Inspect data sets and fitted models, in tables and pictures."""

from ._decision_over_time_display import DecisionOverTimeDisplay
from ._describe_recordings import describe_recordings
from ._goodness_display import GoodnessDisplay
from ._layer_accuracy_display import LayerAccuracyDisplay
from ._leave_one_recorder_out import leave_one_recorder_out
from ._loss_curve_display import LossCurveDisplay
from ._recording_artefacts import recording_artefacts
from ._recordings_display import RecordingsDisplay
from ._trajectory_display import TrajectoryDisplay

__all__ = [
    "DecisionOverTimeDisplay",
    "GoodnessDisplay",
    "LayerAccuracyDisplay",
    "LossCurveDisplay",
    "RecordingsDisplay",
    "TrajectoryDisplay",
    "describe_recordings",
    "leave_one_recorder_out",
    "recording_artefacts",
]
