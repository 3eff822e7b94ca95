"""Channels that tell a smooth course from a wavering one, whatever their size."""

from __future__ import annotations

import numpy as np

from ._sequences import Ragged
from ._typing import FloatArray

# Values below this part of the deviation count as they are, larger ones by their logarithm.
SMALL = 0.1
# Differences of order 0 (the values themselves) to 2.
N_ORDERS = 3


class Changes:
    """Each channel with its changes from step to step, and theirs, compressed.

    What distinguishes the smoothest movements from human ones is small beside the movement itself,
    and lies in its derivatives; a slow part of a movement has as much of it as a fast one. So every
    value x counts as ``sign(x) * log1p(|x| / (SMALL * deviation))``, brought to 1 at one deviation.

    Parameters
    ----------
    sequences : Ragged
        Sequences to take the centre and the deviations from.
    """

    def __init__(self, sequences: Ragged) -> None:
        # The median velocity is about rest, and stays so however the data were scaled.
        self._centre = np.median(sequences.values, axis=0)
        steps = np.concatenate([self._differences(s) for s in sequences.split()])
        spread = steps.std(axis=0)
        self._scale = np.where(spread > 0, spread, 1.0).astype(steps.dtype)

    def transform(self, sequence: FloatArray) -> FloatArray:
        """Return (n_steps, N_ORDERS * n_channels) for a sequence (n_steps, n_channels)."""
        relative = self._differences(sequence) / (SMALL * self._scale)
        changes: FloatArray = np.copysign(
            np.log1p(np.abs(relative)) / np.log1p(1 / SMALL), relative
        )
        return changes

    def _differences(self, sequence: FloatArray) -> FloatArray:
        orders = [sequence - self._centre]
        for _ in range(N_ORDERS - 1):
            orders.append(np.diff(orders[-1], axis=0, prepend=orders[-1][:1]))
        return np.hstack(orders)
