"""The edge: webhook intake and push as plain ASGI apps beside the pages, without Django's request cycle."""

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType

from events_app.body import App, Receive, Scope, Send
from events_app.intake import Intake
from events_app.push_stream import Push


class Edge:
    """Sends each request where it belongs: /webhooks/… to the intake, /push/ to push, all else to the pages."""

    def __init__(self, pages: App, *, intake: Intake | None = None, push: Push | None = None) -> None:
        self._pages = pages
        self._intake = intake or Intake()
        self._push = push or Push()
        self._unhook: Callable[[], None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "lifespan":
            await self._live(receive, send)
            return
        if self._unhook is None:
            self._unhook = _on_stop(self._push.stop)
            self._push.start()
        path = scope["path"]
        if kind == "http" and path.startswith("/webhooks/"):
            await self._intake(scope, receive, send)
        elif kind == "http" and path in {"/push/", "/push"}:
            await self._push(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                self._push.close()
                self._intake.close()
                if self._unhook:
                    self._unhook()
                await send({"type": "lifespan.shutdown.complete"})
                return
            await send({"type": "lifespan.startup.complete"})


def _on_stop(stop: Callable[[], None]) -> Callable[[], None]:
    """Call `stop` on the event loop when the process is asked to end; returns what takes that back.

    The server itself only says so (lifespan.shutdown) after its last response has ended, and a stream never ends by
    itself. Its own signal handling stays as it is: ours is called besides.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def stopping(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stop)
        previous = before[signal.Signals(number)]
        if callable(previous):
            previous(number, frame)

    for number in before:
        signal.signal(number, stopping)

    def unhook() -> None:
        for number, previous in before.items():
            signal.signal(number, previous)

    return unhook
