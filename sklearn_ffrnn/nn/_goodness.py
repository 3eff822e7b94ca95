"""Goodness: how strongly a layer takes its input for positive."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ._packed import Packed

# Factor on the logarithm of the ratio.
LOG_RATIO_SCALE = 10.0
# Added to both mean squares, so that the ratio is 1 if all units are inactive.
EPSILON = 0.01
# Weight of the mean square in the loss. A ratio does not change if all activations grow by one
# factor; without a penalty they would grow until they overflow.
ACTIVITY_PENALTY = 0.01

GOODNESS = ("log_ratio", "mean", "sum")


class Goodness(NamedTuple):
    """Goodness of every step of a batch of sequences."""

    layout: Packed  # lengths and order of the sequences, without their steps
    per_step: Tensor  # g_t, of shape (n_steps,)
    penalty: Tensor | None  # a term of the loss for each step, of shape (n_steps,)

    @property
    def per_sequence(self) -> Tensor:
        """G, the mean of g_t over the steps of each sequence: (n_sequences,)."""
        return self.layout.mean_over_steps(self.per_step)


def n_groups(kind: str) -> int:
    """Return the number of groups that this goodness divides the units of a layer into."""
    return 2 if kind == "log_ratio" else 1


def goodness_of(kind: str, activity: Tensor, hidden: Packed) -> Goodness:
    """Return the goodness g_t of each step.

    - "mean", "sum": the mean or sum over units of h_tj^2 (Hinton 2022, section 2).
    - "log_ratio": 10 log((a_t + 0.01) / (b_t + 0.01)), with a_t and b_t the mean of h_tj^2 over
      the first and the second half of the units. The first half stands for the positive class, the
      second for the negative one. Only the ratio of their activities counts, not its level.

    Parameters
    ----------
    kind : {"log_ratio", "mean", "sum"}
        Name of the goodness.
    activity : Tensor of shape (n_steps, n_groups)
        Mean of h_tj^2 over the units of each group.
    hidden : Packed
        Hidden states h, for the layout and the number of units.
    """
    if kind == "log_ratio":
        logs = torch.log(activity + EPSILON)
        per_step = LOG_RATIO_SCALE * (logs[:, 0] - logs[:, 1])
        return Goodness(hidden.layout(), per_step, ACTIVITY_PENALTY * activity.mean(dim=1))
    scale = hidden.steps.shape[1] if kind == "sum" else 1
    return Goodness(hidden.layout(), activity[:, 0] * scale, None)
