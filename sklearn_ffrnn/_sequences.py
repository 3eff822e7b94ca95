"""The forms in which sequences come in, and the two forms in which the package works on them.

Trajectories (x, y, t) become a list of float arrays, one a movement; sequences of any number of
channels become one flat array and their lengths. Every check on input that is not a plain
two-dimensional table stands in this file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import issparse

TRAJECTORY_COLUMNS = ("x", "y", "t")
STROKE_COLUMN = "stroke_id"
NAMED = 10  # trajectories at most in a message


class Ragged(NamedTuple):
    """Sequences of different lengths, one after another in a single array."""

    values: np.ndarray  # (total number of steps, n_channels)
    lengths: np.ndarray  # (n_sequences,), each at least 1

    def split(self) -> list[np.ndarray]:
        """Return the sequences as a list of views of shape (length, n_channels)."""
        return np.split(self.values, np.cumsum(self.lengths)[:-1])

    def select(self, rows: np.ndarray) -> Ragged:
        """Return the sequences where the boolean mask `rows` is true."""
        return Ragged(self.values[np.repeat(rows, self.lengths)], self.lengths[rows])

    def append(self, other: Ragged) -> Ragged:
        """Return these sequences followed by those of `other`."""
        return Ragged(*(np.concatenate(pair) for pair in zip(self, other, strict=True)))


class SequenceBatch:
    """Human rows that carry the synthetic negatives made from them through a pipeline.

    scikit-learn's Pipeline lets no step change the number of rows, so negatives travel beside the
    rows: slicing the batch keeps the negatives of the rows that are kept, and the classifiers
    append them inside ``fit``.

    Parameters
    ----------
    rows : list of ndarray of shape (n_points, n_channels) or ndarray of shape (n, T, n_channels)
        The rows that scikit-learn sees.
    negatives : same kind as `rows`
        Synthetic sequences, any number of them.
    source : array-like of int of shape (n_negatives,)
        Position in `rows` of the row that each negative was made from.
    negative_label : int or str, default=0
        Label that the classifiers give the negatives.

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

    def __init__(self, rows: Any, negatives: Any, source: Any, *, negative_label: Any = 0) -> None:
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
        self.negative_label = negative_label

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
        return SequenceBatch(
            take(self.rows, chosen),
            take(self.negatives, negatives),
            np.repeat(np.arange(len(chosen)), [len(c) for c in children]),
            negative_label=self.negative_label,
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        rows = self.rows
        if not isinstance(rows, np.ndarray):
            rows = object_array(rows)
        if copy is None:  # before version 2, numpy did not know None here
            return np.asarray(rows, dtype=dtype)
        return np.array(rows, dtype=dtype, copy=copy)

    def __repr__(self) -> str:
        return f"SequenceBatch(n_rows={len(self)}, n_negatives={len(self.negatives)})"


def object_array(items: Sequence[Any]) -> np.ndarray:
    """Return a 1-D object array of `items`, whatever their shapes."""
    out = np.empty(len(items), dtype=object)
    out[:] = list(items) if len(items) else []
    return out


def take(rows: Any, indices: np.ndarray) -> Any:
    """Return the rows at `indices`, as an array from an array and as a list from a list."""
    if isinstance(rows, np.ndarray):
        return rows[indices]
    return [rows[i] for i in indices]


def sequences_from_frame(
    df: pd.DataFrame,
    *,
    id: str,
    columns: Sequence[str] = TRAJECTORY_COLUMNS,
) -> list[np.ndarray]:
    """Turn one long table, a row a point, into a list of arrays, one a sequence.

    Parameters
    ----------
    df : DataFrame
        One row a point. The points of a sequence must stand in order, but sequences may be mixed.
    id : str
        Column that says which sequence a point belongs to.
    columns : sequence of str, default=("x", "y", "t")
        Columns to keep, in order.

    Returns
    -------
    sequences : list of ndarray of shape (n_points, len(columns))
        In the order in which the values of `id` first appear.

    Raises
    ------
    TypeError
        If `df` is not a DataFrame.
    ValueError
        If a column is missing, or `id` holds missing values.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_ffrnn import sequences_from_frame
    >>> log = pd.DataFrame({"who": ["a", "a", "b", "b"], "x": [0, 1, 5, 6], "y": [0, 0, 2, 3],
    ...                     "t": [0, 10, 0, 16]})
    >>> [s.shape for s in sequences_from_frame(log, id="who")]
    [(2, 3), (2, 3)]
    """
    if not isinstance(df, pd.DataFrame):
        raise TypeError(f"df must be a pandas DataFrame, got {type(df).__name__}.")
    missing = [c for c in (id, *columns) if c not in df.columns]
    if missing:
        raise ValueError(
            f"df has no column {missing}; its columns are {list(df.columns)}. "
            "Rename them, or name others by id= and columns=."
        )
    if df[id].isna().any():
        raise ValueError(
            f"df[{id!r}] is missing in row {int(np.flatnonzero(df[id].isna())[0])}; "
            "drop such rows or give them an id."
        )
    return [
        group.to_numpy(dtype=np.float64) for _, group in df.groupby(id, sort=False)[list(columns)]
    ]


def is_sequence_input(X: Any) -> bool:
    """Tell sequences (ragged or 3-D) from a plain 2-D table.

    Whatever is neither is called sequences too where :func:`check_sequences` says better than
    scikit-learn's check of tables what is wrong with it.
    """
    if isinstance(X, pd.DataFrame) or issparse(X):
        return False
    if X is None or isinstance(X, (SequenceBatch, str, bytes, dict, set, Iterator)):
        return True
    if not isinstance(X, (list, tuple, pd.Series)) and getattr(X, "ndim", None) != 1:
        return getattr(X, "ndim", None) == 3
    if isinstance(X, np.ndarray) and X.dtype != object:
        return False
    items = X.tolist() if isinstance(X, (pd.Series, np.ndarray)) else X
    return not len(items) or not _are_table_rows(items)


def _are_table_rows(items: Sequence[Any]) -> bool:
    """Tell a list of numbers, or of equally many numbers each, from a list of sequences."""
    dimensions = {
        1 + (len(item) > 0 and np.ndim(item[0]) > 0)
        if isinstance(item, (list, tuple))
        else np.ndim(item)
        for item in items
    }
    return dimensions == {0} or (dimensions == {1} and len({len(item) for item in items}) == 1)


def check_trajectories(
    X: Any, *, name: str = "X", first: int = 0, min_points: int = 2, allow_backwards: bool = False
) -> list[np.ndarray]:
    """Return `X` as a list of float64 arrays (n_points, 3), or 4 with a stroke_id column.

    Parameters
    ----------
    X : list, tuple, Series, object array or 3-D array padded with NaN rows
        Trajectories with columns x, y, t and, optionally, stroke_id; DataFrames by those names.
    name : str
        What the caller calls it, for the messages.
    first : int
        Position of the first trajectory, where X is a part of what the caller gave.
    min_points : int
        Fewest points that a trajectory may have.
    allow_backwards : bool
        Let time run backwards, for those who look into how it was recorded.

    Raises
    ------
    TypeError
        If `X` is not a collection of trajectories.
    ValueError
        If a trajectory is malformed; the message names it and says what to do.
    """
    items = _items(X, name, what="trajectories of shape (n_points, 3) with columns x, y, t")
    out = [
        _check_trajectory(
            item, f"{name}[{i}]", min_points=min_points, allow_backwards=allow_backwards
        )
        for i, item in enumerate(items, start=first)
    ]
    _check_same_channels(out, name, what="columns")
    return out


def check_sequences(X: Any, *, name: str = "X", dtype: Any = np.float32) -> Ragged:
    """Return sequences of any number of channels as one flat array and their lengths.

    Parameters
    ----------
    X : list, tuple, Series, object array or 3-D array padded with NaN rows
        Sequences of shape (n_steps, n_channels).
    name : str
        What the caller calls it, for the messages.
    dtype : numpy dtype
        Type of the values returned.

    Raises
    ------
    TypeError
        If `X` is not a collection of sequences.
    ValueError
        If a sequence is malformed; the message names it and says what to do.
    """
    items = _items(X, name, what="sequences of shape (n_steps, n_channels)")
    if isinstance(items, np.ndarray):
        return _flatten_padded(items, name, dtype)
    arrays = []
    for i, item in enumerate(items):
        where = f"{name}[{i}]"
        array = _numeric(item, where)
        if array.ndim != 2:
            raise ValueError(
                f"{where} has {array.ndim} dimension(s); a sequence has two, "
                "(n_steps, n_channels). Reshape one channel with a[:, None]."
            )
        if len(array) == 0 or array.shape[1] == 0:
            raise ValueError(f"{where} is empty (shape {array.shape}); drop it, and its label.")
        arrays.append(array)
    _check_same_channels(arrays, name, what="channels")
    lengths = np.array([len(a) for a in arrays], dtype=np.int64)
    with np.errstate(over="ignore"):  # what overflows is reported as infinity below
        flat = Ragged(np.concatenate(arrays).astype(dtype, copy=False), lengths)
    _check_finite(flat, name)
    return flat


def pad(arrays: Sequence[np.ndarray], length: int | None = None) -> np.ndarray:
    """Stack arrays (T_i, C) into (n, T, C) float32 with trailing NaN rows; longer ones are cut."""
    n_channels = arrays[0].shape[1] if len(arrays) else 0
    if length is None:
        length = max((len(a) for a in arrays), default=0)
    out = np.full((len(arrays), length, n_channels), np.nan, dtype=np.float32)
    for row, array in zip(out, arrays, strict=True):
        row[: len(array)] = array[:length]
    return out


def _items(X: Any, name: str, *, what: str) -> Any:
    """Return a list of items, or the float 3-D array itself."""
    if isinstance(X, pd.DataFrame):
        raise TypeError(
            f"{name} is one long DataFrame; turn it into {what} first: "
            "sequences_from_frame(df, id=...)."
        )
    if isinstance(X, SequenceBatch):
        X = X.rows
    if isinstance(X, pd.Series):
        X = X.tolist()
    if not isinstance(X, (list, tuple, np.ndarray)):
        if not hasattr(X, "__array__"):
            raise TypeError(f"{name} must be a list of {what}, got {type(X).__name__}.")
        X = np.asarray(X)
    if len(X) == 0:
        raise ValueError(f"{name} is empty (0 sample(s)); give at least 1 of the {what}.")
    if isinstance(X, np.ndarray) and X.ndim != 1:
        if X.ndim == 2:
            raise ValueError(
                f"{name} is a single 2-D array of shape {X.shape}; expected a list of {what}. "
                f"Wrap one of them in a list: [{name}]."
            )
        if X.ndim != 3:
            raise ValueError(f"{name} has {X.ndim} dimensions; expected a list of {what}.")
        return _numeric(X, name)
    return list(X)


def _numeric(item: Any, where: str) -> np.ndarray:
    """Return `item` as a real numeric array."""
    if item is None or isinstance(item, (str, bytes, dict, set)):
        raise TypeError(
            f"{where} is a {type(item).__name__}; expected an array of numbers. Drop it, and its "
            "label."
        )
    try:
        array = np.asarray(item)
        if array.dtype.kind == "c":
            raise ValueError("Complex data not supported")
        if array.dtype.kind in "SU":
            raise ValueError("it holds strings; convert them by astype(float) if they are numbers")
        if array.dtype.kind not in "fiub":
            array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{where} cannot be read as an array of real numbers ({error}); every row needs the "
            "same number of numeric columns."
        ) from error
    return array


