"""The Balabit Mouse Dynamics Challenge as an archive of its repository."""

from __future__ import annotations

import io
import re
import warnings
from typing import NamedTuple
from zipfile import ZipFile

import numpy as np
import pandas as pd

from ._archive import check_data_file, read_member
from ._balabit import load_balabit_session

BALABIT_COMMIT = "50cc105164de159a204eb4121c52be729f3556aa"
BALABIT_URL = f"https://github.com/balabit/Mouse-Dynamics-Challenge/archive/{BALABIT_COMMIT}.zip"
COUNTS = {"training": 65, "test": 1611}  # sessions at BALABIT_COMMIT
UNKNOWN = -1  # label of a test session that the challenge kept to itself

_SESSION = re.compile(
    r"(?:.*/)?(?P<part>training|test)_files/(?P<user>user\d+)/(?P<session>session_\d+)"
)
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


def read_balabit_archive(archive: ZipFile) -> BalabitRecords:
    """Read all sessions of the archive, in the order of part, user and name.

    Raises
    ------
    OSError
        If there are none, or if one is damaged, a link or encrypted.
    ValueError
        If a session is malformed; the message names the file and the line.
    """
    members = {
        (match["part"] != "training", int(match["user"][4:]), match["session"]): (match, member)
        for member in archive.infolist()
        if (match := _SESSION.fullmatch(member.filename))
    }
    if not members:
        raise OSError("it holds no sessions: neither training_files/ nor test_files/")
    labels = _public_labels(archive)
    logs, found = [], []
    for _, (match, member) in sorted(members.items(), key=lambda item: item[0]):
        check_data_file(member)
        stream = io.BytesIO(read_member(archive, member))
        stream.name = member.filename
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of clocks that step back, which DESCR counts
            log = load_balabit_session(stream)
        logs.append(log)
        legal = 0 if match["part"] == "training" else labels.get(match["session"], UNKNOWN)
        found.append((match["user"], match["session"], match["part"], legal))
    user, session, part, is_illegal = zip(*found, strict=True)
    return BalabitRecords(
        x=np.concatenate([log["x"].to_numpy(np.float32) for log in logs]),
        y=np.concatenate([log["y"].to_numpy(np.float32) for log in logs]),
        t=np.concatenate([log["t"].to_numpy(np.float64) for log in logs]),
        click=np.concatenate([log["state"].isin(_CLICKS).to_numpy() for log in logs]),
        offsets=np.cumsum([0, *map(len, logs)]).astype(np.int64),
        user=np.array(user),
        session=np.array(session),
        part=np.array(part),
        is_illegal=np.array(is_illegal, dtype=np.int8),
    )


def session_logs(records: BalabitRecords) -> list[pd.DataFrame]:
    """Return the sessions as tables with the columns x, y, t and state."""
    state = np.where(records.click, "Pressed", "Move")
    columns = {"x": records.x, "y": records.y, "t": records.t, "state": state}
    return [
        pd.DataFrame({name: values[a:b] for name, values in columns.items()})
        for a, b in zip(records.offsets[:-1], records.offsets[1:], strict=True)
    ]


def _public_labels(archive: ZipFile) -> dict[str, int]:
    """Return whether each public test session is illegal, by its name."""
    for member in archive.infolist():
        if member.filename.rpartition("/")[2] == "public_labels.csv":
            table = pd.read_csv(io.BytesIO(read_member(archive, member)))
            if list(table.columns) != ["filename", "is_illegal"]:
                raise ValueError(
                    f"{member.filename} in the archive: the columns are {list(table.columns)}, not "
                    "filename and is_illegal."
                )
            return dict(zip(table["filename"], table["is_illegal"].astype(int), strict=True))
    return {}
