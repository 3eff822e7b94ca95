"""The study's files inside its zip archive, which is read in place and never unpacked to disk."""

from __future__ import annotations

import re
import stat
import zlib
from functools import partial
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from ._study_files import StudyFile
from ._study_sets import StudySet

MAX_MEMBERS = 500_000
MAX_UNPACKED = 4 * 2**30  # bytes; the study's archive unpacks to some hundred MB


def open_archive(path: str) -> ZipFile:
    """Open a downloaded zip archive and refuse it if it is broken or hostile.

    Raises
    ------
    OSError
        If it is not a whole zip archive, if a member's path leaves the archive's folder, if a data
        file is a link or encrypted, or if it would unpack to more than a set size.
    """
    try:
        archive = ZipFile(path)
    except BadZipFile as error:
        raise OSError(f"not a whole zip archive ({error})") from error
    try:
        _check_members(archive.infolist())
    except OSError:
        archive.close()
        raise
    return archive


def study_files(archive: ZipFile, study_set: StudySet) -> list[StudyFile]:
    """Return the files of one data set in the archive; none if it does not hold the data set."""
    folders: dict[str, list[ZipInfo]] = {}
    for member in archive.infolist():
        path = PurePosixPath(member.filename)
        if path.suffix == ".csv" and not path.name.startswith("."):
            folders.setdefault(f"/{path.parent}", []).append(member)
    # The shortest path first: a copy of a folder inside another must not win.
    for human in sorted(folders, key=len):
        synthetic = human.removesuffix(study_set.human) + study_set.synthetic
        if human.endswith(f"/{study_set.human}") and synthetic in folders:
            return [
                StudyFile(
                    PurePosixPath(member.filename).stem,
                    label,
                    f"{member.filename} in the archive",
                    partial(read_member, archive, member),
                )
                for label, folder in ((1, human), (0, synthetic))
                for member in folders[folder]
            ]
    return []


def read_member(archive: ZipFile, member: ZipInfo) -> bytes:
    """Return what a member holds; raise OSError if it is damaged."""
    try:
        return archive.read(member)
    except (BadZipFile, zlib.error, EOFError) as error:
        raise OSError(f"{member.filename} in the archive is damaged ({error})") from error


def check_data_file(member: ZipInfo) -> None:
    """Raise OSError if a member is not a file that can be read."""
    if stat.S_ISLNK(member.external_attr >> 16) or member.flag_bits & 1:
        raise OSError(f"{member.filename!r} in the archive is a link or encrypted, not a data file")


def _check_members(members: list[ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
        raise OSError(
            f"the archive unpacks to {sum(m.file_size for m in members)} bytes in {len(members)} "
            f"files; at most {MAX_UNPACKED} bytes in {MAX_MEMBERS} files are read"
        )
    for member in members:
        name = member.filename
        if (
            name.startswith("/")
            or "\\" in name
            or re.match("[A-Za-z]:", name)
            or ".." in name.split("/")
        ):
            raise OSError(f"the archive holds {name!r}, a path that leaves its folder")
        if name.endswith(".csv"):
            check_data_file(member)
