"""Dropout between recurrent layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._packed import Packed


class Dropout(nn.Module):
    """Dropout with one mask for all sequences of a batch: at a time step all lose the same units.

    So a sequence that occurs twice in a batch has the same effect as one of twice the weight, which
    scikit-learn asks of sample weights. Masks are drawn on the CPU, by a generator of their own:
    they depend neither on the device nor on other random draws.

    Parameters
    ----------
    rate : float
        Share of the activations to drop.
    generator : torch.Generator, optional
        Seeds the masks.
    """

    def __init__(self, rate: float, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.rate = rate
        seed = torch.randint(2**31 - 1, (), generator=generator)
        self.generator = torch.Generator().manual_seed(int(seed))

    def forward(self, x: Packed) -> Packed:
        """In training, set a share of the activations to zero and scale up the rest."""
        if not self.training or self.rate == 0:
            return x
        keep = 1 - self.rate
        draws = torch.rand(len(x.sizes), x.steps.shape[1], generator=self.generator)
        mask = (draws < keep).to(x.steps) / keep
        return x.with_steps(x.steps * mask[x.time])

    def get_extra_state(self) -> Tensor:
        """Return the state of the generator, to save it with the weights."""
        return self.generator.get_state()

    def set_extra_state(self, state: Tensor) -> None:
        """Restore the state of the generator."""
        self.generator.set_state(state.cpu())
