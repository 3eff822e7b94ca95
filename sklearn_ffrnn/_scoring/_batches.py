"""Prediction in batches of bounded memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ..nn import Packed, SequenceDataset

# Steps, over all sequences, that a prediction holds in memory at once; more would leave the cache.
MAX_STEPS_IN_MEMORY = 30_000


def in_batches(
    dataset: SequenceDataset, compute: Callable[[Packed], Tensor], copies: int = 1
) -> np.ndarray:
    """Return what `compute` makes of each sequence, in the order of `dataset`.

    Sequences of like length are computed together; `copies` of each count against the memory.
    """
    lengths = dataset.lengths.cpu().numpy()
    order = np.argsort(-lengths, kind="stable")
    budget = np.cumsum(lengths[order] * copies) // MAX_STEPS_IN_MEMORY
    results: list[np.ndarray] = []
    with torch.inference_mode():
        for part in np.split(order, np.flatnonzero(np.diff(budget)) + 1):
            batch = dataset.batch(torch.from_numpy(part))
            results.append(compute(batch.sequences).cpu().numpy())
    return np.concatenate(results)[np.argsort(order, kind="stable")]
