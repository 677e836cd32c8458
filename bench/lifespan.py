"""What a server asks of every ASGI application at its start and end."""

from typing import Any


async def live(receive: Any, send: Any) -> None:
    """Say yes to the start, and to the end."""
    kind = ""
    while kind != "lifespan.shutdown":
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
