"""Movements of the Balabit Mouse Dynamics Challenge from the web, once."""

from __future__ import annotations

import os
import warnings
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import get_data_home
from sklearn.utils import Bunch
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from ._balabit_sessions import (
    BALABIT_COMMIT,
    BALABIT_URL,
    BalabitRecords,
    read_balabit_files,
    session_logs,
)
from ._cache import cached, write_cache
from ._git_commit import commit_files
from ._split_movements import split_movements

_DESCR = """\
Balabit Mouse Dynamics Challenge
================================

{n} movements of {n_users} users, cut from {n_sessions} sessions ({n_training} of the training part,
{n_test} of the test part) at pauses of more than {max_gap:g} ms and at clicks; shorter ones than
{min_points} points are left out. All are from commit {commit}.

Á. Fülöp, L. Kovács, T. Kurics and E. Windhager-Pokol, "Balabit Mouse Dynamics Challenge data set",
2016, https://github.com/balabit/Mouse-Dynamics-Challenge. People at work, through remote desktops;
all movements are human.

:data: list of float arrays (n_points, 3): x and y in pixels and t in ms, counted from the first
    point, by the clock of the client.
:target, user: account that a movement was recorded under. In the test part somebody else may have
    used it: see is_illegal.
:session: name of its session.
:movement: number of the movement in its session, from 0.
:part: "training" or "test".
:is_illegal: 1 if the session was not the user's own, 0 if it was, -1 where the challenge didn't say
    (test sessions outside of public_labels.csv).

- The clocks of the users differ: about 16 ms for some, 110 ms for others
  (inspection.describe_recordings).
- In {n_backwards} session(s) the clock steps back; they are cut there.
- Split by user, not by movement or session, to score on people not seen in training.
"""


@validate_params(
    {
        "subset": [StrOptions({"training", "test", "all"})],
        "data_home": [str, os.PathLike, None],
        "download_if_missing": ["boolean"],
        "url": [str, None],
        "max_gap": [Interval(Real, 0, None, closed="right")],
        "min_points": [Interval(Integral, 2, None, closed="left")],
        "return_X_y": ["boolean"],
        "n_retries": [Interval(Integral, 0, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def fetch_balabit(
    *,
    subset: str = "all",
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    url: str | None = None,
    max_gap: float = 500.0,
    min_points: int = 5,
    return_X_y: bool = False,
    n_retries: int = 3,
) -> Any:
    """Load the movements of the Balabit Mouse Dynamics Challenge, downloading it if necessary.

    The 65 training and 1,611 test sessions of ten users are downloaded once, by git's protocol, and
    kept as one compressed file; later calls take no network. The id of the commit is a checksum of
    all files, and each file is checked by it. Sessions are cut into movements at pauses, at clicks
    and where the pointer has no position.

    The download takes dulwich: ``pip install sklearn-ffrnn[balabit]``.

    Parameters
    ----------
    subset : {"training", "test", "all"}, default="all"
        Which sessions.
    data_home : str or path-like, default=None
        Folder for the cache; by default that of :func:`sklearn.datasets.get_data_home`.
    download_if_missing : bool, default=True
        If False, raise an OSError if the data are not in the cache.
    url : str, default=None
        A git repository that holds the commit (http, https or file, the latter a clone on this
        machine). By default the challenge's own on GitHub. Whichever it is, the data are the same.
    max_gap, min_points : float, int
        Longest pause within a movement, in milliseconds, and fewest points of one, as
        :func:`split_movements` takes them.
    return_X_y : bool, default=False
        If True, return ``(data, target)`` instead of a Bunch.
    n_retries : int, default=3
        How often to try again, after some seconds, if the download fails.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, training sessions first, with the attributes:

        data : list of ndarray of shape (n_points, 3)
            x and y in pixels, t in milliseconds, from 0.
        target, user : ndarray of str of shape (n_movements,)
            Account that each was recorded under, such as "user7".
        session : ndarray of str of shape (n_movements,)
            Name of the session.
        movement : ndarray of int of shape (n_movements,)
            Number of the movement in its session.
        part : ndarray of str of shape (n_movements,)
            "training" or "test".
        is_illegal : ndarray of int of shape (n_movements,)
            The challenge's label: 1 if somebody else used the account, 0 if not, -1 if it wasn't
            published.
        DESCR : str
            What the data are.

    (data, target) : tuple
        If `return_X_y` is True.

    Raises
    ------
    ImportError
        If the data are not in the cache and dulwich is missing.
    OSError
        If the data are not in the cache and `download_if_missing` is False, if the download fails,
        or if a file is not what the id of the commit says.
    ValueError
        If `url` has another scheme.

    Warns
    -----
    UserWarning
        If a damaged cache file is made anew.

    See Also
    --------
    load_balabit_session : Reads one session.

    References
    ----------
    Á. Fülöp, L. Kovács, T. Kurics and E. Windhager-Pokol, "Balabit Mouse Dynamics Challenge data
    set", 2016, https://github.com/balabit/Mouse-Dynamics-Challenge

    Examples
    --------
    >>> from sklearn_ffrnn.datasets import fetch_balabit
    >>> balabit = fetch_balabit(subset="training")  # doctest: +SKIP
    >>> len(set(balabit.session)), len(set(balabit.user))  # doctest: +SKIP
    (65, 10)
    """
    folder = Path(get_data_home(data_home), f"balabit-{BALABIT_COMMIT[:12]}")
    path = folder / "balabit.npz"
    records = cached(path, BalabitRecords, rebuild=download_if_missing)
    if records is None:
        if not download_if_missing:
            raise OSError(
                f"The Balabit data set is not in the cache {folder} and download_if_missing is "
                "False; call once with download_if_missing=True."
            )
        folder.mkdir(parents=True, exist_ok=True)
        source = url or BALABIT_URL
        with commit_files(source, BALABIT_COMMIT, folder, n_retries=n_retries) as files:
            records = read_balabit_files(files)
        write_cache(path, records)
    return _bunch(records, subset, max_gap, min_points, return_X_y=return_X_y)


def _bunch(
    records: BalabitRecords, subset: str, max_gap: float, min_points: int, *, return_X_y: bool
) -> Any:
    logs = session_logs(records)
    chosen = np.flatnonzero((records.part == subset) | (subset == "all"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # short sessions have no rests
        data, found = split_movements(
            [logs[i] for i in chosen], max_gap=max_gap, min_points=min_points, return_origin=True
        )
    of = chosen[found["log"].to_numpy()]
    user = records.user[of]
    if return_X_y:
        return data, user
    parts = records.part[chosen]
    return Bunch(
        data=data,
        target=user,
        user=user,
        session=records.session[of],
        movement=found.groupby("log").cumcount().to_numpy(),
        part=records.part[of],
        is_illegal=records.is_illegal[of].astype(np.int64),
        DESCR=_DESCR.format(
            n=len(data),
            n_users=len(np.unique(user)),
            n_sessions=len(chosen),
            n_training=np.sum(parts == "training"),
            n_test=np.sum(parts == "test"),
            max_gap=max_gap,
            min_points=min_points,
            commit=BALABIT_COMMIT,
            n_backwards=sum(bool((np.diff(logs[i]["t"]) < 0).any()) for i in chosen),
        ),
    )
