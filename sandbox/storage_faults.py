"""What upload storage does while its switch says so."""

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request

from sandbox import api_faults, switches
from sandbox.cut import cut
from sandbox.errors import Declined
from sandbox.records import Upload
from sandbox.world import World

ONCE = ("drop", "reply_lost", "forgets")  # at one chunk of each upload


async def before(here: World, upload: Upload | None) -> None:
    """Faults that meet every request. Raises Declined."""
    position = switches.at(here.store, "storage")
    if position.name == "slow":
        await asyncio.sleep(position.number)
    elif position.name == "limited":
        headers = api_faults.retry_after(position.value)
        raise Declined(429, "TooManyRequests", "Storage is switched to limit.", headers)
    elif position.name == "down" or (position.name == "flaky" and here.nth("storage") % position.count == 0):
        raise Declined(503, "ServiceUnavailable", f"Storage is switched {position.name}.")
    elif position.name == "session_lost" and upload and upload.created_at < switches.turned_at(here.store, "storage"):
        raise Declined(position.count, "NoSuchUpload", "The requested upload was not found.")


def meeting(here: World, request: Request, upload: Upload) -> str:
    """The fault that meets this chunk of an upload; "" for none. Ask once a chunk: it counts them."""
    position = switches.at(here.store, "storage")
    if position.name not in {*ONCE, "partial"} or not request.headers.get("content-length", "").isdigit():
        return ""
    nth = here.nth(f"chunks of {upload.id}")
    met = nth == position.count if position.name in ONCE else nth % position.count == 0
    return position.name if met else ""


async def stream(request: Request, fault: str) -> AsyncIterator[bytes]:
    """The body as far as the fault lets it in: half of it when it drops, none when all is forgotten.

    Raises ClientDisconnect.
    """
    if fault not in {"drop", "partial", "forgets"}:
        async for chunk in request.stream():
            yield chunk
        return
    left = 0 if fault == "forgets" else int(request.headers["content-length"]) // 2
    async for chunk in request.stream():
        yield chunk[:left]
        left = max(0, left - len(chunk))
        if fault == "drop" and left == 0:
            cut(request.scope)
            raise ClientDisconnect
