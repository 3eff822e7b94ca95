"""Mean squares of groups of units."""

from __future__ import annotations

import torch
from torch import Tensor


def mean_squares(hidden: Tensor, n_groups: int) -> Tensor:
    """Return the mean square of each group of units: (n_steps, n_units) to (n_steps, n_groups).

    In single precision at least: goodness is a sum of them, and its gradient their difference.
    """
    dtype = torch.promote_types(hidden.dtype, torch.float32)
    squares = [
        # The norm, unlike the dot product, allocates no products.
        torch.linalg.vector_norm(groups, dim=2, dtype=dtype).square() / groups.shape[2]
        for groups in split_units(hidden, n_groups)
    ]
    return torch.cat(squares, dim=1)


def split_units(states: Tensor, n_groups: int) -> list[Tensor]:
    """Return views (n_steps, some groups, units): one of all groups if they are of one size."""
    if states.shape[1] % n_groups == 0:
        return [states.unflatten(1, (n_groups, -1))]
    return [group.unsqueeze(1) for group in states.tensor_split(n_groups, dim=1)]
