"""Live streams under /v1/live: none yet."""

from starlette.requests import Request
from starlette.responses import Response

from sandbox import paging
from sandbox.answers import ok


async def list_all(request: Request) -> Response:
    """GET: an empty list with its pagination."""
    return ok([], pagination=paging.asked(request).pagination(0))
