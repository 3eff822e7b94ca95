"""A checksum of all that a file holds, in the comment at the end of a ZIP archive.

The file stays an archive that other tools read. The last field before the comment is its length,
two bytes; they are set to zero to compute the checksum.
"""

from __future__ import annotations

import hashlib

_PREFIX = b"sklearn_ffrnn sha256 "
_LENGTH = len(_PREFIX) + hashlib.sha256().digest_size * 2


def with_checksum(archive: bytes) -> bytes:
    """Add to a ZIP archive without a comment its checksum as the comment."""
    comment = _PREFIX + hashlib.sha256(archive).hexdigest().encode()
    return archive[:-2] + len(comment).to_bytes(2, "little") + comment


def without_checksum(data: bytes) -> bytes:
    """Verify and remove the checksum that :func:`with_checksum` added.

    Raises
    ------
    ValueError
        If there is no checksum, or it does not match.
    """
    archive = data[: -_LENGTH - 2] + b"\0\0"
    if with_checksum(archive) != data:
        if data[-_LENGTH:].startswith(_PREFIX):
            raise ValueError("it is damaged: its checksum does not match")
        raise ValueError("save did not write it, or it is cut off")
    return archive
