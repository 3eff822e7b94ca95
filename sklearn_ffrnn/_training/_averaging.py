"""The average of a network's weights over the epochs of its training."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

# Weight of the last epochs; 0 is a plain average, 3 the value of Shamir & Zhang (2013).
DECAY = 3


def polynomial_decay(average: Any, latest: Any, n_averaged: Tensor | int) -> None:
    """Update the average of the weights w_1 ... w_n, in place, to that of w_1 ... w_{n+1}.

    w'_{n+1} = (1 - (d + 1) / (n + 1 + d)) w'_n + (d + 1) / (n + 1 + d) w_{n+1}, with d = `DECAY`
    (O. Shamir and T. Zhang, Stochastic gradient descent for non-smooth optimization, ICML 2013,
    section 4). The average covers a fixed share of the epochs so far, however many they are.
    """
    if average[0].is_floating_point():
        torch._foreach_lerp_(average, latest, (DECAY + 1) / (int(n_averaged) + 1 + DECAY))
    else:  # a count has no average
        torch._foreach_copy_(average, latest)


class AverageOverEpochs:
    """Validate and keep the average of a network's weights, but train the weights themselves.

    Each update moves the weights by about the learning rate around an optimum; their average is
    closer to it.

    Parameters
    ----------
    network : nn.Module
        The network whose weights and statistics to average.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = network
        self._average = AveragedModel(network, multi_avg_fn=polynomial_decay, use_buffers=True)
        self._latest: dict[str, Tensor] | None = None

    def swap_in_average(self) -> None:
        """After an epoch, add the weights to the average and put the average into the network."""
        self._average.update_parameters(self._network)
        state = self._network.state_dict()
        self._latest = {name: value.clone() for name, value in state.items()}
        self._network.load_state_dict(self._average.module.state_dict())

    def restore_weights(self) -> None:
        """Before an epoch, put back the weights that the last one left."""
        if self._latest is not None:
            self._network.load_state_dict(self._latest)
