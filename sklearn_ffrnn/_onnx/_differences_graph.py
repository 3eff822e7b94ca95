"""What a network reads beside its input: differences from step to step, brought to one scale."""

from __future__ import annotations

import numpy as np
import torch
from spox import Var

from ..nn import activation_limit
from ..nn._differences import Differences
from ..nn._normalization import Standardize
from ._operators import constant, mul, op, part, sub
from ._padded_sequences import PaddedSequences


def with_differences(differences: Differences, sequences: PaddedSequences) -> PaddedSequences:
    """Return sequences with their differences as further channels."""
    if not differences.order:
        return sequences
    by_order = [part(sequences.steps, 0, differences.n_channels, of_axis=2)]
    dtype = differences.standardize.mean.dtype
    limit = min(activation_limit(dtype), torch.finfo(torch.float32).max)
    bounds = [constant(bound, np.float32) for bound in (-limit, limit)]
    for _ in range(differences.order):
        now = by_order[-1]
        # The step before the first is the first again, for a difference of 0.
        earlier = [part(now, 0, 1, of_axis=0), part(now, 0, -1, of_axis=0)]
        by_order.append(op.clip(sub(now, op.concat(earlier, axis=0)), *bounds))
    changes = standardized(differences.standardize, op.concat(by_order[1:], axis=2))
    return sequences._replace(steps=op.concat([sequences.steps, changes], axis=2))


def standardized(standardize: Standardize, values: Var) -> Var:
    """Return values less their means, by their deviations."""
    shift, scale = (constant(value.float()) for value in standardize.shift_and_scale())
    return mul(sub(values, shift), scale)
