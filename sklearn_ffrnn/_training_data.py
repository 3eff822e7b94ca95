"""Checked sequences, classes and weights on their way into a network."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from ._sequences import Ragged, SequenceBatch, check_sequences
from .nn import SequenceDataset, most_active

# Share of all sequences from which on those of one length are not taken for copies.
CROWD = 0.05


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
        """Return a mask of rows to validate on: stratified, with no group on both sides.

        Without groups, those that may be copies of each other stay on one side.

        Raises
        ------
        ValueError
            If no split has every class on both sides.
        """
        counts = np.bincount(self.y)
        rows = np.arange(len(self.y))
        known = self._possible_copies() if self.groups is None else self.groups
        groups = rows if known is None else np.unique(known, return_inverse=True)[1]
        try:
            if known is None:
                split = train_test_split(
                    rows, test_size=fraction, stratify=self.y, random_state=random_state
                )
                splits = iter([split])
            else:
                n_splits = min(round(1 / fraction), groups.max() + 1, counts.min())
                folds = StratifiedGroupKFold(
                    max(2, n_splits), shuffle=True, random_state=random_state
                )
                splits = folds.split(rows, self.y, groups)
            for kept, held in splits:
                if all(len(np.unique(self.y[part])) == len(counts) for part in (kept, held)):
                    return np.isin(rows, held)
            reason = "no split has every class on both sides"
        except ValueError as error:
            reason = str(error)
        raise ValueError(
            f"validation_fraction={fraction} of {len(rows)} samples in {groups.max() + 1} groups, "
            f"{counts.tolist()} of each class, can't be held out ({reason}). Set "
            "early_stopping=False, change validation_fraction, or give more samples or groups."
        )

    def _possible_copies(self) -> np.ndarray | None:
        """Return groups of sequences of one length, or None where lengths tell nothing.

        A synthetic movement has the clock of its source, hence as many steps. With one of them in
        training, the network knows the other, and takes it for what the first was: held-out
        samples would be ranked worse than by chance, and training stopped at once. A length that
        many sequences share (they were cut, or are all of one length) says nothing about them.
        """
        lengths = self.sequences.lengths
        rows = np.arange(len(lengths))
        crowded = np.bincount(lengths)[lengths] > CROWD * len(lengths)
        return None if crowded.all() else np.where(crowded, -1 - rows, lengths)

    def dataset(self, device: torch.device) -> SequenceDataset:
        """Put the data on `device`; y must hold class indices."""
        return make_dataset(self.sequences, device, self.y, self.weight)


def make_dataset(
    sequences: Ragged, device: torch.device, target: Any = None, weight: Any = None
) -> SequenceDataset:
    """Put sequences on `device`, with their class indices and weights."""
    if weight is not None:
        # Weights serve in means alone, so their scale is free: keep it near 1, by a power of two
        # that changes no digit, lest products of tiny or huge weights leave the range of float32.
        weight = np.ldexp(weight, -np.frexp(np.max(weight))[1])
        # Equal weights are none, to the last bit: where some are zero, those samples are gone.
        weight = None if (weight == weight[0]).all() else weight
    values = torch.tensor(sequences.values, device=device)
    return SequenceDataset(
        values,
        torch.tensor(sequences.lengths, device=device),
        None if target is None else torch.tensor(target, dtype=torch.int64, device=device),
        None if weight is None else torch.tensor(weight, dtype=values.dtype, device=device),
    )


def warn_of_saturation(sequences: Ragged) -> None:
    """Warn of values that saturate all units, so that nothing is learnt from them."""
    size = np.abs(sequences.values).max(axis=1)
    most = most_active(getattr(torch, str(size.dtype)))
    if size.max() > most:
        row = np.searchsorted(np.cumsum(sequences.lengths), size.argmax(), side="right")
        warnings.warn(
            f"X[{row}] holds values up to {size.max():.3g}, and units saturate at {most:.3g}: "
            "nothing is learnt there. Scale it (VelocityTransformer(scale='dataset')).",
            UserWarning,
            stacklevel=6,
        )
