"""Scores in batches of bounded memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from .._input import Ragged
from ..nn import Network, Packed, SequenceDataset

# Time steps in a batch, over all its sequences; more would not fit the processor's cache.
MAX_STEPS_IN_MEMORY = 30_000


def score_in_batches(
    network: Network, sequences: Ragged, compute: Callable[[Network, Packed], Tensor]
) -> np.ndarray:
    """Return ``compute(network, batch)`` for all sequences, in the order given.

    A batch holds sequences of similar length.

    Raises
    ------
    ValueError
        If a score is not finite.
    """
    weight = next(network.parameters())
    values = torch.tensor(sequences.values, dtype=weight.dtype, device=weight.device)
    lengths = sequences.lengths
    dataset = SequenceDataset(values, torch.tensor(lengths, device=weight.device))
    order = np.argsort(-lengths, kind="stable")
    # With more than two classes, a sequence is scored once with every label.
    copies = network.n_classes if network.n_classes > 2 else 1
    budget = np.cumsum(lengths[order] * copies) // MAX_STEPS_IN_MEMORY
    results: list[np.ndarray] = []
    with torch.inference_mode():
        for part in np.split(order, np.flatnonzero(np.diff(budget)) + 1):
            batch = dataset.batch(torch.from_numpy(part))
            results.append(compute(network, batch.sequences).cpu().numpy())
    scores = np.concatenate(results)[np.argsort(order, kind="stable")]
    finite = np.isfinite(scores[:, 0]).reshape(len(scores), -1).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"X[{int(finite.argmin())}] gives a score that is not finite; scale X down."
        )
    return scores
