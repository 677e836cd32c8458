"""Files of a media beside its stream: MP4 and M4A to download, access to the source, and what FastPix took in."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events_app.models import WebhookEvent
from fastpix_api import FastPix, Refused
from media_app import reconcile
from media_app.mirror import apply, partial
from media_app.models import Media, PlaybackId
from media_app.services import playing
from workspace_app import signing_keys, timeline
from workspace_app.fastpix import client_for
from workspace_app.models import TimelineEntry, User

# FastPix's values of mp4Support, and what is at <stream host>/<playback ID>/ then (documented)
SUPPORT: Final[dict[str, str | Promise]] = {
    "none": gettext_lazy("Off"),
    "capped_4k": gettext_lazy("MP4, up to 4K"),
    "audioOnly": gettext_lazy("M4A, sound only"),
    "audioOnly,capped_4k": gettext_lazy("MP4 and M4A"),
}
NAMES: Final = {"capped_4k": "capped-4k.mp4", "audioOnly": "audio.m4a"}
NEEDS: Final = {"capped_4k": "video", "audioOnly": "audio"}
READY_EVENTS: Final = ("video.media.mp4Support.ready", "media.mp4Support.ready")
ASKED: Final = "mp4_asked"
# The value tells what was asked for, only an event that it is made. Where none comes for so long, it counts as made.
PATIENCE: Final = timedelta(hours=1)
_CONTAINER: Final = re.compile(r"[A-Za-z0-9]{1,8}")


@dataclass(frozen=True)
class File:
    """One file to download. `url` is its address for everyone, "" where it takes a token."""

    name: str
    label: str
    ready: bool
    save_as: str
    url: str

    @property
    def is_video(self) -> bool:
        """Whether it has pictures."""
        return self.name.endswith(".mp4")


@dataclass(frozen=True)
class Card:
    """What a media's page shows about its files.

    `blocked`: why MP4 cannot be switched; `closed`: why nothing can be downloaded; `download`: the first that can.
    `source_name`: what the original file is saved as, where its own name is not told.
    """

    support: str
    label: str
    files: list[File]
    blocked: str
    closed: str
    download: File | None
    source_name: str


@dataclass(frozen=True)
class InputInfo:
    """What FastPix took in. `url` is "" for uploads, whose storage address is nobody's business (recorded garbled)."""

    url: str
    uploaded: bool
    container: str
    tracks: list[dict[str, str]]


def card(media: Media) -> Card:
    """Which files a media has, whether they are made, and by which playback ID they can be fetched."""
    value, statuses = _support(media)
    playback, closed = _way(media)
    waiting = bool(value != "none" and not statuses and _is_awaited(media))
    public = playback is not None and playback.access_policy == PlaybackId.Policy.PUBLIC
    files = [
        File(
            name=NAMES[kind],
            label=str(SUPPORT[kind]),
            ready=statuses.get(kind, "ready") in ("ready", "available") and not waiting,
            save_as=f"{_file_name(media)}.{NAMES[kind].rpartition('.')[2]}",
            url=f"{media.workspace.stream_url}/{playback.remote_id}/{NAMES[kind]}" if playback and public else "",
        )
        for kind in NAMES
        if kind in value.split(",")
    ]
    ready = next((file for file in files if file.ready), None)
    return Card(
        value,
        str(SUPPORT.get(value, value)),
        files,
        _blocked(media),
        closed,
        None if closed else ready,
        _file_name(media),
    )


def choices(media: Media) -> list[tuple[str, str | Promise]]:
    """The values FastPix can make something of for this media."""
    types = {track.type for track in media.tracks.all()} or {"video", "audio"}
    return [(value, label) for value, label in SUPPORT.items() if _fits(value, types)]


def switch_mp4(media: Media, value: str, *, by: User, client: FastPix | None = None) -> None:
    """Have FastPix make or drop the files; the event mp4Support.ready tells when they are there.

    That it is so already is no error (documented: 400). Raises FastPixError.
    """
    client = client or client_for(media.workspace)
    asked_at, version, answer = timezone.now(), media.version, None
    try:
        answer = client.media.update_mp4_support(media.remote_id, mp4_support=value)
    except Refused as refusal:
        if refusal.status != 400 or "already" not in refusal.said:
            raise
    else:
        apply(media.workspace, media.remote_id, partial(answer, version))
    timeline.record(
        media.workspace, "media", media.remote_id, ASKED, source="person", by=by, occurred_at=asked_at,
        details={"value": value, "note": str(SUPPORT[value])}, request_id=answer.request_id if answer else "",
    )  # fmt: skip
    if value == "none" or answer is None:
        # what is off is absent (recorded), so only a whole answer can tell it
        reconcile.ask(media, by="call", client=client)


def switch_source(media: Media, *, on: bool, by: User, client: FastPix | None = None) -> None:
    """Let the original file be fetched from FastPix, or not. Raises FastPixError."""
    client = client or client_for(media.workspace)
    answer = client.media.update_source_access(media.remote_id, source_access=on)
    timeline.record(
        media.workspace, "media", media.remote_id, "source_on" if on else "source_off", source="person", by=by,
        request_id=answer.request_id,
    )  # fmt: skip
    apply(media.workspace, media.remote_id, partial(answer, media.version))