def _check_trajectory(
    item: Any, where: str, *, min_points: int, allow_backwards: bool
) -> np.ndarray:
    if isinstance(item, pd.DataFrame):
        missing = [c for c in TRAJECTORY_COLUMNS if c not in item.columns]
        if missing:
            raise ValueError(
                f"{where} is a DataFrame without column {missing}; it has {list(item.columns)}. "
                "Rename its columns to x, y, t."
            )
        twice = item.columns[item.columns.duplicated()].tolist()
        if twice:
            raise ValueError(
                f"{where} is a DataFrame with column {twice} twice; rename or drop one."
            )
        strokes = [STROKE_COLUMN] if STROKE_COLUMN in item.columns else []
        item = item[[*TRAJECTORY_COLUMNS, *strokes]]
    array = _numeric(item, where).astype(np.float64, copy=False)
    if array.ndim != 2:
        raise ValueError(
            f"{where} has {array.ndim} dimension(s); a trajectory has two, (n_points, 3) with "
            "columns x, y, t."
        )
    if array.shape[1] not in (3, 4):
        if array.shape[0] in (3, 4):
            raise ValueError(
                f"{where} has shape {array.shape}, which looks like (channels, time); a "
                "trajectory is (n_points, 3) with columns x, y, t. Transpose it with a.T."
            )
        raise ValueError(
            f"{where} has {array.shape[1]} columns; a trajectory has 3 (x, y, t), or 4 with "
            "stroke_id last. Select the columns in that order."
        )
    array = array[: _valid_length(array)]
    if len(array) < min_points:
        raise ValueError(
            f"{where} has {len(array)} point(s); a trajectory needs at least {min_points}. "
            "Drop it, and its label."
        )
    if not np.isfinite(array).all():
        row = int(np.flatnonzero(~np.isfinite(array).all(axis=1))[0])
        kind = "NaN" if np.isnan(array[row]).any() else "an infinite value"
        raise ValueError(
            f"{where} holds {kind} at point {row}; drop or interpolate such points. "
            "Only trailing all-NaN rows are taken as padding."
        )
    backwards = np.flatnonzero(np.diff(array[:, 2]) < 0)
    if len(backwards) and not allow_backwards:
        j = int(backwards[0])
        raise ValueError(
            f"{where}: time goes backwards from {array[j, 2]:g} to {array[j + 1, 2]:g} at point "
            f"{j + 1}; sort the points by t, or check that the columns are in the order x, y, t."
        )
    return array


