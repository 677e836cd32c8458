"""Refusals with the bodies FastPix answers (recorded where it has been recorded, else the documented texts)."""

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from sandbox.log import fault

Problem = dict[str, str]


class Refusal(Exception):
    """An answer that is not a success: {"success": false, "error": {code, message, description | fields}}."""

    def __init__(self, status: int, message: str, description: str = "", fields: list[Problem] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, object] = {"code": status, "message": message}
        if fields is not None:
            self.body["fields"] = fields
        elif description:
            self.body["description"] = description


class Declined(Exception):
    """Upload storage's no: status, Google's code word, a sentence, further headers."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers


def invalid(fields: list[Problem]) -> Refusal:
    """422 with what is wrong by field (recorded)."""
    return Refusal(422, "payload validation failed", fields=fields)


def media_missing() -> Refusal:
    """404 as documented for everything below a media."""
    return Refusal(
        404,
        "media workspace relation not found",
        "The requested resource (eg:mediaId) doesn't exist in the workspace",
    )


def playback_missing() -> Refusal:
    """404 as documented for playback IDs."""
    return Refusal(404, "Media/PlaybackId not Found", "The requested media or playbackId doesn't exist")


def playlist_missing() -> Refusal:
    """404 as documented for playlists."""
    return Refusal(404, "playlist not found", "The requested playlist doesn't exist in the workspace")


def reference_taken() -> Refusal:
    """409 as documented for a playlist whose referenceId another one has."""
    return Refusal(409, "playlist create failed", "A playlist with the given reference ID already exists.")


def bad_request(description: str, message: str = "Bad Request") -> Refusal:
    """400; FastPix says the case in `message` and explains in `description` (recorded)."""
    return Refusal(400, message, description)


async def refused(request: Request, error: Exception) -> Response:
    """The answer a Refusal carries."""
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this type only
    return JSONResponse({"success": False, "error": error.body}, error.status)


async def broken(request: Request, error: Exception) -> Response:
    """Something of ours: 500 with FastPix's body, and the traceback in the log. A caller who hung up is no fault."""
    if not isinstance(error, ClientDisconnect):
        fault("request broke", error, method=request.method, path=request.url.path)
    return JSONResponse({"success": False, "error": {"code": 500, "message": "Internal Server Error"}}, 500)


async def unrouted(request: Request, error: Exception) -> Response:
    """Unknown paths and methods: JSON under /v1, plain words elsewhere."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    if request.url.path.startswith("/v1/"):
        body = {"code": error.status_code, "message": str(error.detail), "description": "No such operation."}
        return JSONResponse({"success": False, "error": body}, error.status_code)
    return Response(str(error.detail), error.status_code, media_type="text/plain", headers=error.headers)
