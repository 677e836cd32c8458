"""The door of /v1: switches first (an API that is down checks no password), then Basic authentication."""

import base64
import binascii
import hmac

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox import api_faults, switches, world
from sandbox.errors import Refusal
from sandbox.world import World

READ_ONLY = "-read"


class Gate:
    """ASGI: lets a request through to the API, or answers it itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        here = world.of(request)
        call = api_faults.Call(here, switches.at(here.store, "api"), scope, receive, send)
        if not await api_faults.before(call):
            _authenticate(request, here)
            await api_faults.within(call, self._app)


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
