"""The door of /v1: switches first (an API that is down checks no password), then Basic authentication."""

import asyncio
import base64
import binascii
import hmac

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox import switches, world
from sandbox.errors import Refusal
from sandbox.world import World

SLOW_SECONDS = 3
SILENT_SECONDS = 120
READ_ONLY = "-read"


class Gate:
    """ASGI: lets a request through to the API, or answers it itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        here = world.of(request)
        position = switches.current(here.store, "api")
        if position == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        elif position == "silent":
            await _until_they_hang_up(receive)
            return
        elif position == "torn":
            await _tear(send)
            return
        elif position == "down":
            raise Refusal(503, "Service Unavailable", "The API is switched down.")
        elif position == "limited":
            await _limited(scope, receive, send)
            return
        _authenticate(request, here)
        await self._app(scope, receive, send)


def _authenticate(request: Request, here: World) -> None:
    """401 without the right pair; 403 where the read-only pair wants to write (documented)."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        user = password = ""
    settings = here.settings
    token_id = user.removesuffix(READ_ONLY)
    known = hmac.compare_digest(token_id.encode(), settings.token_id.encode())
    right = hmac.compare_digest(password.encode(), settings.secret_key.encode())
    if kind.lower() != "basic" or not known or not right:
        raise Refusal(401, "unauthorized", "token and secret do not match")
    if user != token_id and request.method not in {"GET", "HEAD"}:
        raise Refusal(403, "forbidden", "the token lacks the permission")


async def _until_they_hang_up(receive: Receive) -> None:
    async def listen() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(listen(), SILENT_SECONDS)
    except TimeoutError:
        return


async def _tear(send: Send) -> None:
    """Promise a body and end inside it: the caller's connection breaks."""
    start: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]}
    await send(start)
    await send({"type": "http.response.body", "body": b'{"success": ', "more_body": True})


async def _limited(scope: Scope, receive: Receive, send: Send) -> None:
    body = {"success": False, "error": {"code": 429, "message": "Too Many Requests"}}
    await JSONResponse(body, 429, {"Retry-After": "1"})(scope, receive, send)
