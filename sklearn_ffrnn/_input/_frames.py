"""From one long table to a list of sequences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ._trajectories import TRAJECTORY_COLUMNS


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
