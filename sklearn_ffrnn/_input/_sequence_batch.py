"""Rows that carry negatives through a pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd


class SequenceBatch:
    """Human rows that carry the synthetic negatives made from them through a pipeline.

    scikit-learn's Pipeline lets no step change the number of rows, so the batch stores negatives
    apart from the rows: slicing the batch keeps the negatives of the rows that are kept, and the
    classifiers append them inside ``fit``.

    Parameters
    ----------
    rows : list of ndarray of shape (n_points, n_channels) or ndarray of shape (n, T, n_channels)
        The rows that scikit-learn sees.
    negatives : same kind as `rows`
        Synthetic sequences, any number of them.
    source : array-like of int of shape (n_negatives,)
        Position in `rows` of the row that each negative was made from.
    human_label : int, str, bool or None, default=1
        Label of the rows if a classifier is fitted without y; None if not all rows are human, so
        that fitting needs y.
    negative_label : int, str or bool, default=0
        Label of the negatives.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_ffrnn import SequenceBatch
    >>> rows = [np.ones((4, 3)), np.zeros((5, 3)), np.ones((6, 3))]
    >>> batch = SequenceBatch(rows, negatives=rows[:2], source=[0, 2])
    >>> kept = batch[np.array([2, 1])]
    >>> len(kept), len(kept.negatives), kept.source
    (2, 1, array([0]))
    """

    def __init__(
        self,
        rows: Any,
        negatives: Any,
        source: Any,
        *,
        human_label: Any = 1,
        negative_label: Any = 0,
    ) -> None:
        # Rows are taken by position, whatever labels a Series gives them.
        rows, negatives = (r.tolist() if isinstance(r, pd.Series) else r for r in (rows, negatives))
        source = np.asarray(source).reshape(-1)
        if source.size and source.dtype.kind not in "iu":
            raise TypeError(
                f"source must hold positions in rows, whole numbers, but is of type {source.dtype}."
            )
        source = source.astype(np.intp)
        if len(source) != len(negatives):
            raise ValueError(
                f"source has {len(source)} entries for {len(negatives)} negatives; give one "
                "position in rows for each negative."
            )
        if len(source) and (source.min() < 0 or source.max() >= len(rows)):
            bad = int(np.flatnonzero((source < 0) | (source >= len(rows)))[0])
            raise ValueError(
                f"source[{bad}] is {source[bad]}, but there are {len(rows)} rows; give positions "
                f"between 0 and {len(rows) - 1}."
            )
        self.rows = rows
        self.negatives = negatives
        self.source = source
        self.human_label = human_label
        self.negative_label = negative_label

    def replace(self, rows: Any, negatives: Any) -> SequenceBatch:
        """Return a batch of other sequences, with the sources and labels of this one.

        Parameters
        ----------
        rows, negatives : same kinds as in the constructor
            What a transformer made of each row and of each negative, in order.

        Returns
        -------
        batch : SequenceBatch
            The new batch.

        Raises
        ------
        ValueError
            If the number of rows or of negatives differs.
        """
        if len(rows) != len(self):
            raise ValueError(f"rows has {len(rows)} entries for {len(self)} rows; keep them all.")
        return self._with(rows, negatives, self.source)

    def _with(self, rows: Any, negatives: Any, source: Any) -> SequenceBatch:
        labels = {"human_label": self.human_label, "negative_label": self.negative_label}
        return SequenceBatch(rows, negatives, source, **labels)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the rows: (n,) for a list, (n, T, n_channels) for an array."""
        return (len(self.rows), *getattr(self.rows, "shape", (0,))[1:])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple):  # scikit-learn writes X[key, ...]
            key = key[0]
        if isinstance(key, Integral):
            return self.rows[key]
        chosen = np.arange(len(self))[key]
        # A row that is drawn twice (bootstrap) brings its negatives twice.
        children = [np.flatnonzero(self.source == parent) for parent in chosen]
        negatives = np.concatenate([*children, np.empty(0, np.intp)]).astype(np.intp)
        return self._with(
            _take(self.rows, chosen),
            _take(self.negatives, negatives),
            np.repeat(np.arange(len(chosen)), [len(c) for c in children]),
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        rows = self.rows
        if not isinstance(rows, np.ndarray):
            rows = _object_array(rows)
        if copy is None:  # before version 2, numpy did not know None here
            return np.asarray(rows, dtype=dtype)
        return np.array(rows, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        return f"SequenceBatch(n_rows={len(self)}, n_negatives={len(self.negatives)})"


def _object_array(items: Sequence[Any]) -> np.ndarray:
    """Return a 1-D object array of `items`, whatever their shapes."""
    out = np.empty(len(items), dtype=object)
    out[:] = list(items) if len(items) else []
    return out


def _take(rows: Any, indices: np.ndarray) -> Any:
    """Return the rows at `indices`, as an array from an array and as a list from a list."""
    if isinstance(rows, np.ndarray):
        return rows[indices]
    return [rows[i] for i in indices]
