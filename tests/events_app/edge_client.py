"""The edge in this process, on an event loop of its own, spoken to in plain ASGI."""

import asyncio
import json
import queue
import threading
from dataclasses import dataclass, field

from events_app.edge import Edge
from fastpix_api import webhooks
from tests.people import make_workspace

SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER_SECRET = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="


@dataclass
class Response:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class Stream:
    """An open response; `hang_up()` is the browser closing it."""

    def __init__(self):
        self.response = Response()
        self.parts = queue.Queue()
        self.started = threading.Event()
        self.ended = threading.Event()
        self.gone = asyncio.Event()
        self.call = lambda work: None

    def hang_up(self):
        self.call(self.gone.set)

    def heard(self, wanted, seconds=5):
        """Reads on until `wanted` came; returns all that was read."""
        got = b""
        while wanted not in got:
            got += self.parts.get(timeout=seconds)
        return got

    def silent(self, seconds):
        """Nothing comes for so long."""
        try:
            return not self.parts.get(timeout=seconds)
        except queue.Empty:
            return True


class EdgeClient:
    """Blocking calls into the edge, for ordinary tests."""

    def __init__(self, **parts):
        self.pages_asked = []
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.edge = Edge(self._pages, **parts)
        self.life = asyncio.Queue()
        self.lived = asyncio.run_coroutine_threadsafe(
            self.edge({"type": "lifespan"}, self.life.get, self._ignore), self.loop
        )

    def close(self):
        self.loop.call_soon_threadsafe(self.life.put_nowait, {"type": "lifespan.shutdown"})
        self.lived.result(10)
        asyncio.run_coroutine_threadsafe(self._settle(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    async def _settle(self):
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        if rest:
            await asyncio.wait(rest, timeout=5)

    async def _ignore(self, message):
        pass

    async def _pages(self, scope, receive, send):
        self.pages_asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a page"})

    def open(self, method, path, *, chunks=(b"",), headers=()):
        """Send a request in these chunks (None: and no more for now); returns the stream of its answer."""
        stream = Stream()
        stream.call = self.loop.call_soon_threadsafe
        asyncio.run_coroutine_threadsafe(self._run(stream, method, path, list(chunks), headers), self.loop)
        return stream

    async def _run(self, stream, method, path, chunks, headers):
        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": list(headers)}

        async def receive():
            if chunks and (part := chunks.pop(0)) is not None:
                return {"type": "http.request", "body": part, "more_body": bool(chunks)}
            await stream.gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            if message["type"] == "http.response.start":
                stream.response.status = message["status"]
                stream.response.headers = {n.decode(): v.decode("latin-1") for n, v in message["headers"]}
                stream.started.set()
            else:
                stream.response.body += message.get("body", b"")
                if message.get("body"):
                    stream.parts.put(message["body"])

        try:
            await self.edge(scope, receive, send)
        except Exception as error:  # the test must see it, not only the loop
            stream.response.body = repr(error).encode()
        finally:
            stream.started.set()
            stream.ended.set()

    def send(self, method, path, *, chunks=(b"",), headers=(), seconds=20):
        stream = self.open(method, path, chunks=chunks, headers=headers)
        assert stream.ended.wait(seconds), "no answer"
        return stream.response

    def listen(self, client=None, headers=()):
        """Open the stream as the browser of a Django test client would."""
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()) if client else ""
        stream = self.open("GET", "/push/", headers=[(b"host", b"testserver"), (b"cookie", cookies.encode()), *headers])
        assert stream.started.wait(5)
        return stream

    def post(self, body, *, slug="harbor", secret=SECRET, headers=None):
        """One event, signed with `secret` (unsigned with None), or with the headers given."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        if headers is None:
            headers = [(b"fastpix-signature", webhooks.sign(raw, secret).encode())] if secret else []
        return self.send("POST", f"/webhooks/{slug}/", chunks=(raw,), headers=headers)


def event(event_id="e-1", kind="video.media.ready", **more):
    """A body as FastPix sends it."""
    return {
        "type": kind,
        "object": {"type": "media", "id": "m-1"},
        "id": event_id,
        "workspace": {"id": "ws-1", "name": "Harbor"},
        "data": {"id": "m-1", "status": "Ready"},
        "createdAt": "2026-05-20T09:06:49.998127440Z",
    } | more


__all__ = ["OTHER_SECRET", "SECRET", "EdgeClient", "event", "make_workspace"]
