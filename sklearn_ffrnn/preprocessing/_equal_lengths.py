"""Arrays of equal length together: of fifty values each, numpy's calls cost more than its work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

MOST = 20_000  # values at once: intermediate arrays stay in the processor's cache


def of_equal_length(arrays: Sequence[np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield positions in `arrays` and the arrays there, stacked, until all were yielded.

    Parameters
    ----------
    arrays : sequence of ndarray of shape (n_steps, ...)
        Alike but for their number of steps.

    Yields
    ------
    where : ndarray of int of shape (n,)
        Positions.
    stacked : ndarray of shape (n, n_steps, ...)
        The arrays there.
    """
    alike = defaultdict(list)
    for i, array in enumerate(arrays):
        alike[len(array)].append(i)
    for length, every in alike.items():
        most = max(1, MOST // max(length, 1))
        for first in range(0, len(every), most):
            where = every[first : first + most]
            yield np.array(where), np.array([arrays[i] for i in where])
