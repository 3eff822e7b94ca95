"""A long table in pieces, cut between its sequences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd


def whole_sequences(frames: Iterable[pd.DataFrame], *, id: str) -> Iterator[pd.DataFrame]:
    """Cut a stream of tables, a row a point, between sequences and not through them.

    A reader of a large file (``pyarrow.parquet.ParquetFile.iter_batches``,
    ``pandas.read_csv(chunksize=...)``) cuts wherever it has read enough rows. The points of the
    sequence that a table ends in are held back here until the last of them has come.

    Parameters
    ----------
    frames : iterable of DataFrame
        One row a point. The points of a sequence must follow one another.
    id : str
        Column that says which sequence a point belongs to.

    Yields
    ------
    frame : DataFrame
        The rows of one or more whole sequences, for :func:`~sklearn_ffrnn.sequences_from_frame`.

    Raises
    ------
    TypeError
        If a table is not a DataFrame.
    ValueError
        If the column is missing or holds missing values, or if a sequence goes on after another
        has begun. Only the table at hand and what is held back are looked at, so that memory does
        not grow.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_ffrnn.datasets import whole_sequences
    >>> log = pd.DataFrame({"who": list("aabbbc"), "x": range(6)})
    >>> pieces = (log[start : start + 3] for start in (0, 3))
    >>> [frame["who"].tolist() for frame in whole_sequences(pieces, id="who")]
    [['a', 'a'], ['b', 'b', 'b'], ['c']]
    """
    held: list[pd.DataFrame] = []  # pieces of the sequence that isn't known to be over
    for i, frame in enumerate(frames):
        _check(frame, id, f"frames[{i}]")
        if frame.empty:
            continue
        ids = frame[id].to_numpy()
        starts = np.append(0, np.flatnonzero(ids[1:] != ids[:-1]) + 1)
        goes_on = bool(held) and held[0][id].iloc[0] == ids[0]
        _check_contiguous([*(piece[id].iloc[0] for piece in held[:1]), *ids[starts[goes_on:]]], i)
        last = starts[-1]
        if last > 0 or not goes_on:
            done = [piece for piece in (*held, frame.iloc[:last]) if len(piece)]
            if done:
                yield pd.concat(done)
            held = []
        held.append(frame.iloc[last:])
    if held:
        yield pd.concat(held)


def _check(frame: pd.DataFrame, id: str, where: str) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(
            f"{where} must be a pandas DataFrame, got {type(frame).__name__}; convert it, for "
            "example by to_pandas()."
        )
    if id not in frame.columns:
        raise ValueError(
            f"{where} has no column {id!r}; its columns are {list(frame.columns)}. Name the one "
            "that says which sequence a point belongs to by id=."
        )
    missing = np.flatnonzero(frame[id].isna())
    if len(missing):
        raise ValueError(
            f"{where}[{id!r}] is missing in row {missing[0]}; drop such rows or give them an id."
        )


def _check_contiguous(ids: list[object], i: int) -> None:
    """Raise ValueError if one of the sequences, in the order in which they begin, begins again."""
    seen: set[object] = set()
    for one in ids:
        if one in seen:
            raise ValueError(
                f"frames[{i}]: sequence {one!r} goes on after another has begun; its points must "
                "follow one another. Sort the table by sequence first."
            )
        seen.add(one)
