"""What one web process hears from Redis, and how it reaches the streams: coalesced, bounded, never waiting."""

import asyncio
import contextlib
import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from redis import RedisError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from events_app.push import CHANNEL

log = logging.getLogger(__name__)

GATHER: Final = 0.02  # seconds that the first word of a round waits for its neighbours
APART: Final = 0.1  # seconds from one round to the next
_QUIET: Final = 5.0  # seconds of silence after which Redis is asked whether it is there
_LOST: Final = 12.0  # seconds of silence after which it is not
_BACKOFF: Final = (0.1, 0.2, 0.5, 1.0, 2.0)  # seconds between tries to come back

REFRESH: Final = b"event: refresh\ndata: 1\n\n"
AWAY: Final = b"event: away\ndata: 1\n\n"
HEARTBEAT: Final = b": still here\nevent: beat\ndata: 1\n\n"  # an event too: a page cannot see a comment


class Listener:
    """One open stream: the workspaces it may hear, what waits to be sent, the task that sends, and since when.

    What waits is bounded: a page that reads too slowly is told to refresh instead.
    """

    __slots__ = ("_wake", "closed", "sending_since", "session_key", "slugs", "task", "unread", "waiting")

    BOUND: Final = 64

    def __init__(self, session_key: str, slugs: frozenset[str]) -> None:
        self.session_key = session_key
        self.slugs = slugs
        self.waiting: list[bytes] = []
        self.closed = self.unread = False
        self.task: asyncio.Task[Any] | None = None
        self.sending_since: float | None = None
        self._wake = asyncio.Event()

    def push(self, frame: bytes) -> None:
        """Hand over a frame."""
        if len(self.waiting) >= self.BOUND:
            self.waiting = [REFRESH]
        else:
            self.waiting.append(frame)
        self._wake.set()

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self._wake.set()

    async def frames(self) -> bytes:
        """All that waits, as soon as something does; b"" when the stream ends."""
        while not self.closed:
            if self.waiting:
                frames = b"".join(self.waiting)
                self.waiting.clear()
                return frames
            self._wake.clear()
            await self._wake.wait()
        return b""


class Feed:
    """The process's one subscription, and its listeners."""

    def __init__(self) -> None:
        self.here = False
        self.listeners: set[Listener] = set()
        self._of: defaultdict[str, set[Listener]] = defaultdict(set)
        self._words: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._round: asyncio.TimerHandle | None = None
        self._last_round = 0.0
        self._known = asyncio.Event()

    async def known(self, seconds: float) -> None:
        """Wait until it is known whether Redis is there, at most so long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._known.wait(), seconds)

    def join(self, listener: Listener) -> None:
        """From now on the listener hears."""
        self.listeners.add(listener)
        for slug in listener.slugs:
            self._of[slug].add(listener)

    def leave(self, listener: Listener) -> None:
        """It hears no more."""
        self.listeners.discard(listener)
        for slug in listener.slugs:
            self._of[slug].discard(listener)
            if not self._of[slug]:
                del self._of[slug]

    def tell(self, frame: bytes) -> None:
        """The same to everyone."""
        for listener in self.listeners:
            listener.push(frame)

    def drop_unread(self, seconds: float) -> None:
        """End the streams whose page has not read for so long."""
        now = time.monotonic()
        for listener in self.listeners:
            if listener.task and listener.sending_since and now - listener.sending_since > seconds:
                listener.unread = True
                listener.task.cancel()

    def heard(self, words: str) -> None:
        """A message of `push.ring`: slug and topics, one a line."""
        slug, *topics = words.split("\n")
        if slug not in self._of:
            return
        self._words[slug].update(dict.fromkeys(topics))
        if self._round is None:
            wait = max(GATHER, self._last_round + APART - time.monotonic())
            self._round = asyncio.get_running_loop().call_later(wait, self._distribute)

    async def follow(self) -> None:
        """Subscribe, and again whenever the connection was lost; runs until it is cancelled."""
        tries = 0
        while not _cancelled():
            try:
                async with _redis() as redis, redis.pubsub() as subscription:
                    await subscription.subscribe(CHANNEL)
                    tries = 0
                    await self._listen(subscription)
            except (RedisError, OSError, TimeoutError) as error:
                if self.here or not tries:
                    log.warning("Push has lost Redis, pages poll meanwhile: %s", error)
                    self._lost()
            await asyncio.sleep(_BACKOFF[min(tries, len(_BACKOFF) - 1)])
            tries += 1

    async def _listen(self, subscription: PubSub) -> None:
        heard_at = time.monotonic()
        while not _cancelled():
            message = await subscription.get_message(timeout=_QUIET)
            if message is None:
                if time.monotonic() - heard_at > _LOST:
                    raise TimeoutError("no answer")
                await subscription.ping()
                continue
            heard_at = time.monotonic()
            if message["type"] == "subscribe":
                self._back()
            elif message["type"] == "message":
                self.heard(message["data"].decode("utf-8", "replace"))

    def _back(self) -> None:
        """Words may have been missed, so pages look at everything once."""
        self.here = True
        self._known.set()
        self.tell(REFRESH)

    def _lost(self) -> None:
        self.here = False
        self._known.set()
        self.tell(AWAY)

    def _distribute(self) -> None:
        self._round = None
        self._last_round = time.monotonic()
        words, self._words = self._words, defaultdict(dict)
        for slug, topics in words.items():
            frame = _frame(slug, topics)
            for listener in self._of.get(slug, ()):
                listener.push(frame)


def _cancelled() -> bool:
    """Whether this task was told to end: the Redis client swallows that while it connects."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _frame(slug: str, topics: Iterable[str]) -> bytes:
    lines = "".join(f"data: {slug}/{topic}\n" for topic in topics)
    return f"{lines}\n".encode()


def _redis() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=1.0,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),  # a silent reconnect would hide what was missed
        client_name="push-feed",
    )
