"""The server's import folder (IMPORT_DIR): what lies in it, and opening a file without ever leaving it.

Links are never followed: each part of a path is opened from the folder above it with O_NOFOLLOW, so that neither a
`..`, nor a link, nor a folder swapped for a link meanwhile leads outside.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from media_app.services.file_names import clean, may_be_media, title_of

MOST_FILES = 1000
DEEPEST = 8
LONGEST_PATH = 1000


class FileProblem(Exception):
    """A file of the folder cannot be sent; the sentence says why."""


@dataclass(frozen=True)
class Found:
    """One regular file. `path` is relative to the folder, with slashes; size in bytes."""

    path: str
    size: int
    modified_at: datetime
    fingerprint: str

    @property
    def name(self) -> str:
        """The file's own name."""
        return PurePosixPath(self.path).name

    @property
    def title(self) -> str:
        """The title it gets when nobody gives one."""
        return title_of(clean(self.name))

    @property
    def shown(self) -> str:
        """The path for people: nothing invisible in it."""
        return "/".join(clean(part) for part in PurePosixPath(self.path).parts)


def folder() -> Path:
    """Where the folder is; it need not exist."""
    return Path(settings.IMPORT_DIR)


def listing() -> list[Found] | None:
    """Media files in the folder, by path, at most MOST_FILES; None when there is no folder (or it cannot be read)."""
    try:
        top = os.open(folder(), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        found = []
        for file in _walk(top, "", DEEPEST):
            found.append(file)
            if len(found) == MOST_FILES:
                break
        return sorted(found, key=lambda file: file.path)
    finally:
        os.close(top)


def open_file(path: str) -> tuple[BinaryIO, Found]:
    """Open a file of the folder for reading, and say which file that is. Raises FileProblem."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\0" in path or len(path) > LONGEST_PATH:
        raise FileProblem(_("That path is not inside the import folder."))
    try:
        at = os.open(folder(), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise FileProblem(_("The import folder is not there.")) from error
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
            os.close(at)
            at = inner
        # O_NONBLOCK: opening a named pipe must not wait for a writer
        opened = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
    except OSError as error:
        raise FileProblem(_("The file is no longer in the import folder, or it cannot be read.")) from error
    finally:
        os.close(at)
    facts = os.fstat(opened)
    if not stat.S_ISREG(facts.st_mode):
        os.close(opened)
        raise FileProblem(_("That is not a regular file."))
    return os.fdopen(opened, "rb", buffering=0), _found(path, facts)


def fingerprint_of(file: BinaryIO) -> str:
    """The fingerprint an open file has now: another one means that it was written to."""
    return _fingerprint(os.fstat(file.fileno()))


def _walk(top: int, prefix: str, depth: int) -> Iterator[Found]:
    with os.scandir(top) as entries:
        names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
    for name in names:
        path = f"{prefix}{name}"
        try:
            facts = os.stat(name, dir_fd=top, follow_symlinks=False)
            if stat.S_ISDIR(facts.st_mode) and depth > 1:
                inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=top)
                try:
                    yield from _walk(inner, f"{path}/", depth - 1)
                finally:
                    os.close(inner)
        except OSError:
            continue  # went away, or is not ours to read
        if stat.S_ISREG(facts.st_mode) and may_be_media(name, "") and _is_text(path) and len(path) <= LONGEST_PATH:
            yield _found(path, facts)


def _is_text(path: str) -> bool:
    # a name that is not UTF-8 comes with lone surrogates, which no database takes
    return not any(c < " " or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in path)


def _found(path: str, facts: os.stat_result) -> Found:
    return Found(path, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC), _fingerprint(facts))


def _fingerprint(facts: os.stat_result) -> str:
    return f"{facts.st_ino:x}-{facts.st_size:x}-{facts.st_mtime_ns:x}"
