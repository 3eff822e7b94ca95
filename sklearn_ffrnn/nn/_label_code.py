"""More than two classes: the label rides along the input as a one-hot code (Hinton 2022, 3.3)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ._packed import Packed


def with_code(x: Packed, code: Tensor) -> Packed:
    """Return the sequences with `code` (n_sequences, n_classes) as further channels."""
    return x.with_steps(torch.cat([x.steps, code.to(x.steps.dtype)[x.sample]], dim=1))


def with_every_label(x: Packed, n_classes: int) -> tuple[Packed, Tensor]:
    """Return every sequence with each label in turn, and these labels: n_classes in a row."""
    label = torch.arange(n_classes, device=x.steps.device).repeat(len(x))
    return with_code(x.repeat_interleave(n_classes), one_hot(label, n_classes)), label
