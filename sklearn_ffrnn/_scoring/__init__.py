"""From a network to scores and probabilities."""

from ._batches import score_in_batches
from ._calibration import Calibration, fit_calibrations, to_probabilities
from ._layer_faults import layer_faults
from ._over_time import scores_over_time
from ._recent_scores import RecentScores
from ._stages import layer_scores, stage_scores

__all__ = [
    "Calibration",
    "RecentScores",
    "fit_calibrations",
    "layer_faults",
    "layer_scores",
    "score_in_batches",
    "scores_over_time",
    "stage_scores",
    "to_probabilities",
]
