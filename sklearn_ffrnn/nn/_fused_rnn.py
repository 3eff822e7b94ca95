"""A ReLU layer's hidden states by torch's own fused operator, for GPUs.

There a loop over time steps costs a launch a step, and cuDNN computes all of them in few.
"""

from __future__ import annotations

import warnings

import torch
from torch import Tensor

from ._activation_limit import activation_limit
from ._packed import Packed


def fused_rnn(x: Packed, w_x: Tensor, w_h: Tensor, bias: Tensor) -> Tensor | None:
    """Return the hidden states (n_steps, n_units), or None where one would be cut off.

    The operator knows no :func:`activation_limit`; below it, it computes the same.
    """
    start = x.steps.new_zeros(1, len(x), len(bias))
    weights = [w_x, w_h, bias, torch.zeros_like(bias)]
    cudnn = torch.backends.cudnn
    with (
        # TF32 rounds to 10 bits: a GPU's numbers are to be those of a processor.
        cudnn.flags(
            enabled=cudnn.enabled,
            benchmark=cudnn.benchmark,
            deterministic=cudnn.deterministic,
            allow_tf32=False,
        ),
        warnings.catch_warnings(),
    ):
        # The weights of a layer are parameters of their own, not parts of one block of memory.
        warnings.filterwarnings("ignore", message="RNN module weights are not part of single")
        padded, _ = torch.rnn_relu(
            x.pad(x.steps),  # cuDNN takes several times as long for packed sequences
            start,
            weights,
            has_biases=True,
            num_layers=1,
            dropout=0.0,
            train=True,
            bidirectional=False,
            batch_first=False,
        )
    hidden = x.unpad(padded)
    # Also false where it isn't a number.
    return hidden if bool(hidden.detach().amax() < activation_limit(bias.dtype)) else None
