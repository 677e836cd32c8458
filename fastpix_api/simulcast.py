"""Simulcast targets: other platforms a stream is passed on to."""

from collections.abc import Mapping
from typing import Any

from fastpix_api.answer import Answer
from fastpix_api.road import Call, part


class Simulcast:
    """A stream's targets; FastPix lists them inside the stream itself (`streams.get`, under "simulcastResponses").

    A target is {simulcastId, url, streamKey, isEnabled, metadata where some was given} (recorded); its streamKey opens
    someone's channel: never show or log a target whole. How a target fares only events tell. All raise NotFound,
    Invalid, Unreachable, Unauthorized, Forbidden, RateLimited, Broken, and Refused on trial or where the stream's state
    forbids it.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, stream_id: str, *, url: str, stream_key: str, metadata: Mapping[str, str] | None = None) -> Answer:
        """One more target, enabled, while the stream is idle (documented); answers 201.

        `url`: the platform's rtmp:// or rtmps:// address without the key; `metadata` at most 10 entries of 255
        characters. Never sent twice: a lost answer may have created the target.
        """
        body: dict[str, Any] = {"url": url, "streamKey": stream_key}
        body |= {} if metadata is None else {"metadata": dict(metadata)}
        return self._call("POST", _targets(stream_id), json=body, expect=dict)

    def get(self, stream_id: str, simulcast_id: str) -> Answer:
        """One target."""
        return self._call("GET", f"{_targets(stream_id)}/{part(simulcast_id)}", expect=dict)

    def update(self, stream_id: str, simulcast_id: str, *, is_enabled: bool) -> Answer:
        """Pass the stream on to this target, or not, while it is idle or active; answers with the target.

        The document names metadata too, FastPix takes isEnabled only (observed): another metadata is another target.
        """
        path = f"{_targets(stream_id)}/{part(simulcast_id)}"
        return self._call("PUT", path, json={"isEnabled": is_enabled}, expect=dict)

    def delete(self, stream_id: str, simulcast_id: str) -> Answer:
        """Remove a target; a running broadcast stops there and goes on elsewhere (documented)."""
        return self._call("DELETE", f"{_targets(stream_id)}/{part(simulcast_id)}")


def _targets(stream_id: str) -> str:
    return f"/live/streams/{part(stream_id)}/simulcast"
