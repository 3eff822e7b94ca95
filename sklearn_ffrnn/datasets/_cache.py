"""A data set of the study as one npz file that carries its own checksum."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zlib
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from ._study_files import StudyRecords


class DamagedCacheError(OSError):
    """The cache file is not what was written."""


def write_cache(path: Path, records: StudyRecords) -> None:
    """Write the records, so that whoever looks sees the whole file or none."""
    arrays = records._asdict()
    handle, temporary = tempfile.mkstemp(prefix=f"{path.stem}-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, **arrays, sha256=np.array(_sha256(arrays)))
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_cache(path: Path) -> StudyRecords:
    """Read the records.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    DamagedCacheError
        If the file cannot be read, or its checksum differs from the one that it carries.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {field: stored[field] for field in StudyRecords._fields}
            expected = str(stored["sha256"])
    except FileNotFoundError:
        raise
    except (OSError, EOFError, ValueError, KeyError, BadZipFile, zlib.error) as error:
        raise DamagedCacheError(f"{path} cannot be read ({error})") from error
    if _sha256(arrays) != expected:
        raise DamagedCacheError(f"{path} does not have the SHA-256 checksum that it carries")
    return StudyRecords(**arrays)


def _sha256(arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for field in sorted(arrays):
        array = np.ascontiguousarray(arrays[field])
        digest.update(f"{field} {array.dtype.str} {array.shape}".encode())
        digest.update(array.data.cast("B") if array.size else b"")
    return digest.hexdigest()
