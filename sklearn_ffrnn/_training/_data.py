"""Checked sequences, classes and weights on their way into a network."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch

from .._input import Ragged, SequenceBatch, check_sequences, class_weights
from ..nn import SequenceDataset


class TrainingData(NamedTuple):
    """Rows, and the negatives made from them, with all that is known of each."""

    sequences: Ragged
    y: np.ndarray
    weight: np.ndarray | None
    groups: np.ndarray | None
    n_negatives: int = 0  # carried by a SequenceBatch

    def select(self, rows: np.ndarray) -> TrainingData:
        """Return the rows where the boolean mask `rows` is true."""
        return TrainingData(
            self.sequences.select(rows),
            self.y[rows],
            None if self.weight is None else self.weight[rows],
            None if self.groups is None else self.groups[rows],
            self.n_negatives,
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
            len(source),
        )

    def encode(self, classes: np.ndarray, class_weight: Any) -> TrainingData:
        """Return the rows with class indices for labels, and class weights in their weights."""
        weight = self.weight
        if class_weight is not None:
            by_class = class_weights(class_weight, self.y)
            weight = by_class if weight is None else weight * by_class
        return self._replace(y=np.searchsorted(classes, self.y), weight=weight)

    def dataset(self, device: torch.device) -> SequenceDataset:
        """Put the data on `device`; y must hold class indices."""
        weight = self.weight
        if weight is not None:
            # Weights serve in means alone, so their scale is free: keep it near 1, by a power of
            # two that changes no digit, lest products of tiny or huge ones leave float32's range.
            weight = np.ldexp(weight, -np.frexp(np.max(weight))[1])
            # Equal weights are none, to the last bit: where some are zero, those samples are gone.
            weight = None if (weight == weight[0]).all() else weight
        values = torch.tensor(self.sequences.values, device=device)
        return SequenceDataset(
            values,
            torch.tensor(self.sequences.lengths, device=device),
            torch.tensor(self.y, dtype=torch.int64, device=device),
            None if weight is None else torch.tensor(weight, dtype=values.dtype, device=device),
        )
