"""A data set as one npz file that carries its own checksum."""

from __future__ import annotations

import hashlib
import os
import tempfile
import warnings
import zlib
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
from sklearn.datasets import get_data_home

# A NamedTuple of arrays.
Records = TypeVar("Records", bound=tuple[Any, ...])


class DamagedCacheError(OSError):
    """The cache file is not what was written."""


def cache_folder(name: str, url: str, data_home: str | os.PathLike[str] | None) -> Path:
    """Return the folder in which what `url` holds is kept: each URL has one of its own."""
    digest = hashlib.sha256(url.encode()).hexdigest()[:12]
    return Path(get_data_home(data_home), f"{name}-{digest}")


def cached(path: Path, kind: type[Records], *, rebuild: bool) -> Records | None:
    """Return the records that are kept, or None if there are none that can be used.

    Raises
    ------
    OSError
        If the file is damaged and may not be made anew (`rebuild` is False).
    """
    try:
        return read_cache(path, kind)
    except FileNotFoundError:
        return None
    except DamagedCacheError as error:
        if not rebuild:
            raise OSError(
                f"The cache is damaged: {error}. Call with download_if_missing=True to make it "
                "anew."
            ) from error
        warnings.warn(f"The cache is damaged and will be made anew: {error}", stacklevel=4)
        return None


def write_cache(path: Path, records: Any) -> None:
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


def read_cache(path: Path, kind: type[Records]) -> Records:
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
            fields = kind._fields  # type: ignore[attr-defined]  # NamedTuples have no common base
            arrays = {field: stored[field] for field in fields}
            expected = str(stored["sha256"])
    except FileNotFoundError:
        raise
    except (OSError, EOFError, ValueError, KeyError, BadZipFile, zlib.error) as error:
        raise DamagedCacheError(f"{path} cannot be read ({error})") from error
    if _sha256(arrays) != expected:
        raise DamagedCacheError(f"{path} does not have the SHA-256 checksum that it carries")
    return kind(**arrays)


def _sha256(arrays: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for field in sorted(arrays):
        array = np.ascontiguousarray(arrays[field])
        digest.update(f"{field} {array.dtype.str} {array.shape}".encode())
        digest.update(array.data.cast("B") if array.size else b"")
    return digest.hexdigest()
