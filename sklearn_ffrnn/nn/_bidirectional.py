"""Two layers over one sequence, one of which reads it from the end."""

from __future__ import annotations

import torch
from torch import Tensor

from ._layer import Layer
from ._packed import Packed


class Bidirectional(Layer):
    """Two layers side by side (Schuster & Paliwal 1997); the outputs have the units of both.

    Parameters
    ----------
    forwards, backwards : Layer
        Of the same size.
    """

    def __init__(self, forwards: Layer, backwards: Layer) -> None:
        super().__init__()
        self.forwards = forwards
        self.backwards = backwards

    def forward(self, steps: Tensor, sequences: Packed) -> Tensor:
        """Return hidden states that pass gradients to the layer below."""
        mirror = sequences.mirror
        hidden = self.forwards(steps, sequences)
        return torch.cat([hidden, self.backwards(steps[mirror], sequences)[mirror]], dim=1)

    def squared_activity(
        self, steps: Tensor, sequences: Packed, n_groups: int = 1
    ) -> tuple[Tensor, Tensor]:
        """Return the mean square of each group of units per step, and the hidden states.

        A group has its share of both directions.
        """
        mirror = sequences.mirror
        activity, hidden = self.forwards.squared_activity(steps, sequences, n_groups)
        other, back = self.backwards.squared_activity(steps[mirror], sequences, n_groups)
        return 0.5 * (activity + other[mirror]), torch.cat([hidden, back[mirror]], dim=1)
