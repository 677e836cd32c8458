"""The background work on media: one task each, bounded by what the machine can bear, cancelled with its media."""

import asyncio
from collections.abc import Coroutine
from typing import Any

PULLS = 4  # files fetched at a time


class Jobs:
    """The running tasks, how far they are, and the limits they keep."""

    def __init__(self, encodings: int) -> None:
        self.pulling = asyncio.Semaphore(PULLS)
        self.encoding = asyncio.Semaphore(encodings)
        self.imaging = asyncio.Semaphore(2)
        self.progress: dict[str, float] = {}  # fraction of the encoding done, by media id
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, media_id: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks[media_id] = task
        task.add_done_callback(lambda done: self._forget(media_id, done))

    def cancel(self, media_id: str) -> None:
        task = self._tasks.get(media_id)
        if task:
            task.cancel()

    async def stop(self) -> None:
        """Cancel everything; what was half done is done again at the next start."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, media_id: str, done: asyncio.Task[None]) -> None:
        if self._tasks.get(media_id) is done:
            del self._tasks[media_id]
        self.progress.pop(media_id, None)
