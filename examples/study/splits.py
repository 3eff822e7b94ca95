"""The two protocols: the training part and the test part of a run."""

from typing import NamedTuple

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, train_test_split


class Split(NamedTuple):
    """Training rows, a part of which is held out for validation, and test rows.

    Training rows of one group in `groups` stay together when that part is held out.
    """

    train: np.ndarray
    test: np.ndarray
    groups: np.ndarray | None


def split_by_sample(y, writer, run):
    """The study's protocol: 20 % of the samples at random, with a seed of its own in each run."""
    train, test = train_test_split(np.arange(len(y)), test_size=0.2, stratify=y, random_state=run)
    return Split(train, test, None)


def split_by_writer(y, writer, run):
    """Our protocol: a fifth of the writers; five runs test each writer once."""
    n_folds = min(5, len(np.unique(writer)))
    lap, fold = divmod(run, n_folds)
    folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=lap)
    train, test = list(folds.split(y, y, writer))[fold]
    return Split(train, test, writer[train])


PROTOCOLS = {"study": split_by_sample, "grouped": split_by_writer}
