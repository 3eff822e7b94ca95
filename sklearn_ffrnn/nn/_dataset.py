"""A data set of sequences, and its batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from ._packed import Packed


class Batch:
    """The packed sequences of a training step, with their classes, weights and indices."""

    def __init__(
        self, sequences: Packed, target: Tensor | None, weight: Tensor | None, index: Tensor
    ) -> None:
        self.sequences = sequences
        self.target = target
        self.weight = weight
        self.index = index

    def __len__(self) -> int:
        return len(self.sequences)


class SequenceDataset(torch.utils.data.Dataset[Batch]):
    """Sequences stored one after another, and packed into batches on demand.

    Parameters
    ----------
    values : Tensor of shape (n_steps_in_all, n_channels)
        The sequences, one after another.
    lengths : Tensor of int of shape (n_sequences,)
        Number of steps of each sequence.
    target : Tensor of int of shape (n_sequences,), optional
        Class of each sequence.
    weight : Tensor of shape (n_sequences,), optional
        Weight of each sequence in losses and statistics; None is equal weights.
    """

    def __init__(
        self,
        values: Tensor,
        lengths: Tensor,
        target: Tensor | None = None,
        weight: Tensor | None = None,
    ) -> None:
        self.values = values
        self.lengths = lengths
        self.starts = torch.cumsum(lengths, 0) - lengths
        self.target = target
        self.weight = weight

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, index: Any) -> Batch:
        return self.batch(torch.atleast_1d(torch.as_tensor(index)))

    def batch(self, index: Tensor) -> Batch:
        """Pack the sequences at `index`, longest first."""
        index = index.to(self.lengths.device)
        index = index[torch.argsort(self.lengths[index], descending=True, stable=True)]
        lengths = self.lengths[index]
        time = torch.arange(int(lengths[0]), device=lengths.device)
        running = time[:, None] < lengths
        rows = (time[:, None] + self.starts[index])[running]
        sample = torch.arange(len(index), device=lengths.device).expand_as(running)[running]
        sequences = Packed(
            self.values[rows], torch.count_nonzero(running, dim=1).tolist(), sample, lengths
        )
        return Batch(
            sequences,
            None if self.target is None else self.target[index],
            None if self.weight is None else self.weight[index],
            index,
        )


class BatchIterator:
    """Iterate over whole batches; a DataLoader would be slow, since it collates single samples.

    Parameters
    ----------
    dataset : SequenceDataset
        The sequences.
    batch_size : int
        Number of sequences in a batch.
    generator : torch.Generator, optional
        Shuffles the sequences in every pass; None keeps their order.
    """

    def __init__(
        self,
        dataset: SequenceDataset,
        batch_size: int,
        generator: torch.Generator | None = None,
    ) -> None:
        self.dataset = dataset
        self.batch_size = batch_size
        self.generator = generator

    def __len__(self) -> int:
        return -(-len(self.dataset) // self.batch_size)

    def order(self) -> Tensor:
        """Return the order of the sequences in the next pass."""
        n = len(self.dataset)
        if self.generator is None:
            return torch.arange(n)
        return torch.randperm(n, generator=self.generator)

    def __iter__(self) -> Iterator[Batch]:
        for index in self.order().split(self.batch_size):
            yield self.dataset.batch(index)
