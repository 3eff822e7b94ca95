"""One file from the web, resumed where the connection broke and never left half done."""

from __future__ import annotations

import os
import re
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

CHUNK = 2**18
MAX_SIZE = 2 * 2**30  # bytes
TIMEOUT = 30.0  # seconds without an answer
_TRANSIENT = {408, 416, 425, 429, 500, 502, 503, 504}


@contextmanager
def downloaded(
    url: str, folder: Path, *, n_retries: int, delay: float, timeout: float = TIMEOUT
) -> Iterator[Path]:
    """Download `url` into a temporary file of `folder` that is removed on leaving the context.

    Every call has a file of its own, so downloads side by side do not meet. A broken connection is
    taken up where it broke if the server can do so for a file that has not changed (HTTP Range and
    If-Range), else from the start.

    Raises
    ------
    ValueError
        If the scheme of the URL is not http, https or file.
    OSError
        If the server refuses, or the connection still breaks after `n_retries` more attempts.
    """
    if urlsplit(url).scheme not in {"http", "https", "file"}:
        raise ValueError(f"url={url!r} must begin with http://, https:// or file://.")
    handle, name = tempfile.mkstemp(prefix="download-", suffix=".part", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as part:
            _receive_with_retries(_Transfer(url, part, timeout), n_retries, delay)
        yield path
    finally:
        path.unlink(missing_ok=True)


def _receive_with_retries(transfer: _Transfer, n_retries: int, delay: float) -> None:
    for remaining in range(n_retries, -1, -1):
        try:
            transfer.receive()
            return
        except HTTPError as error:
            error.close()
            if error.code not in _TRANSIENT or not remaining:
                raise OSError(
                    f"{transfer.url} answered: HTTP {error.code} {error.reason}"
                ) from None
            if error.code == 416:  # the part does not fit the file any more
                transfer.validator = None
            reason: Exception = error
        except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
            if not remaining:
                raise OSError(f"Downloading {transfer.url} failed: {error}") from error
            reason = error
        warnings.warn(f"Retrying the download of {transfer.url} ({reason})", stacklevel=2)
        time.sleep(delay)


class _Transfer:
    """How far a download has come, and what tells that the file on the server is still the same."""

    def __init__(self, url: str, part: IO[bytes], timeout: float) -> None:
        self.url = url
        self.part = part
        self.timeout = timeout
        self.validator: str | None = None

    def receive(self) -> None:
        request = Request(self.url)
        if self.validator and self.part.tell():
            request.add_header("Range", f"bytes={self.part.tell()}-")
            request.add_header("If-Range", self.validator)
        with urlopen(request, timeout=self.timeout) as response:
            size = self._begin(response)
            while chunk := response.read(CHUNK):
                self.part.write(chunk)
                if self.part.tell() > MAX_SIZE:
                    raise OSError(f"{self.url} is larger than {MAX_SIZE} bytes; it was not kept.")
        if size is not None and self.part.tell() != size:
            raise ConnectionError(f"broken off after {self.part.tell()} of {size} bytes")

    def _begin(self, response: Any) -> int | None:
        """Place the file for what comes and return the size it will have, if the server tells."""
        headers = response.headers
        if getattr(response, "status", None) == 206:
            start = re.match(r"bytes (\d+)-", headers.get("Content-Range", ""))
            if start is None or int(start[1]) != self.part.tell():
                self.validator = None
                raise ConnectionError("the server sent another part than asked for")
        else:
            self.part.seek(0)
            self.part.truncate()
            etag = headers.get("ETag", "")
            # A weak tag does not promise equal bytes.
            strong = etag if not etag.startswith("W/") else ""
            self.validator = strong or headers.get("Last-Modified")
        length = headers.get("Content-Length")
        return None if length is None else self.part.tell() + int(length)
