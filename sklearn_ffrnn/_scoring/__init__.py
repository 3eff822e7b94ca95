"""From the layers of a network to scores and probabilities."""

from ._batches import in_batches
from ._calibration import Calibration, to_probabilities
from ._early_exit import early_exit_scores, probabilities_at_exit, report_exits, sure_enough
from ._readout import (
    GoodnessReadout,
    LogisticReadout,
    Readout,
    mean_evidence,
    scores_over_time,
    stage_scores,
)
from ._recent_scores import RecentScores

__all__ = [
    "Calibration",
    "GoodnessReadout",
    "LogisticReadout",
    "Readout",
    "RecentScores",
    "early_exit_scores",
    "in_batches",
    "mean_evidence",
    "probabilities_at_exit",
    "report_exits",
    "scores_over_time",
    "stage_scores",
    "sure_enough",
    "to_probabilities",
]
