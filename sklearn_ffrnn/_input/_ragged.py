"""Sequences of different lengths in one array, as the networks take them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Ragged(NamedTuple):
    """Sequences of different lengths, one after another in a single array."""

    values: np.ndarray  # (total number of steps, n_channels)
    lengths: np.ndarray  # (n_sequences,), each at least 1

    def split(self) -> list[np.ndarray]:
        """Return the sequences as a list of views of shape (length, n_channels)."""
        return np.split(self.values, np.cumsum(self.lengths)[:-1])

    def select(self, rows: np.ndarray) -> Ragged:
        """Return the sequences where the boolean mask `rows` is true."""
        return Ragged(self.values[np.repeat(rows, self.lengths)], self.lengths[rows])

    def append(self, other: Ragged) -> Ragged:
        """Return these sequences followed by those of `other`."""
        return Ragged(*(np.concatenate(pair) for pair in zip(self, other, strict=True)))
