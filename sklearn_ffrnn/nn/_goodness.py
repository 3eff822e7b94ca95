"""Goodness: how strongly a layer speaks for its input being positive."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ._packed import Packed

# Goodness of the log ratio when the units for are e times as active as those against.
LOG_RATIO_SCALE = 10.0
# Added to both activities, so that the ratio of two silent halves is 1.
EPSILON = 0.01
# Weight of the mean squared activity in the loss. A ratio doesn't change when all activities grow;
# without a penalty on them they grow until they overflow.
ACTIVITY_PENALTY = 0.01

GOODNESS = ("log_ratio", "mean", "sum")


class Goodness(NamedTuple):
    """Goodness of every step of some sequences."""

    sequences: Packed  # their layout
    per_step: Tensor  # g_t, of shape (n_steps,)
    penalty: Tensor | None  # of shape (n_steps,), to add to the loss

    @property
    def per_sequence(self) -> Tensor:
        """G, the mean over the steps of each sequence: (n_sequences,)."""
        return self.sequences.mean_over_steps(self.per_step)


def n_groups(kind: str) -> int:
    """Return into how many groups goodness divides the units of a layer."""
    return 2 if kind == "log_ratio" else 1


def goodness_of(kind: str, activity: Tensor, hidden: Packed) -> Goodness:
    """Return the goodness g_t of each step.

    - "mean", "sum": the mean or sum over units of h_tj^2 (Hinton 2022, section 2).
    - "log_ratio": s log((a_t + e) / (b_t + e)), with a_t and b_t the mean of h_tj^2 over the first
      and the second half of the units. Half of the layer speaks for the positive class and half
      for the negative one, and what counts is which speaks louder, not how loud it is.

    Parameters
    ----------
    kind : {"log_ratio", "mean", "sum"}
        How squared activities are pooled.
    activity : Tensor of shape (n_steps, n_groups)
        Mean over the units of each group of h_tj^2.
    hidden : Packed
        Hidden states.
    """
    if kind == "log_ratio":
        logs = torch.log(activity + EPSILON)
        per_step = LOG_RATIO_SCALE * (logs[:, 0] - logs[:, 1])
        return Goodness(hidden.layout(), per_step, ACTIVITY_PENALTY * activity.mean(dim=1))
    scale = hidden.steps.shape[1] if kind == "sum" else 1
    return Goodness(hidden.layout(), activity[:, 0] * scale, None)
