"""Reading a request's body with bounds: how large, how slowly, and how much for all requests together."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MIB: Final = 1024 * 1024
# A sender that is still sending does not hear an answer, so what is too large is read on up to here, and thrown away.
_READ_ON: Final = 16 * MIB


class TooLarge(Exception):
    """The body is larger than allowed."""


class TooSlow(Exception):
    """The body did not arrive in time."""


class NoRoom(Exception):
    """The requests under way hold as much memory as they may together."""


class Gone(Exception):
    """The sender hung up before the body was complete."""


class Room:
    """How many bytes all unanswered requests may hold together."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.held = 0


class Body:
    """One request's body, held until `free()`."""

    def __init__(self, room: Room, *, limit: int, seconds: float) -> None:
        self._room = room
        self._limit = limit
        self._seconds = seconds
        self._held = 0

    async def read(self, receive: Receive, declared: int | None) -> bytes:
        """The whole body. `declared` is what Content-Length says; it is not believed, it only spares waiting.

        Raises TooLarge, TooSlow, NoRoom, Gone.
        """
        if declared is not None and declared > _READ_ON:
            raise TooLarge
        try:
            async with asyncio.timeout(self._seconds):
                return await self._read(receive, declared)
        except TimeoutError:
            raise TooSlow from None

    def free(self) -> None:
        """The request is answered: others may use its room."""
        self._room.held -= self._held
        self._held = 0

    async def _read(self, receive: Receive, declared: int | None) -> bytes:
        chunks: list[bytes] = []
        size = 0
        while size <= _READ_ON:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Gone
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > self._limit:
                chunks.clear()
                self.free()
            elif chunk:
                self._take(len(chunk))
                chunks.append(chunk)
            # all that was declared is here: to be told that nothing follows costs as much as verifying it
            if size == declared or not message.get("more_body"):
                break
        if size > self._limit:
            raise TooLarge
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _take(self, size: int) -> None:
        if self._room.held + size > self._room.size:
            raise NoRoom
        self._room.held += size
        self._held += size
