"""What a network asks of each of its layers."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn

from ._packed import Packed


class Layer(nn.Module, ABC):
    """One recurrent layer, whatever its units."""

    @abstractmethod
    def forward(self, steps: Tensor, sequences: Packed) -> Tensor:
        """Return hidden states that pass gradients to the layer below."""

    @abstractmethod
    def squared_activity(
        self, steps: Tensor, sequences: Packed, n_groups: int = 1
    ) -> tuple[Tensor, Tensor]:
        """Return the mean square of each group of units per step, and the hidden states.

        The squares, of shape (n_steps, n_groups), pass a gradient to the weights of this layer;
        the hidden states pass none.
        """
