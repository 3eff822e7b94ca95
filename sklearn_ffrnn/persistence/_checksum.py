"""A checksum of all that a file holds, in the comment at the end of a ZIP archive.

The file stays an archive that other tools read. The last field before the comment is its length,
two bytes, which are zero in the bytes that are summed.
"""

from __future__ import annotations

import hashlib

_PREFIX = b"sklearn_ffrnn sha256 "
_LENGTH = len(_PREFIX) + hashlib.sha256().digest_size * 2


def with_checksum(archive: bytes) -> bytes:
    """Return a ZIP archive without a comment with its checksum in the comment."""
    comment = _PREFIX + hashlib.sha256(archive).hexdigest().encode()
    return archive[:-2] + len(comment).to_bytes(2, "little") + comment


def without_checksum(data: bytes) -> bytes:
    """Return the archive before :func:`with_checksum`.

    Raises
    ------
    ValueError
        If there is no checksum, or it is of other bytes.
    """
    archive = data[: -_LENGTH - 2] + b"\0\0"
    if with_checksum(archive) != data:
        if data[-_LENGTH:].startswith(_PREFIX):
            raise ValueError("it is damaged: its checksum is that of other bytes")
        raise ValueError("it is no file that save wrote, or it is cut off")
    return archive
