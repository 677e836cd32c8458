"""Playlists: media in an order, by hand or by date."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastpix_api.answer import Answer
from fastpix_api.road import Call, part


class Playlists:
    """The workspace's playlists.

    A playlist is {id, name, referenceId, type manual or smart, description, mediaCount, mediaList, workspaceId,
    createdAt, updatedAt}; a media in it {id, createdAt, duration, sourceResolution, status, thumbnail}, without title
    and playback IDs (recorded), which come from `media.get`. At most 1000 media (documented). FastPix sends no events
    about playlists. All raise Unreachable, Unauthorized, Forbidden, RateLimited, Broken; those by id NotFound, Invalid.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(
        self,
        *,
        name: str,
        reference_id: str,
        description: str | None = None,
        limit: int | None = None,
        smart: Mapping[str, Any] | None = None,
    ) -> Answer:
        """A new playlist; answers 201 with it whole.

        `reference_id`: yours, unique in the workspace, else Conflict; `limit`: the most media it takes (FastPix: 1000).
        Without `smart` it is manual and starts empty. `smart`: {"playOrder": "createdDate ASC" or "createdDate DESC",
        "metadata": {"createdDate": {"startDate": "2026-01-31", "endDate": …}, "updatedDate": the same, optional}};
        FastPix fills it as it is created (documented; a newer guide says that it goes on). Raises Invalid.
        """
        kind = "manual" if smart is None else "smart"
        told: dict[str, Any] = {"description": description, "limit": limit}
        body = {**(smart or {}), "name": name, "referenceId": reference_id, "type": kind}
        body |= {field: value for field, value in told.items() if value is not None}
        return self._call("POST", "/on-demand/playlists", json=body, expect=dict)

    def list(self, *, limit: int = 10, offset: int = 1) -> Answer:
        """One page of playlists: id, name, type, referenceId, createdAt, mediaCount.

        `limit` 1 to 50, `offset` a page number from 1; FastPix takes no order.
        """
        return self._call("GET", "/on-demand/playlists", query={"limit": limit, "offset": offset}, expect=list)

    def get(self, playlist_id: str) -> Answer:
        """One playlist with its media in their order."""
        return self._call("GET", _playlist(playlist_id), expect=dict)

    def update(self, playlist_id: str, *, name: str, description: str) -> Answer:
        """Change name and description, both at once (documented); answers with the playlist."""
        body = {"name": name, "description": description}
        return self._call("PUT", _playlist(playlist_id), json=body, expect=dict)

    def delete(self, playlist_id: str) -> Answer:
        """Delete a playlist for good; its media stay. Answers without data."""
        return self._call("DELETE", _playlist(playlist_id))

    def add_media(self, playlist_id: str, media_ids: Sequence[str]) -> Answer:
        """Append media in this order; answers with the playlist."""
        return self._call("PATCH", f"{_playlist(playlist_id)}/media", json=_ids(media_ids), expect=dict)

    def reorder(self, playlist_id: str, media_ids: Sequence[str]) -> Answer:
        """Put the media into this order: all of them, not only those that move. Answers with the playlist."""
        return self._call("PUT", f"{_playlist(playlist_id)}/media", json=_ids(media_ids), expect=dict)

    def remove_media(self, playlist_id: str, media_ids: Sequence[str]) -> Answer:
        """Take media out; they stay in the library. Answers with the playlist. Recorded: a DELETE with a body."""
        return self._call("DELETE", f"{_playlist(playlist_id)}/media", json=_ids(media_ids), expect=dict)


def _playlist(playlist_id: str) -> str:
    return f"/on-demand/playlists/{part(playlist_id)}"


def _ids(media_ids: Sequence[str]) -> dict[str, Any]:
    return {"mediaIds": [*media_ids]}
