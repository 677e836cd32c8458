"""What to hand to others so that they can watch: addresses of a playback ID, and code for their pages."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from django.utils.html import escape
from django.utils.translation import gettext as _

from media_app.models import Media, PlaybackId

# FastPix's player as their documentation loads it; it defines the element <fastpix-player>
PLAYER: Final = "https://cdn.jsdelivr.net/npm/@fastpix/fp-player/dist/player.js"
FASTPIX_HOST: Final = "stream.fastpix.com"


@dataclass(frozen=True)
class Piece:
    """Something to copy: an address, or lines of code."""

    name: str
    label: str
    text: str
    hint: str = ""

    @property
    def is_code(self) -> bool:
        return "\n" in self.text or self.text.startswith("<")


def pieces(playback: PlaybackId, *, token: str = "") -> list[Piece]:
    """Addresses and code for one playback ID, with the token in them where there is one."""
    media = playback.media
    found = [Piece("stream", _("Stream address (HLS)"), stream_address(playback, token))]
    picture = picture_address(playback, token)
    if picture:
        found.append(Piece("picture", _("Thumbnail address"), picture))
    element = _element(playback, token)
    if element:
        told = _("Works on every page. Pin the version of the player you tested with.")
        found.append(Piece("player", _("FastPix’s player"), element, told))
    if playback.access_policy != PlaybackId.Policy.DRM:
        told = _("Safari plays it as it is; other browsers need an HLS player such as hls.js.")
        tag = "audio" if media.is_audio_only else "video"
        found.append(Piece("plain", _("Plain HTML"), _plain(tag, found[0].text, picture), told))
    return found


def stream_address(playback: PlaybackId, token: str = "") -> str:
    """Where players find it."""
    return _with_token(f"{playback.media.workspace.stream_url}/{quote(playback.remote_id)}.m3u8", token)


def picture_address(playback: PlaybackId, token: str = "") -> str:
    """A still picture from the middle; "" where there is none."""
    if playback.media.status != Media.Status.READY or playback.media.is_audio_only:
        return ""
    return _with_token(f"{playback.media.workspace.images_url}/{quote(playback.remote_id)}/thumbnail.jpg", token)


def _with_token(address: str, token: str) -> str:
    return f"{address}?{urlencode({'token': token})}" if token else address


def _element(playback: PlaybackId, token: str) -> str:
    """FastPix's player; "" where it cannot reach the stream: it only asks https hosts called stream.<domain>."""
    host = urlsplit(playback.media.workspace.stream_url)
    if host.scheme != "https" or not (host.netloc or "").startswith("stream."):
        return ""
    drm = playback.access_policy == PlaybackId.Policy.DRM
    attributes: dict[str, Any] = {
        "playback-id": playback.remote_id,
        "stream-type": "on-demand",
        "custom-domain": "" if host.netloc == FASTPIX_HOST else host.netloc.removeprefix("stream."),
        "token": token,
        "drm-token": token if drm else "",
        "metadata-video-title": playback.media.title,
        "metadata-video-id": playback.media.remote_id,
    }
    return f'<script defer src="{PLAYER}"></script>\n{_tag("fastpix-player", attributes)}'


def _plain(tag: str, stream: str, picture: str) -> str:
    extra = {"playsinline": True, "poster": picture} if tag == "video" else {}
    return _tag(tag, {"controls": True, **extra, "src": stream})


def _tag(name: str, attributes: dict[str, Any]) -> str:
    """An element as plain text: an attribute that is True stands alone, one that is empty is left out."""
    words = [f" {key}" if value is True else f' {key}="{escape(value)}"' for key, value in attributes.items() if value]
    return f"<{name}{''.join(words)}></{name}>"
