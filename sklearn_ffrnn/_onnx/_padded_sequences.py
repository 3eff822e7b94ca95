"""Padded sequences in a graph."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from spox import Var

from ._operators import arange, axis, constant, div, equal, less, op, size, sub


class PaddedSequences(NamedTuple):
    """A batch of sequences, time-major as ONNX's recurrent operators want it."""

    steps: Var  # (n_time_steps, n_sequences, n_channels)
    lengths: Var  # (n_sequences,), int64

    @classmethod
    def of_batch(cls, steps: Var, lengths: Var) -> PaddedSequences:
        """Return the sequences of (n, T, C) `steps`; what stands after their ends is not read."""
        by_time = op.transpose(steps, perm=[1, 0, 2])
        sequences = cls(by_time, lengths)
        return sequences._replace(steps=sequences.blank(by_time))

    def blank(self, per_step: Var, *, all_but_last: bool = False) -> Var:
        """Return (T, n, k) values with 0 after the end of a sequence, or but for its last step."""
        time = op.unsqueeze(arange(size(self.steps, 0)), axis(1))
        if all_but_last:
            kept = equal(time, sub(self.lengths, 1))
        else:
            kept = less(time, self.lengths)
        zero = op.cast_like(constant(0.0), per_step)
        return op.where(op.unsqueeze(kept, axis(2)), per_step, zero)

    def mean_over_steps(self, per_step: Var) -> Var:
        """Average (T, n, k) values over the steps of each sequence: (n, k)."""
        total = op.reduce_sum(self.blank(per_step), axis(0), keepdims=0)
        return div(total, op.cast_like(op.unsqueeze(self.lengths, axis(1)), per_step))

    def last_steps(self, per_step: Var) -> Var:
        """Pick the last step of each sequence: (n, k)."""
        last = self.blank(per_step, all_but_last=True)
        return op.reduce_sum(last, axis(0), keepdims=0)

    def for_every_label(self, n_classes: int) -> PaddedSequences:
        """Return every sequence `n_classes` times in a row, with one label after the other."""
        copies = op.tile(op.unsqueeze(self.steps, axis(2)), axis(1, 1, n_classes, 1))
        codes = constant(np.eye(n_classes, dtype=np.float32))
        shape = op.concat([op.shape(self.steps, end=2), axis(n_classes, n_classes)], axis=0)
        labelled = op.concat([copies, op.expand(codes, shape)], axis=3)
        n_channels = op.shape(labelled, start=3)
        lengths = op.tile(op.unsqueeze(self.lengths, axis(1)), axis(1, n_classes))
        return PaddedSequences(
            op.reshape(labelled, op.concat([axis(0, -1), n_channels], axis=0)),
            op.reshape(lengths, axis(-1)),
        )
