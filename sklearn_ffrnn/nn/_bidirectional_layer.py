"""Two layers over one sequence, one of which reads it from the end."""

from __future__ import annotations

import torch
from torch import Tensor

from ._packed import Packed
from ._recurrent_layer import RecurrentLayer


class BidirectionalLayer(RecurrentLayer):
    """Two layers side by side (Schuster & Paliwal 1997); the outputs have the units of both.

    Parameters
    ----------
    forwards, backwards : RecurrentLayer
        Of the same size.
    """

    def __init__(self, forwards: RecurrentLayer, backwards: RecurrentLayer) -> None:
        super().__init__()
        self.n_outputs = forwards.n_outputs + backwards.n_outputs
        self.forwards = forwards
        self.backwards = backwards

    def forward(self, x: Packed) -> Packed:
        """Return the hidden states, which pass gradients to the weights and to `x`."""
        hidden, back = self.forwards(x).steps, self.backwards(_mirrored(x)).steps
        return x.with_steps(torch.cat([hidden, back[x.mirror]], dim=1))

    def squared_activity(self, x: Packed, n_groups: int = 1) -> tuple[Tensor, Packed]:
        """Return the mean square of each group of units per step, and the hidden states.

        A group has its share of both directions.
        """
        activity, hidden = self.forwards.squared_activity(x, n_groups)
        other, back = self.backwards.squared_activity(_mirrored(x), n_groups)
        both = torch.cat([hidden.steps, back.steps[x.mirror]], dim=1)
        return 0.5 * (activity + other[x.mirror]), x.with_steps(both)


def _mirrored(x: Packed) -> Packed:
    """Return the sequences from their ends to their starts."""
    return x.with_steps(x.steps[x.mirror])
