"""Success bodies: {"success": true, "data": …, "pagination"?: …}."""

from typing import Any

from starlette.responses import JSONResponse, Response


def ok(data: object = None, *, status: int = 200, **more: Any) -> Response:
    """The answer with `data` (left out when None) and the other keys given."""
    body: dict[str, object] = {"success": True}
    if data is not None:
        body["data"] = data
    return JSONResponse(body | more, status)
