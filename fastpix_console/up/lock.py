"""One supervisor per data folder."""

import fcntl
import os
from pathlib import Path


class AlreadyRunning(Exception):
    """Another supervisor holds this data folder; `pid` is its process id, or "unknown"."""

    def __init__(self, pid: str) -> None:
        super().__init__(f"already running on this data (pid {pid}); stop it first")


def take(file: Path) -> int:
    """Lock `file` for the life of this process and write our pid into it; returns the descriptor to keep open.

    Raises AlreadyRunning. The file is never deleted: a second one of the same name would carry a second lock.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode(errors="replace").strip()
        os.close(descriptor)
        raise AlreadyRunning(holder or "unknown") from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor
