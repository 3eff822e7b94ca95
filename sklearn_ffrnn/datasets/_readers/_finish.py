"""The checks that every reader ends with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..._input import at_sentinel
from ._problems import Malformed, warn_caller
from ._protocol import COLUMNS

_SMALLEST = 2**15 - 1  # sentinel


def finish_log(
    columns: Mapping[str, Any], malformed: Malformed, *, on_error: str, sort_time: bool
) -> pd.DataFrame:
    """Return the points that a reader has found as a checked table.

    Parameters
    ----------
    columns : mapping of str to array-like or scalar
        Those of :data:`~sklearn_ffrnn.datasets._readers._protocol.COLUMNS` that are known; None
        stands for one that isn't.
    malformed : Malformed
        The rows that could not be read. Their number becomes ``attrs["n_malformed"]``.

    Raises
    ------
    ValueError
        If rows were malformed and that is to be raised, or if there are no points.
    """
    malformed.report(on_error)
    known = {name: columns[name] for name in COLUMNS if columns.get(name) is not None}
    log = pd.DataFrame(known, index=pd.RangeIndex(len(columns["t"])), copy=False)
    if log.empty:
        raise ValueError(f"{malformed.where} holds no points.")
    for name in ("state", "button", "person", "device"):
        if name in log.columns:
            log[name] = log[name].astype("category")
    nowhere = log["x"].isna().to_numpy() | log["y"].isna().to_numpy()
    if max(max(log[axis].max(), -log[axis].min()) for axis in ("x", "y")) >= _SMALLEST:
        nowhere |= at_sentinel(log[["x", "y"]].to_numpy())
    if nowhere.any():
        log.loc[nowhere, ["x", "y"]] = np.nan
    log = order_time(log, malformed.where, sort_time=sort_time)
    log.attrs["n_malformed"] = malformed.count
    return log


def order_time(log: pd.DataFrame, where: str, *, sort_time: bool) -> pd.DataFrame:
    """Report where time steps back within a movement, or sort each movement by time."""
    t = log["t"].to_numpy()
    if "movement" in log.columns:
        movement = pd.factorize(log["movement"])[0]
        order = np.argsort(movement, kind="stable")
        t, movement = t[order], movement[order]
        back = (np.diff(t) < 0) & (np.diff(movement) == 0)
    else:
        order, movement = np.arange(len(t)), np.zeros(len(t), dtype=np.int8)
        back = np.diff(t) < 0
    if not back.any():
        return log
    if sort_time:
        # Stable: points of one time stamp keep their order. Each movement keeps its own rows.
        within = np.lexsort((t, movement))
        places = np.empty(len(log), dtype=np.intp)
        places[order] = order[within]
        return log.iloc[places].reset_index(drop=True)
    j = int(np.flatnonzero(back)[0])
    warn_caller(
        f"{where}: time steps back {int(back.sum())} time(s), first from {t[j]:g} to "
        f"{t[j + 1]:g} ms at point {int(order[j + 1])}. Nothing was moved: split_movements cuts "
        "there, and sort_time=True sorts by time."
    )
    return log
