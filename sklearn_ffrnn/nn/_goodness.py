"""Goodness: how strongly a layer speaks for its input being positive."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from ._layer import Layer
from ._packed import Packed

# Goodness of the log ratio when the units for are e times as active as those against.
LOG_RATIO_SCALE = 10.0
# Added to both activities, so that the ratio of two silent halves is 1.
SILENCE = 0.01
# Weight of the mean squared activity in the loss. A ratio doesn't change when all activities grow;
# without a price on them they grow until they overflow.
ACTIVITY_PRICE = 0.01


class StepGoodness(NamedTuple):
    """The goodness of every step of a packed batch, and what the activity costs.

    Both pass a gradient to the weights of the layer and to nothing below; `hidden`, the
    activities, passes none.
    """

    goodness: Tensor
    price: Tensor | None
    hidden: Tensor


def step_goodness(layer: Layer, steps: Tensor, sequences: Packed, kind: str) -> StepGoodness:
    """Return the goodness g_t of each step.

    - "mean", "sum": the mean or sum over units of h_tj^2 (Hinton 2022, section 2).
    - "log_ratio": s log((a_t + e) / (b_t + e)), with a_t and b_t the mean of h_tj^2 over the first
      and the second half of the units. Half of the layer speaks for the positive class and half
      for the negative one, and what counts is which speaks louder, not how loud it is.
    """
    if kind == "log_ratio":
        activity, hidden = layer.squared_activity(steps, sequences, n_groups=2)
        silenced = torch.log(activity + SILENCE)
        goodness = LOG_RATIO_SCALE * (silenced[:, 0] - silenced[:, 1])
        return StepGoodness(goodness, ACTIVITY_PRICE * activity.mean(dim=1), hidden)
    activity, hidden = layer.squared_activity(steps, sequences)
    scale = hidden.shape[1] if kind == "sum" else 1
    return StepGoodness(activity[:, 0] * scale, None, hidden)
