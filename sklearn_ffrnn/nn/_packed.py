"""Batches of sequences of different lengths, without padding.

All steps of a batch are rows of one matrix, time-major: first the first step of every sequence,
then the second step of every sequence that has one, and so on, longest sequence first (the layout
of `torch.nn.utils.rnn.PackedSequence`). Without padded steps, none can enter a goodness, a
statistic or a loss.
"""

from __future__ import annotations

import copy
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor

# Rows to process together: enough for efficient matrix products, few enough to stay in the
# processor's cache from one operation to the next.
ROWS_IN_CACHE = 3000


class Block(NamedTuple):
    """Consecutive time steps of a packed batch: their rows, and the number of rows of each step."""

    rows: slice
    sizes: list[int]


class Packed:
    """Sequences packed time-major, longest first.

    Parameters
    ----------
    steps : Tensor of shape (n_steps_in_all, n_channels)
        All steps, grouped by time.
    sizes : list of int
        Number of sequences that reach each time step; never increasing.
    sample : Tensor of shape (n_steps_in_all,)
        Index of the sequence that each row belongs to.
    lengths : Tensor of shape (n_sequences,)
        Number of steps of each sequence, descending.
    """

    def __init__(self, steps: Tensor, sizes: list[int], sample: Tensor, lengths: Tensor) -> None:
        self.steps = steps
        self.sizes = sizes
        self.sample = sample
        self.lengths = lengths

    def __len__(self) -> int:
        return len(self.lengths)

    @cached_property
    def equal_lengths(self) -> bool:
        """Whether all sequences have one length, so that a reshape can pad and unpad them."""
        return self.sizes[-1] == len(self)

    @cached_property
    def blocks(self) -> list[Block]:
        """All time steps in blocks of at least `ROWS_IN_CACHE` rows; the last may be smaller."""
        blocks = []
        start = stop = first = 0
        for time, size in enumerate(self.sizes, start=1):
            stop += size
            if stop - start >= ROWS_IN_CACHE or time == len(self.sizes):
                blocks.append(Block(slice(start, stop), self.sizes[first:time]))
                start, first = stop, time
        return blocks

    def previous(self, rows: slice) -> Tensor | slice:
        """Return the rows of the steps before `rows`, which must not reach into the first step."""
        if self.equal_lengths:
            return slice(rows.start - self.sizes[0], rows.stop - self.sizes[0])
        return self._previous[rows]

    @cached_property
    def _previous(self) -> Tensor:
        """The row of the step before each row; meaningless for the first step."""
        sizes = torch.tensor([0, *self.sizes], device=self.sample.device)
        n_back = sizes[:-1].repeat_interleave(sizes[1:])
        return torch.arange(len(self.sample), device=self.sample.device) - n_back

    @cached_property
    def time(self) -> Tensor:
        """Time step that each row belongs to."""
        sizes = torch.tensor(self.sizes, device=self.sample.device)
        return torch.arange(len(sizes), device=sizes.device).repeat_interleave(sizes)

    def diff(self, per_step: Tensor) -> Tensor:
        """Return the difference of each step from the one before, 0 at the first step."""
        later = slice(self.sizes[0], len(per_step))
        difference = torch.zeros_like(per_step)
        if later.start < later.stop:
            torch.sub(per_step[later], per_step[self.previous(later)], out=difference[later])
        return difference

    def mean_over_steps(self, per_step: Tensor) -> Tensor:
        """Average (n_steps_in_all, ...) over the steps of each sequence: (n_sequences, ...)."""
        if self.equal_lengths:
            return self.pad(per_step).mean(dim=0)
        sums = per_step.new_zeros(len(self), *per_step.shape[1:])
        sums = sums.index_add(0, self.sample, per_step)
        lengths = self.lengths.to(per_step.dtype)
        return sums / lengths.reshape(-1, *[1] * (per_step.ndim - 1))

    def last_steps(self, per_step: Tensor) -> Tensor:
        """Return the last step of each sequence: (n_sequences, ...)."""
        sizes = torch.tensor([0, *self.sizes[:-1]], device=self.sample.device)
        position = torch.arange(len(self), device=self.sample.device)
        return per_step[torch.cumsum(sizes, 0)[self.lengths - 1] + position]

    def pad(self, per_step: Tensor) -> Tensor:
        """Return the steps as (n_time_steps, n_sequences, ...), padded with zeros."""
        shape = (len(self.sizes), len(self))
        if self.equal_lengths:
            return per_step.unflatten(0, shape)
        padded = per_step.new_zeros(*shape, *per_step.shape[1:])
        return padded.index_put((self.time, self.sample), per_step)

    def unpad(self, padded: Tensor) -> Tensor:
        """Undo :meth:`pad`."""
        if self.equal_lengths:
            return padded.flatten(0, 1)
        return padded[self.time, self.sample]

    def with_steps(self, steps: Tensor) -> Packed:
        """Return a batch of the same layout with other steps."""
        other = copy.copy(self)  # with the cached properties, which depend on the layout alone
        other.steps = steps
        return other

    def layout(self) -> Packed:
        """Return the batch without its steps, to keep them out of memory."""
        return self.with_steps(self.steps.new_empty(0))

    def detach(self) -> Packed:
        """Return the batch cut off from the graph of autograd."""
        return self.with_steps(self.steps.detach())

    def running_mean(self, per_step: Tensor) -> Tensor:
        """Average (n_steps_in_all, ...) over the steps so far: (n_sequences, n_time_steps, ...).

        The result is NaN after the end of a sequence.
        """
        padded = self.pad(per_step)
        time = torch.arange(len(self.sizes), device=padded.device)
        mean = padded.cumsum(dim=0) / (time + 1).reshape(-1, *[1] * (padded.ndim - 1))
        ended = time[:, None] >= self.lengths
        mean[ended] = torch.nan
        return mean.transpose(0, 1)

    def repeat_interleave(self, repeats: int) -> Packed:
        """Return the batch with every sequence `repeats` times in a row."""
        copies = torch.arange(repeats, device=self.sample.device)
        return Packed(
            self.steps.repeat_interleave(repeats, dim=0),
            [size * repeats for size in self.sizes],
            (self.sample[:, None] * repeats + copies).reshape(-1),
            self.lengths.repeat_interleave(repeats),
        )
