"""The least way from a POST to an open page: each body posted here is at once an event of every EventSource."""

import asyncio
from typing import Any

from bench.lifespan import live

PAGE = b"""<!doctype html><html lang="en"><title>echo</title><link rel="icon" href="data:,"><ul id="told"></ul>
<script>new EventSource("/events").onmessage = ({ data }) => {
  const line = document.createElement("li");
  line.id = `media-${data}`;
  line.textContent = "Failed";
  document.getElementById("told").append(line);
};</script></html>"""
_open: set["asyncio.Queue[bytes]"] = set()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """GET / is the page, GET /events its stream, POST anything."""
    if scope["type"] == "lifespan":
        await live(receive, send)
        return
    if scope["method"] == "POST":
        told = (await receive())["body"]
        for waiting in _open:
            waiting.put_nowait(told)
    kind = b"text/event-stream" if scope["path"] == "/events" else b"text/html"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    if kind == b"text/html":
        await send({"type": "http.response.body", "body": PAGE})
        return
    waiting = asyncio.Queue()
    _open.add(waiting)
    try:
        await send({"type": "http.response.body", "body": b": here\n\n", "more_body": True})
        while True:
            frame = b"data: %b\n\n" % await waiting.get()
            await send({"type": "http.response.body", "body": frame, "more_body": True})
    finally:
        _open.discard(waiting)
