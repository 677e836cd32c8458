"""Wakes the worker that projects events. The rows are the queue; a wake-up that is lost only costs time."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from kombu.exceptions import OperationalError

from events_app.tasks import project_waiting

log = logging.getLogger(__name__)

_APART: Final = 0.05  # seconds between two rounds: commits of a busy intake share a wake-up


class Alarm:
    """Rings once per commit at most, in a thread of its own: the broker may be slow or away."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="alarm")
        self._due: set[int] = set()
        self._ringing: asyncio.Task[None] | None = None
        self._failing = False

    def ring(self, workspace_ids: set[int]) -> None:
        """Say that these workspaces have events waiting. Returns at once, raises nothing."""
        self._due |= workspace_ids
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.get_running_loop().create_task(self._ring())

    def close(self) -> None:
        """Ring what is still due, and let the thread end."""
        if self._ringing:
            self._ringing.cancel()
        if self._due:
            self._pool.submit(self._wake, self._due)
        self._pool.shutdown(wait=False)

    async def _ring(self) -> None:
        while self._due:
            due, self._due = self._due, set()
            await asyncio.get_running_loop().run_in_executor(self._pool, self._wake, due)
            await asyncio.sleep(_APART)

    def _wake(self, workspace_ids: set[int]) -> None:
        try:
            for workspace_id in workspace_ids:
                project_waiting.apply_async((workspace_id,))
        except (OperationalError, OSError) as error:
            if not self._failing:
                log.warning("The events worker cannot be woken, the sweep finds the rows instead: %s", error)
            self._failing = True
        else:
            self._failing = False
