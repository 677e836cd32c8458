"""The least that Server-Sent Events from Redis can cost: no sign-in, no workspaces, no limits. Only to compare with."""

import asyncio
import os
from typing import Any

from redis.asyncio import Redis

from bench.lifespan import live

CHANNEL = "fp:push"  # events_app.push.CHANNEL, whose module needs Django
APART = 0.1  # seconds from one frame to the next, as in the product
_open: set["asyncio.Queue[bytes]"] = set()
_words: list[bytes] = []
_following: list["asyncio.Task[None]"] = []


async def application(scope: Any, receive: Any, send: Any) -> None:
    """/healthz, and a stream of everything that is published at every other address."""
    if scope["type"] == "lifespan":
        await live(receive, send)
        return
    if not _following:
        _following.append(asyncio.create_task(_follow()))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    if scope["path"] == "/healthz":
        await send({"type": "http.response.body", "body": b"ok"})
        return
    frames: asyncio.Queue[bytes] = asyncio.Queue()
    _open.add(frames)
    try:
        await send({"type": "http.response.body", "body": b": here\n\n", "more_body": True})
        while True:
            await send({"type": "http.response.body", "body": await frames.get(), "more_body": True})
    finally:
        _open.discard(frames)


async def _follow() -> None:
    """Collect what is published, and hand it to everyone each APART seconds."""
    _following.append(asyncio.create_task(_tell()))
    async with Redis.from_url(os.environ["REDIS_URL"]) as redis, redis.pubsub() as subscription:
        await subscription.subscribe(CHANNEL)
        while True:
            message = await subscription.get_message(ignore_subscribe_messages=True, timeout=None)
            if message:
                _words.append(message["data"].replace(b"\n", b"/"))


async def _tell() -> None:
    while True:
        await asyncio.sleep(APART)
        if _words:
            frame = b"".join(b"data: %b\n" % word for word in _words) + b"\n"
            _words.clear()
            for frames in _open:
                frames.put_nowait(frame)
