"""Live playback IDs: how a stream is reached by players, and from where."""

from collections.abc import Sequence

from fastpix_api.answer import Answer
from fastpix_api.restrictions import replace
from fastpix_api.road import Call, named, part


class LivePlayback:
    """A stream's playback IDs; FastPix lists them inside the stream itself (`streams.get`, under "playbackIds").

    All raise NotFound, Invalid, Unreachable, Unauthorized, Forbidden, RateLimited, Broken.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def create(self, stream_id: str, *, access_policy: str) -> Answer:
        """One more playback ID, public or private (drm is for media only): data {id, accessPolicy} (recorded)."""
        return self._call("POST", _ids(stream_id), json={"accessPolicy": access_policy}, expect=dict)

    def get(self, stream_id: str, playback_id: str) -> Answer:
        """One playback ID: id and accessPolicy."""
        return self._call("GET", f"{_ids(stream_id)}/{part(playback_id)}", expect=dict)

    def delete(self, stream_id: str, playback_id: str) -> Answer:
        """Let nobody in by this ID any more; who watches already may go on for a while (documented).

        Recorded: it travels in the query, not in the path.
        """
        return self._call("DELETE", _ids(stream_id), query={"playbackId": named(playback_id)})

    def update_domains(
        self,
        stream_id: str,
        playback_id: str,
        *,
        default_policy: str,
        allow: Sequence[str] = (),
        deny: Sequence[str] = (),
    ) -> Answer:
        """Replace the domain rules; `default_policy` allow or deny. Only FastPix's newest SDKs know of it."""
        return replace(
            self._call,
            _ids(stream_id),
            playback_id,
            "domains",
            default_policy=default_policy,
            allow=allow,
            deny=deny,
        )

    def update_user_agents(
        self,
        stream_id: str,
        playback_id: str,
        *,
        default_policy: str,
        allow: Sequence[str] = (),
        deny: Sequence[str] = (),
    ) -> Answer:
        """Replace the user agent rules. Only FastPix's newest SDKs know of it."""
        return replace(
            self._call,
            _ids(stream_id),
            playback_id,
            "user-agents",
            default_policy=default_policy,
            allow=allow,
            deny=deny,
        )


def _ids(stream_id: str) -> str:
    return f"/live/streams/{part(stream_id)}/playback-ids"
