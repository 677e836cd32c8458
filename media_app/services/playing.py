"""How a media plays: which playback ID, at which address, with which token."""

import time
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlencode

from media_app.models import Media, PlaybackId
from workspace_app import signing_keys
from workspace_app.models import Workspace

# A person may open the page, be called away, and come back: the token must still open the segments it starts on.
SLACK = timedelta(hours=1)


@dataclass(frozen=True)
class Source:
    """One way to play a media. `private` addresses open only with a token; `key` tells whether we can mint one."""

    playback: PlaybackId
    url: str
    private: bool
    key: bool


def source(media: Media, *, key_id: str | None = None) -> Source | None:
    """The way this media plays in our own page: a public ID first, then a private one; None unless it is ready.

    `key_id`: as for `thumbnail`.

    DRM plays only in FastPix's own player (documented: licences come from its hosts), so it is not offered here.
    """
    if media.gone or media.status != Media.Status.READY:
        return None
    by_policy = {playback.access_policy: playback for playback in reversed(media.playback_ids.all())}
    playback = by_policy.get(PlaybackId.Policy.PUBLIC) or by_policy.get(PlaybackId.Policy.PRIVATE)
    if playback is None:
        return None
    private = playback.access_policy != PlaybackId.Policy.PUBLIC
    url = f"{media.workspace.stream_url}/{playback.remote_id}.m3u8"
    if private and key_id is None:
        key_id = signing_keys.in_use(media.workspace)
    return Source(playback, url, private, key=not private or bool(key_id))


def token(media: Media, playback_id: str) -> str | None:
    """A playback token that outlives the media's length, or None where no signing key is kept."""
    length = timedelta(milliseconds=media.duration_ms or 0)
    return signing_keys.token_for(media.workspace, playback_id, lifetime=length + SLACK)


def thumbnail(media: Media, *, width: int = 320, key_id: str | None = None) -> str:
    """The address of a still picture of `width` pixels, or "" where there is none to show.

    `key_id`: the kept signing key in use ("": none), asked for where the caller of many does not say. Private pictures
    carry a token; it stays the same for half an hour, so that a refreshed row does not fetch its picture anew.
    """
    if media.status != Media.Status.READY or media.is_audio_only:
        return ""
    ids = list(media.playback_ids.all())
    chosen = next((one for one in ids if one.access_policy == PlaybackId.Policy.PUBLIC), None)
    params: dict[str, str | int] = {"width": width}
    if chosen is None:
        chosen = next((one for one in ids if one.access_policy == PlaybackId.Policy.PRIVATE), None)
        key_id = signing_keys.in_use(media.workspace) if chosen is not None and key_id is None else key_id
        if chosen is None or not key_id:
            return ""
        params["token"] = _picture_token(media.workspace, key_id, chosen.remote_id, int(time.time() // 1800))
    return f"{media.workspace.images_url}/{chosen.remote_id}/thumbnail.png?{urlencode(params)}"


@lru_cache(maxsize=2000)
def _picture_token(workspace: Workspace, key_id: str, playback_id: str, half_hour: int) -> str:
    """A token of this very key: one that was deleted, or made a moment ago, is not mistaken for another."""
    token = signing_keys.token_for(workspace, playback_id, lifetime=SLACK)
    return token or ""
