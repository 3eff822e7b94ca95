"""The files of one git commit, each checked by the id of the commit.

The id of a commit is a hash of its text, which holds the hash of its folder, which holds those of
its folders and files: who knows the id can check every byte, wherever it comes from. (The hash is
SHA-1, of which people have made collisions, but no second text of a given hash.) An archive (zip,
tar) of a commit can't be checked so: it lacks the commit's text, ``export-ignore`` may leave
files out of it, and the host packs it anew from time to time, so that it has no checksum to rely
on. Hence git's own protocol, by dulwich, which takes no git program: one commit without its
history, in one request.
"""

from __future__ import annotations

import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from ._download import TIMEOUT

Files = Mapping[str, Callable[[], bytes]]  # what each path of a commit holds, read when called


@contextmanager
def commit_files(url: str, commit: str, folder: Path, *, n_retries: int) -> Iterator[Files]:
    """Give the files of a commit; what was downloaded for it is removed on leaving the context.

    Links and submodules are left out. A repository on this machine is read where it is.

    Parameters
    ----------
    url : str
        A repository that holds the commit: http, https or file.
    commit : str
        Its id, 40 hexadecimal digits.
    folder : Path
        Where to make the temporary folder.
    n_retries : int
        How often to try again if the download fails.

    Raises
    ------
    ImportError
        If dulwich is missing.
    ValueError
        If the scheme of the URL is another.
    OSError
        If the repository can't be reached or read, doesn't hold the commit, or if a part of the
        commit isn't what its id says; the latter also when a file is read.
    """
    with _repository(url, commit, folder, n_retries) as repository:
        read = partial(_checked, repository.object_store, f"commit {commit} of {url}")
        yield dict(_walk(read, read(commit.encode(), "the commit").tree, ""))


@contextmanager
def _repository(url: str, commit: str, folder: Path, n_retries: int) -> Iterator[Any]:
    """Give a repository that holds the commit, or a temporary copy of one."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https", "file"}:
        raise ValueError(f"url={url!r} must begin with http://, https:// or file://.")
    try:
        from dulwich.repo import Repo
    except ImportError as error:
        raise ImportError(
            "Fetching this data set takes dulwich: pip install sklearn-ffrnn[balabit]."
        ) from error
    if parts.scheme == "file":
        with _refusing(f"{url} can't be read as a git repository"):
            local = Repo(url2pathname(parts.path))
        with local:
            yield local
        return
    with (
        tempfile.TemporaryDirectory(prefix="download-", dir=folder) as temporary,
        Repo.init_bare(temporary) as copy,
    ):
        _download(url, commit, copy, n_retries)
        yield copy


def _download(url: str, commit: str, copy: Any, n_retries: int) -> None:
    """Download the commit without its history."""
    from dulwich.client import HttpGitClient

    def wants(refs: Any, depth: int | None = None) -> Any:
        return [commit.encode()]

    client = HttpGitClient(url, timeout=TIMEOUT)
    for attempt in range(1, n_retries + 2):
        try:
            client.fetch("", copy, determine_wants=wants, depth=1)
            return
        except Exception as error:
            # A broken connection ends in many an error: of sockets, urllib3, dulwich and zlib.
            if attempt > n_retries:
                raise OSError(
                    f"Downloading commit {commit} of {url} failed ({type(error).__name__}: "
                    f"{error}). Try again later, or give a clone on this machine as url "
                    "(file://...)."
                ) from error
            time.sleep(min(attempt, 10))


def _walk(read: Any, tree: bytes, path: str) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the path of each file of a folder, and a function that reads it."""
    for entry in read(tree, path or "the top folder").iteritems():
        name = path + entry.path.decode("utf-8", "surrogateescape")
        if stat.S_ISDIR(entry.mode):
            yield from _walk(read, entry.sha, f"{name}/")
        elif stat.S_ISREG(entry.mode):
            yield name, partial(_content, read, entry.sha, name)


def _content(read: Any, name: bytes, path: str) -> bytes:
    return bytes(read(name, path).data)


def _checked(store: Any, where: str, name: bytes, path: str) -> Any:
    """Return an object of git, whose name is the hash of what it holds."""
    from dulwich.objects import ShaFile

    with _refusing(f"{where} was refused: {path} is missing or not what the commit's id says"):
        found = store[name]
        # A repository may hold anything under a name, and not all versions of dulwich check it.
        if ShaFile.from_raw_string(found.type_num, found.as_raw_string()).id != name:
            raise ValueError("its hash differs")
    return found


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    """Raise an OSError for any error, for those of dulwich and zlib have no common base."""
    try:
        yield
    except Exception as error:
        raise OSError(
            f"{what} ({type(error).__name__}: {error}). Fetch again, or from another url."
        ) from error
