"""Tracks of a media: what can be done with each now and why not, and doing it.

FastPix fetches or writes a track after it has answered, and its events say only that something about the media changed,
so after every act the media is asked for as a whole.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from fastpix_api import Answer, FastPix, FastPixError, NotFound
from media_app import reconcile
from media_app.models import Media, Track
from media_app.services import playing
from media_app.services.playing import Source
from workspace_app import timeline
from workspace_app.fastpix import client_for
from workspace_app.models import TimelineEntry, User

AVAILABLE: Final = "available"
FAILED: Final = "failed"
# What an answer after such an act may say has changed: no news in the timeline (words.py)
_FIELDS: Final = ("tracks", "generatedSubtitles", "subtitleAvailable")


@dataclass(frozen=True)
class Shown:
    """One track on the page. Each `no_…` is why that cannot be done now, "" where it can; `reason` why it failed.

    `file_name` is what to call its WebVTT file.
    """

    track: Track
    reason: str = ""
    no_replace: str = ""
    no_delete: str = ""
    no_generate: str = ""
    no_download: str = ""
    file_name: str = ""

    @property
    def of_file(self) -> bool:
        return is_of_file(self.track)


@dataclass(frozen=True)
class Card:
    """The tracks of a media; `no_add` is why none can be added now."""

    tracks: Sequence[Shown]
    no_add: str


def is_of_file(track: Track) -> bool:
    """Whether a track came with the media's own file. Recorded: its sound is called default, in language und."""
    return track.type == "video" or (track.language_code == "und" and track.language_name == "default")


def card(media: Media) -> Card:
    """What the page shows of a media's tracks."""
    tracks, source, not_now = list(media.tracks.all()), playing.source(media), _not_now(media)
    reasons = _reasons(media) if any(track.status == FAILED for track in tracks) else {}
    shown = [_shown(media, track, source, not_now, reasons.get(track.remote_id, "")) for track in tracks]
    return Card(shown, not_now)


def address(media: Media, track: Track) -> str | None:
    """Where a subtitle track is as a WebVTT file, with a fresh token where it takes one; None where it cannot be read.

    Documented: by a playback ID, as the film itself.
    """
    source = playing.source(media)
    if source is None or track.type != "subtitle" or _shown(media, track, source, "", "").no_download:
        return None
    token = playing.token(media, source.playback.remote_id) if source.private else None
    file = f"{media.workspace.stream_url}/{source.playback.remote_id}/text/{track.remote_id}.vtt"
    return f"{file}?{urlencode({'token': token})}" if token else file


def add(media: Media, *, kind: str, url: str, language_code: str, language_name: str, by: User) -> None:
    """Have FastPix fetch a subtitle or audio file. Raises FastPixError; Refused where the name is taken."""
    client = client_for(media.workspace)
    answer = client.tracks.add(
        media.remote_id, kind=kind, url=url, language_code=language_code, language_name=language_name
    )
    _done(media, ("track_added", _words(kind, language_name, language_code)), by, answer, client)


def replace(media: Media, track: Track, *, url: str, language_code: str, language_name: str, by: User) -> None:
    """Have FastPix fetch another file for a track, whose id stays. Raises as `add`."""
    client = client_for(media.workspace)
    told = {"url": url, "language_code": language_code, "language_name": language_name}
    answer = client.tracks.update(media.remote_id, track.remote_id, **told)
    _done(media, ("track_replaced", _words(track.type, language_name, language_code)), by, answer, client)


def delete(media: Media, track: Track, *, by: User) -> None:
    """Delete a track for good; one that FastPix no longer has counts as deleted. Raises FastPixError."""
    client = client_for(media.workspace)
    words = _words(track.type, track.language_name, track.language_code)
    try:
        answer = client.tracks.delete(media.remote_id, track.remote_id)
    except NotFound:
        reconcile.ask(media, by="call", client=client)
        if Track.objects.filter(pk=track.pk, media__gone=False).exists():
            raise
        return
    _done(media, ("track_deleted", words), by, answer, client)


def generate(media: Media, track: Track, *, language_code: str, language_name: str, by: User) -> None:
    """Have FastPix write down what is said in an audio track. Raises as `add`."""
    client = client_for(media.workspace)
    answer = client.tracks.generate_subtitles(
        media.remote_id, track.remote_id, language_code=language_code, language_name=language_name
    )
    _done(media, ("subtitles_asked", _words("subtitle", language_name, language_code)), by, answer, client)


def _done(media: Media, told: tuple[str, str], by: User, answer: Answer, client: FastPix) -> None:
    """Write down what was done (verb, note), and see what FastPix holds now; if it is silent, its events tell it."""
    verb, note = told
    timeline.record(
        media.workspace,
        "media",
        media.remote_id,
        verb,
        source="person",
        by=by,
        details={"note": note, "fields": list(_FIELDS)},
        request_id=answer.request_id,
    )
    with suppress(FastPixError):
        reconcile.ask(media, by="call", client=client)


def _words(kind: str, name: str, code: str) -> str:
    what = _("Audio") if kind == "audio" else _("Subtitles")
    return f"{what}: {name} ({code})"


def _not_now(media: Media) -> str:
    if media.gone:
        return _("FastPix no longer has this media.")
    if media.status == Media.Status.FAILED:
        return _("FastPix could not process this media, so it takes no tracks.")
    if media.status != Media.Status.READY:
        return _("FastPix is looking at the file. It takes tracks once the media is ready.")
    return ""


def _shown(media: Media, track: Track, source: Source | None, not_now: str, reason: str) -> Shown:
    busy = "" if track.status in (AVAILABLE, FAILED) else _("FastPix is still at work on this track.")
    no_delete = not_now
    if not not_now and is_of_file(track):
        no_delete = _("It came with the file itself. FastPix deletes only tracks that were added.")
    no_generate = not_now or busy or (_("FastPix could not read this track.") if track.status == FAILED else "")
    no_download = busy or (_("There is no file: FastPix could not make it.") if track.status == FAILED else "")
    if not no_download and (source is None or not source.key):
        no_download = _("It is read by a public playback ID, or a private one with a signing key here.")
    return Shown(
        track,
        reason=(reason or _("FastPix gave no reason.")) if track.status == FAILED else "",
        no_replace=not_now,
        no_delete=no_delete,
        no_generate=no_generate,
        no_download=no_download,
        file_name=f"{media.title or media.remote_id}.{track.language_code or track.remote_id}.vtt",
    )


def _reasons(media: Media) -> dict[str, str]:
    """Why tracks failed, by id: only an event tells, and the timeline keeps it."""
    lines: Iterable[TimelineEntry] = TimelineEntry.objects.filter(
        workspace=media.workspace, area="media", object_id=media.remote_id, verb="track_failed"
    ).order_by("occurred_at", "pk")
    return {str(line.details.get("track")): str(line.details.get("reason") or "") for line in lines}
