"""Batches of sequences of different lengths without padding.

The steps of a batch lie time-major in one matrix: first the first step of every sequence, then
the second step of every sequence that has one, and so on, longest sequence first (the layout of
`torch.nn.utils.rnn.PackedSequence`). No padded step exists, so none can be counted in a goodness,
a statistic or a loss.
"""

from __future__ import annotations

import copy
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor

# Rows that are worked on together: enough for efficient matrix products, few enough to stay in the
# processor's cache from one operation to the next.
ROWS_IN_CACHE = 3000


class Block(NamedTuple):
    """Consecutive time steps of a packed batch: their rows, and how many belong to each step."""

    rows: slice
    sizes: list[int]


class Packed:
    """Sequences packed time-major, longest first.

    Parameters
    ----------
    steps : Tensor of shape (n_steps_in_all, n_channels)
        All steps, grouped by time.
    sizes : list of int
        How many sequences reach each time step; never increasing.
    sample : Tensor of shape (n_steps_in_all,)
        Which sequence each step belongs to.
    lengths : Tensor of shape (n_sequences,)
        Steps of each sequence, descending.
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
        """Whether all sequences are of one length, so that plain reshapes do."""
        return self.sizes[-1] == len(self)

    @cached_property
    def blocks(self) -> list[Block]:
        """The time steps in order, in blocks of at least `ROWS_IN_CACHE` rows but for the last."""
        blocks = []
        start = stop = first = 0
        for time, size in enumerate(self.sizes, start=1):
            stop += size
            if stop - start >= ROWS_IN_CACHE or time == len(self.sizes):
                blocks.append(Block(slice(start, stop), self.sizes[first:time]))
                start, first = stop, time
        return blocks

    def before(self, rows: slice) -> Tensor | slice:
        """Rows that come one time step before `rows`, none of which is in the first step."""
        if self.equal_lengths:
            return slice(rows.start - self.sizes[0], rows.stop - self.sizes[0])
        return self._before[rows]

    @cached_property
    def _before(self) -> Tensor:
        """For every row, the one a time step before; meaningless in the first step."""
        reach = torch.tensor([0, *self.sizes], device=self.sample.device)
        back = reach[:-1].repeat_interleave(reach[1:])
        return torch.arange(len(self.sample), device=self.sample.device) - back

    @cached_property
    def time(self) -> Tensor:
        """Time step that each row belongs to."""
        sizes = torch.tensor(self.sizes, device=self.sample.device)
        return torch.arange(len(sizes), device=sizes.device).repeat_interleave(sizes)

    def change(self, per_step: Tensor) -> Tensor:
        """Subtract from each step the one before; 0 in the first step of a sequence."""
        later = slice(self.sizes[0], len(per_step))
        change = torch.zeros_like(per_step)
        if later.start < later.stop:
            torch.sub(per_step[later], per_step[self.before(later)], out=change[later])
        return change

    def mean_over_steps(self, per_step: Tensor) -> Tensor:
        """Average (n_steps_in_all, ...) over the steps of each sequence: (n_sequences, ...)."""
        if self.equal_lengths:
            return self.pad(per_step).mean(dim=0)
        sums = per_step.new_zeros(len(self), *per_step.shape[1:])
        sums = sums.index_add(0, self.sample, per_step)
        lengths = self.lengths.to(per_step.dtype)
        return sums / lengths.reshape(-1, *[1] * (per_step.ndim - 1))

    def last_steps(self, per_step: Tensor) -> Tensor:
        """Pick the last step of each sequence: (n_sequences, ...)."""
        reach = torch.tensor([0, *self.sizes[:-1]], device=self.sample.device)
        position = torch.arange(len(self), device=self.sample.device)
        return per_step[torch.cumsum(reach, 0)[self.lengths - 1] + position]

    def pad(self, per_step: Tensor) -> Tensor:
        """Lay the steps out as (n_time_steps, n_sequences, ...), zero where a sequence ended."""
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
        """Return other steps of the same sequences."""
        other = copy.copy(self)  # which keeps what was derived from the lengths
        other.steps = steps
        return other

    def layout(self) -> Packed:
        """Return lengths and order alone, which keep no step in memory."""
        return self.with_steps(self.steps.new_empty(0))

    def detach(self) -> Packed:
        """Return the sequences without the gradient's way back."""
        return self.with_steps(self.steps.detach())

    def running_mean(self, per_step: Tensor) -> Tensor:
        """Average (n_steps_in_all, ...) over the steps so far: (n_sequences, n_time_steps, ...).

        NaN after the end of a sequence.
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
