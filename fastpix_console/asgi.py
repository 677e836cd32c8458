"""The web process: the edge (webhook intake and push) beside the pages, one kind of process, as many as wanted."""

import asyncio
from typing import Any, Final

from a2wsgi import WSGIMiddleware

from fastpix_console.wsgi import application as wsgi  # first: it sets Django up

from events_app.body import Receive, Scope, Send  # isort: skip
from events_app.edge import Edge  # isort: skip

# 16 threads: a page may wait up to 8 s on FastPix, and the others must not wait with it
_bridge = WSGIMiddleware(wsgi, workers=16)
# A thread waits no longer for the next bytes of a body; the page then sees that the line was cut
STALLED: Final = 30.0  # seconds


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """The pages. The bridge starts `receive` and `send` from its threads and insists on coroutines; granian's are
    awaitables of its own kind, so a body that arrived after the headers could not be read."""

    async def coroutine_receive() -> Any:
        try:
            async with asyncio.timeout(STALLED):
                return await receive()
        except TimeoutError:
            return {"type": "http.disconnect"}

    async def coroutine_send(message: Any) -> None:
        await send(message)

    await _bridge(scope, coroutine_receive, coroutine_send)


application = Edge(pages)
