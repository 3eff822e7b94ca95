"""One file from the web, by pooch, and never left half done."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pooch

TIMEOUT = 30.0  # seconds without an answer
_NAME = "archive"


@contextmanager
def downloaded(
    url: str, folder: Path, *, n_retries: int, known_hash: str | None = None
) -> Iterator[Path]:
    """Download `url` into a temporary folder in `folder` that is removed on leaving the context.

    Every call has a folder of its own, so downloads side by side do not meet. A file of this
    machine is used where it is.

    Raises
    ------
    ValueError
        If the scheme of the URL is not http, https or file.
    OSError
        If the server refuses, the connection breaks or the checksum differs, and still does after
        `n_retries` more attempts.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https", "file"}:
        raise ValueError(f"url={url!r} must begin with http://, https:// or file://.")
    if parts.scheme == "file":
        path = Path(url2pathname(parts.path))
        if known_hash and pooch.file_hash(str(path)) != known_hash.removeprefix("sha256:"):
            raise OSError(f"{path} does not have the SHA-256 checksum {known_hash}.")
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="download-", dir=folder) as temporary:
        store = pooch.create(
            temporary,
            base_url="",
            registry={_NAME: known_hash},
            urls={_NAME: url},
            retry_if_failed=n_retries,
        )
        yield Path(_fetch(store, url))


def _fetch(store: pooch.Pooch, url: str) -> str:
    try:
        return str(store.fetch(_NAME, downloader=pooch.HTTPDownloader(timeout=TIMEOUT)))
    except (OSError, ValueError) as error:  # of requests; of a checksum that differs
        raise OSError(f"Downloading {url} failed: {error}") from error
