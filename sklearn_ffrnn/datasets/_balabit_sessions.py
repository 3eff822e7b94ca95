"""The sessions of the Balabit Mouse Dynamics Challenge, from the files of its repository."""

from __future__ import annotations

import io
import re
import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd

from ._balabit import load_balabit_session
from ._git_commit import Files

BALABIT_URL = "https://github.com/balabit/Mouse-Dynamics-Challenge.git"
BALABIT_COMMIT = "50cc105164de159a204eb4121c52be729f3556aa"
UNKNOWN = -1  # label of a test session that the challenge kept to itself

_LABELS = "public_labels.csv"
_SESSION = re.compile(r"(?P<part>training|test)_files/(?P<user>user\d+)/(?P<session>session_\d+)")
_CLICKS = {"Pressed", "Released"}


class BalabitRecords(NamedTuple):
    """All sessions, one after the other, as arrays."""

    x: np.ndarray  # (n_events,) float32
    y: np.ndarray
    t: np.ndarray  # float64, ms
    click: np.ndarray  # bool
    offsets: np.ndarray  # (n_sessions + 1,) int64
    user: np.ndarray  # (n_sessions,) str
    session: np.ndarray
    part: np.ndarray  # "training" or "test"
    is_illegal: np.ndarray  # int8: 0, 1 or UNKNOWN


def read_balabit_files(files: Files) -> BalabitRecords:
    """Read all sessions among the files, in the order of part, user and name.

    Raises
    ------
    OSError
        If a file can't be read.
    ValueError
        If a session is malformed; the message names the file and the line.
    """
    sessions = [match for path in files if (match := _SESSION.fullmatch(path))]
    sessions.sort(key=lambda match: (match["part"] == "test", int(match["user"][4:]), match[0]))
    labels = pd.read_csv(io.BytesIO(files[_LABELS]()), index_col="filename")["is_illegal"]
    logs, found = [], []
    for match in sessions:
        stream = io.BytesIO(files[match[0]]())
        stream.name = match[0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of clocks that step back, which DESCR counts
            log = load_balabit_session(stream)
        logs.append(log)
        own = match["part"] == "training"
        is_illegal = 0 if own else labels.get(match["session"], UNKNOWN)
        found.append((match["user"], match["session"], match["part"], is_illegal))
    user, session, part, illegal = zip(*found, strict=True)
    return BalabitRecords(
        x=np.concatenate([log["x"].to_numpy(np.float32) for log in logs]),
        y=np.concatenate([log["y"].to_numpy(np.float32) for log in logs]),
        t=np.concatenate([log["t"].to_numpy(np.float64) for log in logs]),
        click=np.concatenate([log["state"].isin(_CLICKS).to_numpy() for log in logs]),
        offsets=np.cumsum([0, *map(len, logs)]).astype(np.int64),
        user=np.array(user),
        session=np.array(session),
        part=np.array(part),
        is_illegal=np.array(illegal, dtype=np.int8),
    )


def session_logs(records: BalabitRecords) -> list[pd.DataFrame]:
    """Return the sessions as tables with the columns x, y, t and state."""
    state = np.where(records.click, "Pressed", "Move")
    columns = {"x": records.x, "y": records.y, "t": records.t, "state": state}
    return [
        pd.DataFrame({name: values[a:b] for name, values in columns.items()})
        for a, b in zip(records.offsets[:-1], records.offsets[1:], strict=True)
    ]
