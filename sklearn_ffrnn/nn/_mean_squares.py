"""Mean squares of groups of units."""

from __future__ import annotations

import torch
from torch import Tensor


def mean_squares(hidden: Tensor, n_groups: int) -> Tensor:
    """Return the mean square of each group of units: (n_steps, n_units) to (n_steps, n_groups).

    The result has at least single precision, also for bfloat16.
    """
    dtype = torch.promote_types(hidden.dtype, torch.float32)
    squares = [
        # Unlike a sum of squares, the norm allocates no squares.
        torch.linalg.vector_norm(groups, dim=2, dtype=dtype).square() / groups.shape[2]
        for groups in split_units(hidden, n_groups)
    ]
    return torch.cat(squares, dim=1)


def split_units(states: Tensor, n_groups: int) -> list[Tensor]:
    """Return views (n_steps, n, units) of n groups each; a single view if all sizes are equal."""
    if states.shape[1] % n_groups == 0:
        return [states.unflatten(1, (n_groups, -1))]
    return [group.unsqueeze(1) for group in states.tensor_split(n_groups, dim=1)]
