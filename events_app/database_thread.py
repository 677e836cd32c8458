"""A thread with its own database connection, so that the event loop never waits for the database."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection, connections

T = TypeVar("T")


class DatabaseThread:
    """Runs one piece of work at a time, always in the same thread and on the same connection."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, work: Callable[[], T]) -> T:
        """Do `work` in the thread, and once more on a new connection when the old one failed. Raises what it raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _connected, work)

    def close(self) -> None:
        """Give the connection back and let the thread end after the work it has."""
        self._pool.submit(connections.close_all)
        self._pool.shutdown(wait=False)


def _connected(work: Callable[[], T]) -> T:
    try:
        return work()
    except (OperationalError, InterfaceError):
        connection.close()  # also of a file: another may be in its place by now
        if connection.vendor == "sqlite":
            raise  # it has waited for the file's lock long enough
        return work()
