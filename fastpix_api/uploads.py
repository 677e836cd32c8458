"""Direct uploads: addresses at storage to which a file is sent."""

from collections.abc import Mapping
from typing import Any

from fastpix_api.answer import Answer
from fastpix_api.road import Call, part


class Uploads:
    """Upload addresses. The bytes go to storage, not through this client: see `fastpix_api.resumable`.

    All raise Unreachable, Unauthorized, Forbidden, RateLimited, Broken.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, *, cors_origin: str, settings: Mapping[str, Any], browser: bool = False) -> Answer:
        """A new address: data has uploadId, url, timeout (seconds), status `waiting`.

        `cors_origin`: the exact origin of the page that will send the file; "*" is accepted (recorded). `settings`:
        pushMediaSettings in FastPix's spelling (those of `media.create`, and inputs beside the file), accessPolicy
        required; the same keys outside of it are refused with 422 (observed). `browser`: ask for a signed address that
        the sender must start itself, instead of a started session. The url is a bearer secret. Raises Invalid, Refused
        (trial limits).
        """
        body = {"corsOrigin": cors_origin, "pushMediaSettings": dict(settings)}
        headers = {"X-Client-Type": "web-browser"} if browser else None
        return self._call("POST", "/on-demand/upload", json=body, headers=headers, expect=dict)

    def list(self, *, limit: int = 10, offset: int = 1, order_by: str = "desc") -> Answer:
        """One page of the addresses nothing was uploaded to yet, urls included."""
        query = {"limit": limit, "offset": offset, "orderBy": order_by}
        return self._call("GET", "/on-demand/uploads", query=query, expect=list)

    def cancel(self, upload_id: str) -> Answer:
        """Cancel an upload that has not finished. Recorded: answers flat, without pushMediaSettings and timeout.

        Raises NotFound, Invalid, Refused where it is too late.
        """
        return self._call("PUT", f"/on-demand/upload/{part(upload_id)}/cancel", expect=dict)
