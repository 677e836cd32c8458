"""Push: GET /push/ is one Server-Sent-Events stream per browser, for all workspaces of the person who is signed in."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.http import parse_cookie

from events_app.body import Message, Receive, Scope, Send
from events_app.database_thread import DatabaseThread
from events_app.push_feed import AWAY, HEARTBEAT, Feed, Listener
from events_app.push_hang_up import hang_up
from events_app.push_people import hear

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS: Final = 15.0
RECHECK_SECONDS: Final = 20.0  # sessions and memberships; a stream ends within 30 s of losing either
UNREAD_SECONDS: Final = 30.0  # a page that reads nothing for so long is dropped
_STREAMS: Final = 2000

_START: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    ],
}


class Push:
    """The plain ASGI app. Made once per process; its subscription and its watch start with the first stream."""

    def __init__(
        self, *, heartbeat: float = HEARTBEAT_SECONDS, recheck: float = RECHECK_SECONDS, unread: float = UNREAD_SECONDS
    ) -> None:
        self.feed = Feed()
        self._heartbeat, self._recheck, self._unread = heartbeat, recheck, unread
        self._thread = DatabaseThread("push")
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = False
        self._stopping = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal, listener = await self._admit(scope)
        if listener is None:
            await _refuse(send, *refusal)
        else:
            await self._stream(listener, receive, send)
            if listener.unread and scope.get("client"):
                host, port = scope["client"]
                await asyncio.to_thread(hang_up, host, int(port))  # granian's port is a string

    def start(self) -> None:
        """Subscribe, and watch over streams; twice does no harm."""
        if not self._started:
            self._started = True
            for work in (self.feed.follow, self._beat, self._watch, self._sift):
                self._run(work)

    def stop(self) -> None:
        """End every stream and take no new one: a server that is asked to stop waits for its open responses."""
        self._stopping = True
        for task in tuple(self._tasks):
            task.cancel()
        for listener in self.feed.listeners:
            listener.close()

    def close(self) -> None:
        """Stop, and let go of the thread and its connection."""
        self.stop()
        self._thread.close()

    async def _admit(self, scope: Scope) -> tuple[tuple[int, str], Listener | None]:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if scope["method"] != "GET":
            return (405, "Listen with GET."), None
        if _is_foreign(headers):
            return (403, "Only the console's own pages may listen."), None
        if self._stopping or len(self.feed.listeners) >= _STREAMS:
            return (503, "Come back in a moment."), None
        session_key = parse_cookie(headers.get(b"cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
        try:
            slugs = (await self._heard_by({session_key})).get(session_key)
        except Error:
            return (503, "Come back in a moment."), None
        if slugs is None:
            return (401, "Sign in first."), None
        return (200, ""), Listener(session_key, slugs)

    async def _stream(self, listener: Listener, receive: Receive, send: Send) -> None:
        self.start()
        listener.task = asyncio.current_task()
        await self.feed.known(1.0)
        self.feed.join(listener)
        # a restart must not bring every browser back in the same instant
        hello = f"retry: {1000 + secrets.randbelow(2000)}\n\n".encode()
        hanging_up = asyncio.get_running_loop().create_task(_until_gone(listener, receive))
        try:
            await send(_START)
            await send(_part(hello if self.feed.here else hello + AWAY))
            while frames := await listener.frames():
                listener.sending_since = time.monotonic()
                await send(_part(frames))
                listener.sending_since = None
            await send({"type": "http.response.body", "body": b""})
        except OSError:
            log.debug("A page was gone before it had read everything.")
        except asyncio.CancelledError:
            if not listener.unread:
                raise
            log.info("A page that read nothing for %g s was dropped.", self._unread)
        finally:
            self.feed.leave(listener)
            hanging_up.cancel()

    def _run(self, work: Callable[[], Coroutine[None, None, None]]) -> None:
        if not self._stopping:
            task = asyncio.get_running_loop().create_task(work())
            self._tasks.add(task)
            task.add_done_callback(lambda ended: self._again(work, ended))

    def _again(self, work: Callable[[], Coroutine[None, None, None]], ended: asyncio.Task[None]) -> None:
        """None of them may end: without the watch, streams would outlive their sessions."""
        self._tasks.discard(ended)
        if not ended.cancelled() and not self._stopping:
            log.error("A part of push failed and starts again.", exc_info=ended.exception())
            asyncio.get_running_loop().call_later(1.0, self._run, work)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            self.feed.tell(HEARTBEAT)

    async def _watch(self) -> None:
        """End the streams whose session ended or whose memberships changed; those of the latter come back at once."""
        while True:
            await asyncio.sleep(self._recheck)
            with contextlib.suppress(Error):
                await self.recheck()

    async def _sift(self) -> None:
        """Drop the pages that do not read. One look at all costs less than a timeout for every frame."""
        while True:
            await asyncio.sleep(self._unread / 10)
            self.feed.drop_unread(self._unread)

    async def recheck(self) -> None:
        """Look at every stream's session and memberships once more."""
        keys = {listener.session_key for listener in self.feed.listeners}
        now = await self._heard_by(keys)
        for listener in self.feed.listeners:
            if listener.session_key in keys and now.get(listener.session_key) != listener.slugs:
                listener.close()

    async def _heard_by(self, session_keys: set[str]) -> dict[str, frozenset[str]]:
        likely = {key for key in session_keys if key.isascii() and key.isalnum()}
        return await self._thread.run(lambda: hear(likely)) if likely else {}


def _is_foreign(headers: dict[bytes, str]) -> bool:
    """Whether another site's page asks: the cookie would go along."""
    if headers.get(b"sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get(b"origin")
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    return urlsplit(origin).netloc != headers.get(b"host")


async def _until_gone(listener: Listener, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.close()


def _part(frames: bytes) -> Message:
    return {"type": "http.response.body", "body": frames, "more_body": True}


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = sentence.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    headers += [(b"cache-control", b"no-store")]
    headers += {405: [(b"allow", b"GET")], 503: [(b"retry-after", b"5")]}.get(status, [])
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
