"""Playback IDs: how a media is reached by players, and from where."""

from collections.abc import Sequence
from typing import Any

from fastpix_api.answer import Answer
from fastpix_api.restrictions import replace
from fastpix_api.road import Call, named, part


class Playback:
    """A media's playback IDs.

    All raise NotFound, Invalid, Unreachable, Unauthorized, Forbidden, RateLimited, Broken. Observed: writes are refused
    with words like "not ready for updates" until the media is Ready.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, media_id: str, *, access_policy: str, **settings: Any) -> Answer:
        """One more playback ID: public, private or drm, which needs drmConfigurationId.

        `settings` in FastPix's spelling: drmConfigurationId, resolution (480p to 2160p, the highest served),
        accessRestrictions {"domains": rules, "userAgents": rules}, rules as {defaultPolicy, allow, deny}. Recorded:
        `resolution` is null where none was asked for.
        """
        body = {"accessPolicy": access_policy, **settings}
        return self._call("POST", _ids(media_id), json=body, expect=dict)

    def list(self, media_id: str) -> Answer:
        """All playback IDs of a media; without paging."""
        return self._call("GET", _ids(media_id), expect=list)

    def get(self, media_id: str, playback_id: str) -> Answer:
        """One playback ID with its restrictions."""
        return self._call("GET", f"{_ids(media_id)}/{part(playback_id)}", expect=dict)

    def delete(self, media_id: str, playback_id: str) -> Answer:
        """Remove a playback ID at once. Recorded: it travels in the query, not in the path."""
        return self._call("DELETE", _ids(media_id), query={"playbackId": named(playback_id)})

    def update_domains(
        self,
        media_id: str,
        playback_id: str,
        *,
        default_policy: str,
        allow: Sequence[str] = (),
        deny: Sequence[str] = (),
    ) -> Answer:
        """Replace the domain rules; `default_policy` allow or deny. Observed: a host without a dot is refused (422)."""
        return replace(
            self._call,
            _ids(media_id),
            playback_id,
            "domains",
            default_policy=default_policy,
            allow=allow,
            deny=deny,
        )

    def update_user_agents(
        self,
        media_id: str,
        playback_id: str,
        *,
        default_policy: str,
        allow: Sequence[str] = (),
        deny: Sequence[str] = (),
    ) -> Answer:
        """Replace the user agent rules; entries are case-sensitive parts of the header (observed)."""
        return replace(
            self._call,
            _ids(media_id),
            playback_id,
            "user-agents",
            default_policy=default_policy,
            allow=allow,
            deny=deny,
        )


def _ids(media_id: str) -> str:
    return f"/on-demand/{part(media_id)}/playback-ids"
