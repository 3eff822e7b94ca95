"""Layers of gated units, torch's own."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.utils.rnn import PackedSequence

from ._mean_squares import mean_squares
from ._packed import Packed
from ._recurrent_layer import RecurrentLayer

CELLS = {"gru": nn.GRU, "lstm": nn.LSTM}


def _full_precision(device: torch.device) -> AbstractContextManager[None]:
    """Keep cuDNN from rounding to 10 bits: a GPU's numbers are to be those of a CPU."""
    if device.type != "cuda":
        return nullcontext()
    cudnn = torch.backends.cudnn
    return cudnn.flags(
        enabled=cudnn.enabled,
        benchmark=cudnn.benchmark,
        deterministic=cudnn.deterministic,
        allow_tf32=False,
    )


class GatedLayer(RecurrentLayer):
    """One layer of GRU (Cho et al. 2014) or LSTM units (Hochreiter & Schmidhuber 1997).

    Their activities lie between -1 and 1.

    Parameters
    ----------
    cell : {"gru", "lstm"}
        Kind of unit.
    n_inputs, n_units : int
        Channels of the input and units of the layer.
    generator : torch.Generator, optional
        Draws the initial weights, uniform in +-1/sqrt(n_units) as torch does.
    dtype : torch.dtype, optional
        Type of the weights.
    activity_dtype : torch.dtype, optional
        Type that activities are computed in; None takes that of the weights.
    """

    def __init__(
        self,
        cell: str,
        n_inputs: int,
        n_units: int,
        *,
        generator: torch.Generator | None = None,
        dtype: torch.dtype | None = None,
        activity_dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        # Made without weights: torch would draw them from the global state.
        empty = CELLS[cell](n_inputs, n_units, dtype=dtype, device="meta")
        # Where torch makes tensors just now, which load sets to "meta".
        self.cell = empty.to_empty(device=torch.empty(0).device)
        self.n_outputs = n_units
        self.activity_dtype = activity_dtype or dtype
        with torch.no_grad():
            for weight in self.cell.parameters():
                weight.uniform_(-(n_units**-0.5), n_units**-0.5, generator=generator)

    def forward(self, x: Packed) -> Packed:
        """Return the hidden states, which pass gradients to the weights and to `x`."""
        packed = PackedSequence(x.steps.to(self.activity_dtype), torch.tensor(x.sizes))
        weights = {
            name: weight.to(self.activity_dtype) for name, weight in self.cell.named_parameters()
        }
        with _full_precision(x.steps.device):
            hidden: PackedSequence = functional_call(self.cell, weights, (packed,))[0]
        return x.with_steps(hidden.data)

    def squared_activity(self, x: Packed, n_groups: int = 1) -> tuple[Tensor, Packed]:
        """Return the mean square of each group of units per step, and the hidden states."""
        hidden = self(x)
        return mean_squares(hidden.steps, n_groups), hidden.detach()
