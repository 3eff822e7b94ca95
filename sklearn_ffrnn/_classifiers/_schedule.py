"""The values of batch_size="auto" and max_iter="auto"."""

from __future__ import annotations

import math
from typing import Any

from .._training import MAX_EPOCHS, TrainingData, n_epochs_of_cycle


def sequences_in_batch(classifier: Any, n_samples: int) -> int:
    """Return the number of sequences in a batch, with `n_samples` to train on."""
    if classifier.batch_size == "auto":
        return min(classifier._auto_batch_size, n_samples)
    return int(classifier.batch_size)


def n_epochs(classifier: Any, data: TrainingData) -> int:
    """Return the largest number of epochs; with "one_cycle", the number of epochs."""
    if classifier.max_iter != "auto":
        return int(classifier.max_iter)
    if classifier.learning_rate != "one_cycle":
        return MAX_EPOCHS
    n_batches = math.ceil(len(data.y) / sequences_in_batch(classifier, len(data.y)))
    return n_epochs_of_cycle(len(data.sequences.values), n_batches)
