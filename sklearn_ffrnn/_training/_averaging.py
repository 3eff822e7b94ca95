"""The average of a network's weights over the epochs of its training."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

# How much more than in a plain average the last epochs count; 3 is Shamir & Zhang's (2013) choice.
DECAY = 3


def polynomial_decay(average: Any, latest: Any, n_averaged: Tensor | int) -> None:
    """Move the average of n weights w_1 ... w_n to that of n + 1.

    w'_{n+1} = (1 - (d + 1) / (n + 1 + d)) w'_n + (d + 1) / (n + 1 + d) w_{n+1}, with d = `DECAY`
    (O. Shamir and T. Zhang, Stochastic gradient descent for non-smooth optimization, ICML 2013,
    section 4): it reaches back over a part of the training, however long that is.
    """
    if average[0].is_floating_point():
        torch._foreach_lerp_(average, latest, (DECAY + 1) / (int(n_averaged) + 1 + DECAY))
    else:  # a count has no average
        torch._foreach_copy_(average, latest)


class AverageOverEpochs:
    """The average in the network's place wherever that is judged, the weights where it learns.

    Weights jump from step to step by as much as the learning rate; their average lies where they
    jump around.

    Parameters
    ----------
    network : nn.Module
        Whose weights and statistics to average.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = network
        self._average = AveragedModel(network, multi_avg_fn=polynomial_decay, use_buffers=True)
        self._latest: dict[str, Tensor] | None = None

    def swap_in_average(self) -> None:
        """Add the weights of the epoch that is over to the average; put that in their place."""
        self._average.update_parameters(self._network)
        self._latest = copy.deepcopy(self._network.state_dict())
        self._network.load_state_dict(self._average.module.state_dict())

    def restore_weights(self) -> None:
        """Go on with the weights that the last epoch left."""
        if self._latest is not None:
            self._network.load_state_dict(self._latest)