def address(media: Media, name: str) -> str | None:
    """Where a file can be fetched from now, with a token where it takes one; None where there is no such file."""
    held = card(media)
    if held.closed or not any(file.name == name for file in held.files):
        return None
    playback, _closed = _way(media)
    if playback is None:
        return None
    url = f"{media.workspace.stream_url}/{playback.remote_id}/{name}"
    if playback.access_policy == PlaybackId.Policy.PUBLIC:
        return url
    token = playing.token(media, playback.remote_id)
    return f"{url}?{urlencode({'token': token})}" if token else None


def input_info(media: Media, *, client: FastPix | None = None) -> InputInfo:
    """What FastPix says of the file it took in. Raises FastPixError."""
    data = (client or client_for(media.workspace)).media.input_info(media.remote_id).data
    url = _inside(data, "configuration").get("url")
    file = _inside(data, "file")
    parts = urlsplit(url if isinstance(url, str) else "")
    uploaded = "X-Goog-" in parts.query or parts.path.endswith(media.remote_id)
    known = parts.scheme in ("http", "https") and not uploaded
    container = file.get("containerFormat")
    tidy = isinstance(container, str) and _CONTAINER.fullmatch(container) and not uploaded
    tracks = file.get("tracks")
    return InputInfo(
        # without user, password and query: customers sign their addresses
        url=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if known else "",
        uploaded=uploaded,
        container=str(container) if tidy else "",
        tracks=[_track(one) for one in tracks if isinstance(one, dict)] if isinstance(tracks, list) else [],
    )


def source_address(media: Media, *, client: FastPix | None = None) -> str | None:
    """Where the original file can be fetched from now; None while access is off or FastPix names no web address.

    Documented: input-info holds "the public storage input url of the uploaded media file". Not to be shown: of an
    upload it is signed. Raises FastPixError.
    """
    if not media.source_access or media.gone:
        return None
    data = (client or client_for(media.workspace)).media.input_info(media.remote_id).data
    url = _inside(data, "configuration").get("url")
    parts = urlsplit(url if isinstance(url, str) else "")
    return str(url) if parts.scheme in ("http", "https") and parts.netloc else None


def _support(media: Media) -> tuple[str, dict[str, str]]:
    """mp4Support as one of FastPix's values, and each file's own status where FastPix tells it.

    Recorded: a string, absent where off. The newest SDKs: a list of {type, status, width, height, ext}.
    """
    said = media.extra.get("mp4Support")
    if isinstance(said, str):
        return (said if said in SUPPORT else "none"), {}
    if not isinstance(said, list):
        return "none", {}
    kinds = {"mp4": "capped_4k", "m4a": "audioOnly"}
    listed = [one for one in said if isinstance(one, dict)]
    found = {kinds[one["ext"]]: str(one.get("status", "")).lower() for one in listed if one.get("ext") in kinds}
    return ",".join(sorted(found)) or "none", found


def _is_awaited(media: Media) -> bool:
    """Whether the files were asked for here lately, and no event has told since that they are made."""
    asked = TimelineEntry.objects.filter(
        workspace=media.workspace, area="media", object_id=media.remote_id, verb=ASKED
    ).first()
    if asked is None or asked.occurred_at < timezone.now() - PATIENCE:
        return False
    told = WebhookEvent.objects.filter(workspace=media.workspace, object_id=media.remote_id, type__in=READY_EVENTS)
    return not told.filter(received_at__gte=asked.occurred_at).exists()


def _way(media: Media) -> tuple[PlaybackId | None, str]:
    """The playback ID to download by, and why there is none."""
    by_policy = {playback.access_policy: playback for playback in reversed(media.playback_ids.all())}
    if public := by_policy.get(PlaybackId.Policy.PUBLIC):
        return public, ""
    if private := by_policy.get(PlaybackId.Policy.PRIVATE):
        has_key = signing_keys.in_use(media.workspace)
        return private, "" if has_key else _("Private files take a token, and this console keeps no signing key yet.")
    return None, _("It has no public or private playback ID to download by. DRM media have no downloads.")


def _blocked(media: Media) -> str:
    if media.gone or media.status == Media.Status.FAILED:
        return _("FastPix has no media here to make files of.")
    if media.status != Media.Status.READY:
        return _("FastPix makes files of a media once it is ready.")
    if {playback.access_policy for playback in media.playback_ids.all()} == {PlaybackId.Policy.DRM}:
        return _("DRM media have no downloads.")
    return ""


def _fits(value: str, types: set[str]) -> bool:
    return value == "none" or all(NEEDS[kind] in types for kind in value.split(","))


def _file_name(media: Media) -> str:
    return get_valid_filename((media.title or media.remote_id)[:100].replace(".", " ").strip() or media.remote_id)


def _inside(data: Any, name: str) -> dict[str, Any]:
    inner = data.get(name) if isinstance(data, dict) else None
    return inner if isinstance(inner, dict) else {}


def _track(said: dict[str, Any]) -> dict[str, str]:
    size = f"{said['width']} × {said['height']}" if said.get("width") and said.get("height") else ""
    rate = f"{said['frameRate']} fps" if said.get("frameRate") else ""
    language = said.get("languageName") if said.get("languageCode") != "und" else ""
    facts = [str(fact) for fact in (size, rate, language) if fact]
    return {"type": str(said.get("type", "")), "facts": ", ".join(facts)}
