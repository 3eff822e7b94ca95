"""The interface of a recurrent layer, whatever its units."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn

from ._packed import Packed


class RecurrentLayer(nn.Module, ABC):
    """One recurrent layer.

    Attributes
    ----------
    n_outputs : int
        Activities per step.
    """

    n_outputs: int

    @abstractmethod
    def forward(self, x: Packed) -> Packed:
        """Return the hidden states, which pass gradients to the weights and to `x`."""

    @abstractmethod
    def squared_activity(self, x: Packed, n_groups: int = 1) -> tuple[Tensor, Packed]:
        """Return the mean square of each group of units per step, and the hidden states.

        The squares, of shape (n_steps, n_groups), pass a gradient to the weights of this layer
        alone; the hidden states pass none.
        """
