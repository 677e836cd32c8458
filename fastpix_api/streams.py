"""Live streams."""

from fastpix_api.answer import Answer
from fastpix_api.road import Call


class Streams:
    """The workspace's live streams. All raise Unreachable, Unauthorized, Forbidden, RateLimited, Broken."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def list(self, *, limit: int = 10, offset: int = 1, order_by: str = "desc") -> Answer:
        """One page of streams, each with its stream key and SRT secrets (recorded): never show or log an item whole.

        `limit` 1 to 50, `offset` a page number from 1, `order_by` "asc" or "desc" by creation. metadata, mediaIds and
        simulcastResponses are left out where empty (recorded).
        """
        query = {"limit": limit, "offset": offset, "orderBy": order_by}
        return self._call("GET", "/live/streams", query=query, expect=list)
