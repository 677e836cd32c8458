"""What the intake is measured against: the same server and the same verification, then a constant answer. No Django."""

import os
from typing import Any, Final

from fastpix_api import webhooks

_SECRETS: Final = (os.environ["BENCH_SECRET"],)
_HEADERS: Final = [(b"content-type", b"application/json"), (b"content-length", b"2")]


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Read the whole body, verify its signature, answer 200 or 401; a GET is answered 200."""
    raw = b""
    while scope["method"] == "POST":
        message = await receive()
        raw += message.get("body", b"")
        if not message.get("more_body"):
            break
    signature = next((value for name, value in scope["headers"] if name == b"fastpix-signature"), b"").decode("latin-1")
    good = scope["method"] == "GET" or webhooks.verify(raw, signature, _SECRETS)
    await send({"type": "http.response.start", "status": 200 if good else 401, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b"{}"})