def _valid_length(array: np.ndarray) -> int:
    """Return the number of rows before the trailing all-NaN ones."""
    filled = np.flatnonzero(~np.isnan(array).all(axis=-1))
    return int(filled[-1]) + 1 if len(filled) else 0


def _check_same_channels(arrays: Sequence[np.ndarray], name: str, *, what: str) -> None:
    channels = np.array([a.shape[1] for a in arrays])
    odd = np.flatnonzero(channels != channels[0])
    if len(odd):
        i = int(odd[0])
        message = (
            f"{name}[{i}] has {channels[i]} {what} where {name}[0] has {channels[0]}; all must "
            "have the same."
        )
        if what == "channels" and len({a.shape[0] for a in arrays}) == 1:
            message += " The first axes agree: is this (channels, time)? Then transpose with a.T."
        raise ValueError(message)


def _flatten_padded(X: np.ndarray, name: str, dtype: Any) -> Ragged:
    if 0 in X.shape:
        raise ValueError(f"{name} is empty (shape {X.shape}); give at least one step and channel.")
    filled = ~np.isnan(X).all(axis=2)
    lengths = np.where(filled.any(axis=1), X.shape[1] - np.argmax(filled[:, ::-1], axis=1), 0)
    if not lengths.all():
        i = int(np.flatnonzero(lengths == 0)[0])
        raise ValueError(f"{name}[{i}] is NaN throughout; drop it, and its label.")
    steps = np.arange(X.shape[1]) < lengths[:, None]
    with np.errstate(over="ignore"):  # what overflows is reported as infinity below
        flat = Ragged(X[steps].astype(dtype, copy=False), lengths.astype(np.int64))
    _check_finite(flat, name)
    return flat


def _check_finite(flat: Ragged, name: str) -> None:
    bad = np.flatnonzero(~np.isfinite(flat.values).all(axis=1))
    if not len(bad):
        return
    ends = np.cumsum(flat.lengths)
    i = int(np.searchsorted(ends, bad[0], side="right"))
    step = int(bad[0] - (ends[i] - flat.lengths[i]))
    value = "NaN" if np.isnan(flat.values[bad[0]]).any() else "infinity"
    raise ValueError(
        f"Input {name} contains {value}: {name}[{i}] at step {step}. Drop or interpolate it; only "
        "trailing all-NaN rows of a 3-D array are taken as padding. A value too large for "
        f"{flat.values.dtype} counts as infinity."
    )
