"""How active the units of a layer are."""

from __future__ import annotations

import torch
from torch import Tensor


def mean_squares(hidden: Tensor, n_groups: int) -> Tensor:
    """Return the mean square of each group of units: (n_steps, n_units) to (n_steps, n_groups)."""
    groups = hidden.tensor_split(n_groups, dim=1)
    return torch.stack(
        [torch.linalg.vecdot(group, group) / group.shape[1] for group in groups], dim=1
    )
