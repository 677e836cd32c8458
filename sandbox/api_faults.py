"""What the API does while its switch says so. Each fault answers by itself, or lets the request go on."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.cut import cut
from sandbox.errors import Refusal
from sandbox.switches import Position
from sandbox.world import World

SILENT_SECONDS = 120
DATE_SECONDS = 5  # how far ahead Retry-After is when it is a date
HTML = "<!doctype html><title>Welcome</title><h1>Welcome to the hotel's network</h1>"


@dataclass(frozen=True)
class Call:
    """One request on its way into the API, and where the switch stands."""

    here: World
    position: Position
    scope: Scope
    receive: Receive
    send: Send

    async def answer(self, response: Response) -> bool:
        await response(self.scope, self.receive, self.send)
        return True


def retry_after(value: str) -> dict[str, str]:
    """The header a switch's value asks for."""
    if value == "none":
        return {}
    return {"Retry-After": formatdate(time.time() + DATE_SECONDS, usegmt=True) if value == "date" else value}


async def _down(call: Call) -> bool:
    raise Refusal(503, "Service Unavailable", "The API is switched down.")


async def _silent(call: Call) -> bool:
    async def listen() -> None:
        while (await call.receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(listen(), SILENT_SECONDS)
    except TimeoutError:
        cut(call.scope)
    return True


async def _torn(call: Call) -> bool:
    """Promise a body and end inside it: the caller's connection breaks."""
    start: Message = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]}
    await call.send(start)
    await call.send({"type": "http.response.body", "body": b'{"success": ', "more_body": True})
    return True


async def _slow(call: Call) -> bool:
    await asyncio.sleep(call.position.number)
    return False


async def _limited(call: Call) -> bool:
    body = {"success": False, "error": {"code": 429, "message": "Too Many Requests"}}
    return await call.answer(JSONResponse(body, 429, retry_after(call.position.value)))


async def _broken(call: Call) -> bool:
    raise Refusal(call.position.count, "Internal Server Error")


async def _refused(call: Call) -> bool:
    raise Refusal(call.position.count, "unauthorized" if call.position.count == 401 else "forbidden")


async def _html(call: Call) -> bool:
    return await call.answer(HTMLResponse(HTML, call.position.count))


async def _huge(call: Call) -> bool:
    padding = " " * (call.position.count * 1_000_000)
    body = json.dumps({"success": True, "data": []}).replace("[]", f"[{padding}]")
    return await call.answer(Response(body, media_type="application/json"))


async def _redirect(call: Call) -> bool:
    return await call.answer(RedirectResponse(call.position.value, 302))


async def _flaky(call: Call) -> bool:
    if call.here.nth("api") % call.position.count == 0:
        raise Refusal(503, "Service Unavailable", "The API is switched flaky.")
    return False


BEFORE: dict[str, Callable[[Call], Awaitable[bool]]] = {
    "down": _down,
    "silent": _silent,
    "torn": _torn,
    "slow": _slow,
    "limited": _limited,
    "broken": _broken,
    "refused": _refused,
    "html": _html,
    "huge": _huge,
    "redirect": _redirect,
    "flaky": _flaky,
}


async def before(call: Call) -> bool:
    """Faults that meet a request before it is read; True when it is answered."""
    fault = BEFORE.get(call.position.name)
    return await fault(call) if fault else False


async def within(call: Call, app: ASGIApp) -> None:
    """Do what is asked; faults that let it happen and spoil its answer meet it here."""
    if call.position.name == "truncated":
        kept = await _collect(call, app)
        body = b"".join(message.get("body", b"") for message in kept[1:])
        kept[0]["headers"] = [(b"content-type", b"application/json")]
        await call.send(kept[0])
        await call.send({"type": "http.response.body", "body": body[: len(body) // 2]})
    elif call.position.name == "reply_lost" and call.scope["method"] == "POST":
        kept = await _collect(call, app)
        if call.here.nth("posts") % call.position.count == 0:
            cut(call.scope)
        for message in kept:
            await call.send(message)
    else:
        await app(call.scope, call.receive, call.send)


async def _collect(call: Call, app: ASGIApp) -> list[Message]:
    kept: list[Message] = []

    async def keep(message: Message) -> None:
        kept.append(message)

    await app(call.scope, call.receive, keep)
    return kept
