"""Remembers FastPix's probes for the set-up page, outside the event loop: the cache may be slow or away."""

from concurrent.futures import ThreadPoolExecutor

from workspace_app import probes


class Probes:
    """Notes one probe at a time in a thread of its own. A stranger's flood of them shares what already waits."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="probes")
        self._waiting: set[str] = set()

    def note(self, slug: str) -> None:
        """Say that a probe of this workspace's address was answered. Returns at once, raises nothing."""
        if slug not in self._waiting:
            self._waiting.add(slug)
            self._pool.submit(self._write, slug)

    def close(self) -> None:
        """Write what still waits, and let the thread end."""
        self._pool.shutdown(wait=False)

    def _write(self, slug: str) -> None:
        self._waiting.discard(slug)
        probes.note(slug)
