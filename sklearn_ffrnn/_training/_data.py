"""Checked training data."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch

from .._input import Ragged, SequenceBatch, check_sequences, class_weights
from ..nn import SequenceDataset


class TrainingData(NamedTuple):
    """Sequences with labels, weights and groups; carried negatives follow the rows of X."""

    sequences: Ragged
    y: np.ndarray
    weight: np.ndarray | None
    groups: np.ndarray | None
    n_negatives: int = 0  # number of negatives that a SequenceBatch carried

    def select(self, rows: np.ndarray) -> TrainingData:
        """Return the rows that the boolean mask `rows` selects."""
        return TrainingData(
            self.sequences.select(rows),
            self.y[rows],
            None if self.weight is None else self.weight[rows],
            None if self.groups is None else self.groups[rows],
            self.n_negatives,
        )

    def with_negatives_of(self, batch: SequenceBatch) -> TrainingData:
        """Return the rows followed by the negatives that `batch` carries.

        A negative gets the weight and the group of its parent.
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
            len(source),
        )

    def encode(self, classes: np.ndarray, class_weight: Any) -> TrainingData:
        """Replace labels by class indices, and multiply weights by class weights."""
        weight = self.weight
        if class_weight is not None:
            by_class = class_weights(class_weight, self.y)
            weight = by_class if weight is None else weight * by_class
        return self._replace(y=np.searchsorted(classes, self.y), weight=weight)

    def dataset(self, device: torch.device) -> SequenceDataset:
        """Return the data as tensors on `device`; y must hold class indices."""
        weight = self.weight
        if weight is not None:
            # Weights only enter means, so their scale is arbitrary. Bring it near 1, so that no
            # product of two weights leaves the range of float32; a power of two changes no digit.
            weight = np.ldexp(weight, -np.frexp(np.max(weight))[1])
            # Equal weights must give the same model as no weights, to the last bit.
            weight = None if (weight == weight[0]).all() else weight
        values = torch.tensor(self.sequences.values, device=device)
        return SequenceDataset(
            values,
            torch.tensor(self.sequences.lengths, device=device),
            torch.tensor(self.y, dtype=torch.int64, device=device),
            None if weight is None else torch.tensor(weight, dtype=values.dtype, device=device),
        )
