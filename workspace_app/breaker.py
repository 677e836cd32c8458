"""A breaker per workspace and credentials: pages do not wait again and again for a FastPix that is silent.

closed ─▶ open (3 silences within a minute, or one 401) ─▶ closed (an answer to a worker or to a person's own test, new
credentials, or the time is over)

It lives in the cache: where the cache is away or lost what it held, the breaker is closed.
"""

import hashlib
import time
from typing import Final, Literal

from django.core.cache import cache

from workspace_app.caching import or_else
from workspace_app.models import Workspace

SILENCES: Final = 3
WITHIN: Final = 60  # seconds
OPEN_FOR: Final = 20  # seconds
TOLD_FOR: Final = 180  # seconds a trouble is told after it was last met, unless an answer ends it
_NOBODY_HOME: Final = frozenset((502, 503, 504, *range(520, 525)))  # 52x: Cloudflare, which stands before FastPix

Reason = Literal["silent", "unauthorized"]


class Breaker:
    """What the last calls of one workspace met. The key is made from the credentials: new ones start afresh."""

    def __init__(self, workspace: Workspace) -> None:
        marks = "\n".join((workspace.api_url, workspace.token_id, workspace.secret_key))
        self.key = f"breaker:{workspace.pk}:{hashlib.sha256(marks.encode()).hexdigest()[:16]}"

    def reason(self) -> Reason | None:
        """Why it is open; None when closed."""
        found: Reason | None = or_else(lambda: cache.get(self.key), None)
        return found

    def trouble(self) -> tuple[Reason, float] | None:
        """What the last call met and when (epoch seconds), for the page to say; None after an answer."""
        found: tuple[Reason, float] | None = or_else(lambda: cache.get(f"{self.key}:trouble"), None)
        return found

    def silent(self) -> None:
        """A call got no answer."""
        self._tell("silent")
        counter = f"{self.key}:silences"

        def count() -> int:
            cache.add(counter, 0, WITHIN)
            return cache.incr(counter)

        if or_else(count, 0) >= SILENCES:
            self._open("silent")

    def answered(self, status: int) -> None:
        """A call got an answer. 401 means that no other call will do better, 502 to 504 that nobody was home."""
        if status == 401:
            self._tell("unauthorized")
            self._open("unauthorized")
        elif status in _NOBODY_HOME:
            self.silent()
        else:
            marks = [self.key, f"{self.key}:silences", f"{self.key}:trouble"]
            or_else(lambda: cache.delete_many(marks), None)

    def _tell(self, reason: Reason) -> None:
        or_else(lambda: cache.set(f"{self.key}:trouble", (reason, time.time()), TOLD_FOR), None)

    def _open(self, reason: Reason) -> None:
        or_else(lambda: cache.set(self.key, reason, OPEN_FOR), None)
