"""Counts what the intake refuses, outside the event loop, and finds the likely cause of a wrong signature."""

import asyncio
import base64
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from events_app import rejections
from events_app.intake_keys import Key
from events_app.rejections import Cause
from fastpix_api import webhooks

_APART: Final = 1.0  # seconds between two writes: a flood of refusals costs Redis one round trip a second
_LOOKS: Final = 20  # wrong signatures a second whose cause is looked for; the rest is only counted
_LARGE: Final = 64 * 1024  # bytes from which on hashing would hold the event loop up


class Rejections:
    """Sums up on the event loop, writes in a thread of its own. It holds one number a workspace and cause."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="rejections")
        self._due: Counter[tuple[str, Cause]] = Counter()
        self._writing: asyncio.Task[None] | None = None
        self._second = 0
        self._looks = 0

    def note(self, slug: str, cause: Cause) -> None:
        """Count a refusal for a workspace that exists. Returns at once, raises nothing."""
        self._due[slug, cause] += 1
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def cause(self, key: Key, raw: bytes, signature: str) -> Cause:
        """Why a signature is wrong, as far as the secrets tell: strangers get this much work out of us and no more."""
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._looks = second, 0
        self._looks += 1
        if self._looks > _LOOKS:
            return Cause.SIGNATURE
        if len(raw) < _LARGE:
            return cause_of(key, raw, signature)
        return await asyncio.to_thread(cause_of, key, raw, signature)

    def close(self) -> None:
        """Write what is still due, and let the thread end."""
        if self._writing:
            self._writing.cancel()
        if self._due:
            self._pool.submit(rejections.add, self._due)
        self._pool.shutdown(wait=False)

    async def _write(self) -> None:
        while self._due:
            due, self._due = self._due, Counter()
            await asyncio.get_running_loop().run_in_executor(self._pool, rejections.add, due)
            await asyncio.sleep(_APART)


def cause_of(key: Key, raw: bytes, signature: str) -> Cause:
    """The likely cause of a signature that none of the secrets in force made."""
    known = [secret for secret in (key.current, key.previous) if secret]
    if webhooks.verify(raw, signature, [base64.b64encode(secret.encode()).decode() for secret in known]):
        return Cause.UNDECODED
    return Cause.OLD if webhooks.verify(raw, signature, known) else Cause.SIGNATURE
