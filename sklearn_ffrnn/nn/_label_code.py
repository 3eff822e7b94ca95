"""Labels as one-hot codes in the input, for more than two classes (Hinton 2022, section 3.3)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import one_hot, pad

from ._packed import Packed

# Wrong labels that training reads a sequence with in each epoch.
N_WRONG_LABELS = 3


def n_training_copies(n_classes: int) -> int:
    """Return how often training reads a sequence in each epoch: once with each of its labels."""
    return 1 if n_classes == 2 else min(n_classes, N_WRONG_LABELS + 1)


def with_code(x: Packed, code: Tensor) -> Packed:
    """Return the sequences with `code` (n_sequences, n_classes) as further channels."""
    return x.with_steps(torch.cat([x.steps, code.to(x.steps.dtype)[x.sample]], dim=1))


def with_every_label(x: Packed, n_classes: int) -> tuple[Packed, Tensor]:
    """Return each sequence once with every label, copies side by side, and the labels."""
    label = torch.arange(n_classes, device=x.steps.device).repeat(len(x))
    return with_code(x.repeat_interleave(n_classes), one_hot(label, n_classes)), label


def with_own_and_wrong_labels(
    x: Packed, target: Tensor, n_classes: int, generator: torch.Generator
) -> tuple[Packed, Tensor]:
    """Return each sequence with its own label and some drawn wrong ones, and the labels.

    Copies are side by side, the one with the label `target` (n_sequences,) first.
    """
    n_wrong = n_training_copies(n_classes) - 1
    wrong = torch.rand(len(x), n_classes - 1, generator=generator).argsort(dim=1) + 1
    away = pad(wrong[:, :n_wrong], (1, 0)).to(target.device)  # from the own label, 0 itself
    label = ((target[:, None] + away) % n_classes).reshape(-1)
    return with_code(x.repeat_interleave(1 + n_wrong), one_hot(label, n_classes)), label
