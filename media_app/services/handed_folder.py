"""Where files that people hand to the console wait until a worker has sent them.

HANDED_DIR is shared by web and workers. One file an upload, named by us; nobody's words are part of a path here.
"""

import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from media_app.services.import_folder import FileProblem

BLOCK: Final = 256 * 1024  # bytes of a piece held in memory at once
RESERVE: Final = 512 * 1024**2  # bytes that stay free for the database and everybody else


def create(public_id: UUID) -> None:
    """An empty copy; what is there already stays as it is."""
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(_path(public_id), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))


def size(public_id: UUID) -> int:
    """Bytes of the copy; 0 when there is none."""
    try:
        return _path(public_id).stat().st_size
    except FileNotFoundError:
        return 0


def write(public_id: UUID, offset: int, length: int, read: Callable[[int], bytes]) -> int:
    """Write `length` bytes at `offset`, block by block as `read` gives them; returns how many came and are on disk.

    Fewer came when the line was cut. Raises OSError (no room, no such copy).
    """
    came = 0
    copy = os.open(_path(public_id), os.O_RDWR | os.O_CLOEXEC)
    try:
        if length > room():
            raise OSError(errno.ENOSPC, "The disk's reserve is reached")
        while came < length and (block := read(min(BLOCK, length - came))):
            at = 0
            while at < len(block):
                at += os.pwrite(copy, block[at:] if at else block, offset + came + at)
            came += len(block)
        os.fdatasync(copy)
    finally:
        os.close(copy)
    return came


def open_copy(public_id: UUID) -> BinaryIO:
    """The copy, for reading. Raises FileProblem."""
    try:
        return os.fdopen(os.open(_path(public_id), os.O_RDONLY | os.O_CLOEXEC), "rb", buffering=0)
    except OSError as error:
        gone = _("The console no longer has its copy of the file. Choose the same file again to hand it over anew.")
        raise FileProblem(gone) from error


def forget(public_id: UUID) -> None:
    """Remove the copy, if there is one."""
    _path(public_id).unlink(missing_ok=True)


def room() -> int:
    """How many bytes may still come before the disk's reserve is touched."""
    place = _folder()
    while not place.exists():
        place = place.parent
    return max(0, shutil.disk_usage(place).free - RESERVE)


def older(seconds: float) -> Iterator[UUID]:
    """Copies nobody wrote to for that long."""
    if not _folder().is_dir():
        return
    for entry in list(os.scandir(_folder())):
        try:
            public_id = UUID(entry.name)
            if time.time() - entry.stat().st_mtime > seconds:
                yield public_id
        except (ValueError, FileNotFoundError):
            continue  # not ours, or gone meanwhile


def _folder() -> Path:
    return Path(settings.HANDED_DIR)


def _path(public_id: UUID) -> Path:
    return _folder() / public_id.hex
