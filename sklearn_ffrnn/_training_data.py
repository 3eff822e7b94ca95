"""Checked sequences, classes and weights on their way into a network."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from ._sequences import Ragged, SequenceBatch, check_sequences
from .nn import SequenceDataset


class TrainingData(NamedTuple):
    """Rows, and the negatives made from them, with all that is known of each."""

    sequences: Ragged
    y: np.ndarray
    weight: np.ndarray | None
    groups: np.ndarray | None

    def select(self, rows: np.ndarray) -> TrainingData:
        """Return the rows where the boolean mask `rows` is true."""
        return TrainingData(
            self.sequences.select(rows),
            self.y[rows],
            None if self.weight is None else self.weight[rows],
            None if self.groups is None else self.groups[rows],
        )

    def with_negatives_of(self, batch: SequenceBatch) -> TrainingData:
        """Return the rows followed by the negatives that `batch` carries.

        A negative has its parent's weight and stays in its parent's group.
        """
        values = self.sequences.values
        negatives = check_sequences(batch.negatives, name="X.negatives", dtype=values.dtype)
        if negatives.values.shape[1] != values.shape[1]:
            raise ValueError(
                f"X.negatives have {negatives.values.shape[1]} channels where the rows have "
                f"{values.shape[1]}; pass both through the same transformers."
            )
        label = np.asarray([batch.negative_label])
        if (label.dtype.kind in "US") != (self.y.dtype.kind in "OUS"):
            raise TypeError(
                f"The negatives' label {batch.negative_label!r} and the labels in y, like "
                f"{self.y[0]!r}, are of different types; set negative_label in the sampler."
            )
        source = batch.source
        groups = np.arange(len(self.y)) if self.groups is None else self.groups
        return TrainingData(
            self.sequences.append(negatives),
            np.concatenate([self.y, np.repeat(label, len(source))]),
            None if self.weight is None else np.concatenate([self.weight, self.weight[source]]),
            np.concatenate([groups, groups[source]]),
        )

    def held_out(self, fraction: float, random_state: np.random.RandomState) -> np.ndarray:
        """Return a mask of rows to validate on: stratified, with no group on both sides."""
        mask = np.zeros(len(self.y), dtype=bool)
        if self.groups is None:
            rows = np.arange(len(self.y))
            _, held = train_test_split(
                rows, test_size=fraction, stratify=self.y, random_state=random_state
            )
        else:
            n_splits = max(2, min(round(1 / fraction), len(np.unique(self.groups))))
            folds = StratifiedGroupKFold(n_splits, shuffle=True, random_state=random_state)
            _, held = next(folds.split(self.y, self.y, self.groups))
        mask[held] = True
        return mask

    def dataset(self, device: torch.device) -> SequenceDataset:
        """Put the data on `device`; y must hold class indices."""
        return make_dataset(self.sequences, device, self.y, self.weight)


def make_dataset(
    sequences: Ragged, device: torch.device, target: Any = None, weight: Any = None
) -> SequenceDataset:
    """Put sequences on `device`, with their class indices and weights."""
    values = torch.tensor(sequences.values, device=device)
    return SequenceDataset(
        values,
        torch.tensor(sequences.lengths, device=device),
        None if target is None else torch.tensor(target, dtype=torch.int64, device=device),
        None if weight is None else torch.tensor(weight, dtype=values.dtype, device=device),
    )
