"""Live streams."""

from collections.abc import Mapping
from typing import Any

from fastpix_api.answer import Answer
from fastpix_api.road import Call, part


class Streams:
    """The workspace's live streams.

    A stream holds its stream key and SRT secrets in every answer (recorded): never show or log one whole. `status` is
    idle, preparing, active or disabled; `maxDuration` 0 means no limit; metadata, mediaIds (its recordings) and
    simulcastResponses are left out where empty (recorded). Ids are 32 hex digits. All raise Unreachable, Unauthorized,
    Forbidden, RateLimited, Broken; those by id NotFound, Invalid.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, *, access_policy: str = "public", settings: Mapping[str, Any]) -> Answer:
        """A new stream, `idle`; answers 201 with its keys.

        `access_policy` of its playback ID: public or private. `settings`: inputMediaSettings in FastPix's spelling:
        maxResolution 1080p (FastPix's default), 720p or 480p; reconnectWindow 60 (default) to 1800 seconds; mediaPolicy
        of the recording, public or private; metadata of at most 10 entries of 255 characters; enableDvrMode;
        enableRecording (observed: honoured though undocumented, true by default, and only here). Raises Invalid,
        Refused (trial limits). Never sent twice: a lost answer may have created the stream.
        """
        body = {"playbackSettings": {"accessPolicy": access_policy}, "inputMediaSettings": dict(settings)}
        return self._call("POST", "/live/streams", json=body, expect=dict)

    def list(self, *, limit: int = 10, offset: int = 1, order_by: str = "desc") -> Answer:
        """One page of streams. `limit` 1 to 50, `offset` a page number from 1, `order_by` asc or desc by creation."""
        query = {"limit": limit, "offset": offset, "orderBy": order_by}
        return self._call("GET", "/live/streams", query=query, expect=list)

    def get(self, stream_id: str) -> Answer:
        """One stream, whole."""
        return self._call("GET", _stream(stream_id), expect=dict)

    def viewer_count(self, stream_id: str) -> Answer:
        """How many watch now, about: data {"views": n}."""
        return self._call("GET", f"{_stream(stream_id)}/viewer-count", expect=dict)

    def update(
        self, stream_id: str, *, metadata: Mapping[str, str] | None = None, reconnect_window: int | None = None
    ) -> Answer:
        """Change metadata, reconnectWindow (60 to 1800 seconds) or both: nothing else can be changed (documented).

        Recorded: metadata is replaced as a whole, not merged. Raises Refused while the stream is disabled (documented).
        """
        told: dict[str, Any] = {"metadata": metadata, "reconnectWindow": reconnect_window}
        body = {field: value for field, value in told.items() if value is not None}
        return self._call("PATCH", _stream(stream_id), json=body, expect=dict)

    def delete(self, stream_id: str) -> Answer:
        """Delete a stream for good; a running broadcast is cut off (documented). Answers without data."""
        return self._call("DELETE", _stream(stream_id))

    # The next three change a state that the same request is then refused in, and an encoder may have come back before a
    # second one arrives: none of them is sent twice.

    def enable(self, stream_id: str) -> Answer:
        """From disabled to idle; answers without data (recorded). Raises Refused unless disabled, and on trial."""
        return self._call("PUT", f"{_stream(stream_id)}/live-enable", again=False)

    def disable(self, stream_id: str) -> Answer:
        """Take no more broadcasts; answers without data (recorded). Raises Refused where it is disabled already."""
        return self._call("PUT", f"{_stream(stream_id)}/live-disable", again=False)

    def finish(self, stream_id: str) -> Answer:
        """End the running broadcast; the stream becomes idle. Recorded: Refused unless it is active."""
        return self._call("PUT", f"{_stream(stream_id)}/finish", again=False)


def _stream(stream_id: str) -> str:
    return f"/live/streams/{part(stream_id)}"
