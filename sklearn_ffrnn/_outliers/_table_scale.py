"""Features of any size and with any tails, brought to one scale."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .._typing import FloatArray

_QUARTILES = (25, 50, 75)


class TableScale(NamedTuple):
    """Centre and size of each column, by its quartiles, and of what is left, by its moments."""

    centre: FloatArray
    size: FloatArray
    mean: FloatArray
    deviation: FloatArray

    @classmethod
    def of(cls, table: FloatArray) -> TableScale:
        """Return the scale of a table (n_rows, n_columns); NaN is left out."""
        filled = np.where(np.isnan(table).all(axis=0), 0.0, table)
        low, centre, high = np.nanpercentile(filled, _QUARTILES, axis=0)
        size = np.where(high > low, high - low, 1.0)
        first = cls(centre, size, np.zeros_like(centre), np.ones_like(centre))
        squeezed = first.apply(table)
        deviation = squeezed.std(axis=0)
        return first._replace(
            mean=squeezed.mean(axis=0), deviation=np.where(deviation > 0, deviation, 1.0)
        )

    def apply(self, table: FloatArray) -> FloatArray:
        """Return the table near 1 everywhere: tails by their logarithm, the centre for NaN."""
        squeezed = np.arcsinh((table - self.centre) / self.size)
        return (np.nan_to_num(squeezed, nan=0.0) - self.mean) / self.deviation
