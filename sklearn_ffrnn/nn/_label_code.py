"""Labels as one-hot codes in the input, for more than two classes (Hinton 2022, section 3.3)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ._packed import Packed


def with_code(x: Packed, code: Tensor) -> Packed:
    """Return the sequences with `code` (n_sequences, n_classes) as further channels."""
    return x.with_steps(torch.cat([x.steps, code.to(x.steps.dtype)[x.sample]], dim=1))


def with_every_label(x: Packed, n_classes: int) -> tuple[Packed, Tensor]:
    """Return each sequence once with every label, copies side by side, and the labels."""
    label = torch.arange(n_classes, device=x.steps.device).repeat(len(x))
    return with_code(x.repeat_interleave(n_classes), one_hot(label, n_classes)), label
