"""The validation part: held out from training, for early stopping and calibration."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from ._data import TrainingData

# With fewer rows, early_stopping="auto" holds out none.
MIN_ROWS_TO_HOLD_OUT = 200
# If more than this share of the sequences have one length, they are not taken for copies.
COMMON_LENGTH = 0.05


def hold_out(
    data: TrainingData,
    early_stopping: bool | str,
    fraction: float,
    random_state: np.random.RandomState,
) -> np.ndarray:
    """Return a mask of the validation rows; no row if `early_stopping` says so."""
    counts = np.bincount(data.y)
    auto = early_stopping == "auto"
    enough = len(data.y) >= MIN_ROWS_TO_HOLD_OUT and counts.min() * fraction >= 2
    if enough if auto else early_stopping:
        try:
            return split_off(data, fraction, random_state)
        except ValueError:
            if not auto:
                raise
    return np.zeros(len(data.y), dtype=bool)


def split_off(
    data: TrainingData, fraction: float, random_state: np.random.RandomState
) -> np.ndarray:
    """Return a mask of about `fraction` of the rows: stratified, with no group on both sides.

    Without groups, rows that may be copies of each other stay on one side.

    Raises
    ------
    ValueError
        If no split has every class on both sides.
    """
    counts = np.bincount(data.y)
    rows = np.arange(len(data.y))
    known = _possible_copies(data.sequences.lengths) if data.groups is None else data.groups
    groups = rows if known is None else np.unique(known, return_inverse=True)[1]
    try:
        if known is None:
            parts = train_test_split(
                rows, test_size=fraction, stratify=data.y, random_state=random_state
            )
            splits = iter([parts])
        else:
            n_splits = min(round(1 / fraction), groups.max() + 1, counts.min())
            folds = StratifiedGroupKFold(max(2, n_splits), shuffle=True, random_state=random_state)
            splits = folds.split(rows, data.y, groups)
        for kept, held in splits:
            if all(len(np.unique(data.y[part])) == len(counts) for part in (kept, held)):
                return np.isin(rows, held)
        reason = "no split has every class on both sides"
    except ValueError as error:
        reason = str(error)
    raise ValueError(
        f"validation_fraction={fraction} of {len(rows)} samples in {groups.max() + 1} groups, "
        f"{counts.tolist()} of each class, can't be held out ({reason}). Set "
        "early_stopping=False, change validation_fraction, or give more samples or groups."
    )


def _possible_copies(lengths: np.ndarray) -> np.ndarray | None:
    """Return groups of sequences of equal length, or None if all lengths are common.

    A synthetic movement has the time stamps of its source, hence as many steps. A network trained
    on one of the two recognizes the other and gives it the wrong class: validation would rank
    worse than chance, and training would stop at once. A common length (sequences were cut, or all
    have one length) is no sign of a copy; each such sequence is a group of its own.
    """
    rows = np.arange(len(lengths))
    is_common = np.bincount(lengths)[lengths] > COMMON_LENGTH * len(lengths)
    return None if is_common.all() else np.where(is_common, -1 - rows, lengths)
