"""Dropout between recurrent layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._packed import Packed


class Dropout(nn.Module):
    """Dropout with one mask a batch: what is dropped at a time step is dropped in all sequences.

    A sequence that stands twice in a batch is then trained on like one of twice the weight, which
    masks of its own for each row would break. Masks are drawn on the CPU, from a generator of
    their own, for the same numbers on every device and whatever else is drawn.

    Parameters
    ----------
    rate : float
        Share of the activities to drop.
    generator : torch.Generator, optional
        Seeds the masks.
    """

    def __init__(self, rate: float, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.rate = rate
        seed = torch.randint(2**31 - 1, (), generator=generator)
        self.generator = torch.Generator().manual_seed(int(seed))

    def forward(self, x: Packed) -> Packed:
        """Zero a share of the activities and scale up the rest, in training only."""
        if not self.training or self.rate == 0:
            return x
        keep = 1 - self.rate
        draws = torch.rand(len(x.sizes), x.steps.shape[1], generator=self.generator)
        mask = (draws < keep).to(x.steps) / keep
        return x.with_steps(x.steps * mask[x.time])

    def get_extra_state(self) -> Tensor:
        """Return the state of the generator, which is saved with the weights."""
        return self.generator.get_state()

    def set_extra_state(self, state: Tensor) -> None:
        """Go on with the masks where `state` was taken."""
        self.generator.set_state(state.cpu())
