"""Operations on a media's audio and subtitle tracks under /v1/on-demand/{mediaId}/tracks."""

import re
from dataclasses import replace
from typing import NamedTuple
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from sandbox import checks, errors, records, track_records, track_work, world
from sandbox.answers import ok
from sandbox.playback_ids import NOT_READY
from sandbox.records import Media
from sandbox.track_records import Track
from sandbox.world import World

KINDS = ("audio", "subtitle")
URL_LIMIT = 4096
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # the form of BCP 47
# those speech can be written down in (documented)
SPOKEN = (
    "ar-SA", "bn-BD", "bn-IN", "ca-ES", "cs-CZ", "da-DK", "de-AT", "de-CH", "de-DE", "el-GR", "en-AU", "en-CA",
    "en-GB", "en-IE", "en-IN", "en-NZ", "en-US", "en-ZA", "es-AR", "es-CL", "es-CO", "es-ES", "es-MX", "es-US",
    "fi-FI", "fr-BE", "fr-CA", "fr-CH", "fr-FR", "he-IL", "hi-IN", "hr-HR", "hu-HU", "id-ID", "it-CH", "it-IT",
    "ja-JP", "ko-KR", "ms-MY", "nb-NO", "nl-BE", "nl-NL", "no-NO", "pl-PL", "pt-BR", "pt-PT", "ro-RO", "ru-RU",
    "sk-SK", "sv-SE", "ta-IN", "ta-LK", "te-IN", "th-TH", "tr-TR", "uk-UA", "vi-VN", "bg-BG", "zh-CN", "zh-HK",
    "zh-TW",
)  # fmt: skip


class Names(NamedTuple):
    """What people and players call a track."""

    language_code: str
    language_name: str
    title: str = ""


OF_FILE = Names("und", "default")  # recorded


async def add(request: Request) -> Response:
    """POST {tracks: {url, type, languageCode, languageName, title?}}: 201 at once, the file is fetched afterwards."""
    fields = checks.Fields(await checks.body(request))
    inner = fields.inside("tracks", required=True)
    fields.refuse()
    kind = inner.choice("type", KINDS, required=True) or ""
    url, names = _url(inner, required=True), _names(inner)
    fields.refuse()
    here, media = world.of(request), _media(request)
    _refuse_taken(here, media, kind, names.language_name)
    track = Track(str(uuid4()), media.id, kind, url, *names, status="preparing")
    track_work.begin(here, track, "created")
    return ok(track.answered(), status=201)


async def update(request: Request) -> Response:
    """PATCH {url?, languageCode, languageName, title?}: the id stays. Without `url` (as FastPix's SDK sends it) the
    file stays as well.
    """
    fields = checks.Fields(await checks.body(request))
    url, names = _url(fields), _names(fields)
    fields.refuse()
    here, media = world.of(request), _media(request)
    held = _asked(request, media)
    if held.kind not in KINDS:
        raise errors.bad_request("Only audio and subtitle tracks can be updated.")
    _refuse_taken(here, media, held.kind, names.language_name, besides=held.id)
    track = replace(held, **names._asdict() | {"title": names.title or held.title}, status="preparing")
    if url:
        track = replace(track, url=url, wanted=held.made + 1, heard_in="")
    track_work.begin(here, track, "updated")
    return ok(track.answered())


async def delete(request: Request) -> Response:
    """DELETE: for good; only {"success": true} is answered (recorded)."""
    here, media = world.of(request), _media(request)
    track = _asked(request, media)
    if track.id in _own(media):
        raise errors.bad_request("The tracks of the file itself cannot be deleted.")
    track_work.delete(here, track)
    return ok()


async def generate(request: Request) -> Response:
    """POST {languageName, languageCode, metadata?} on an audio track: answers with the new subtitle track at once."""
    fields = checks.Fields(await checks.body(request))
    fields.choice("languageCode", SPOKEN)
    fields.metadata()
    names = _names(fields)
    fields.refuse()
    here, media = world.of(request), _media(request)
    heard = _asked(request, media)
    if heard.kind != "audio":
        raise errors.bad_request("Subtitles are generated from an audio track.")
    _refuse_taken(here, media, "subtitle", names.language_name)
    track = Track(str(uuid4()), media.id, "subtitle", "", *names, status="preparing", heard_in=heard.id)
    track_work.begin(here, track)
    return ok(track.answered())


def _url(fields: checks.Fields, *, required: bool = False) -> str:
    url = fields.text("url", required=required, limit=URL_LIMIT) or ""
    if url and not url.startswith(("http://", "https://")):
        fields.wrong("url", "is invalid")
    return url


def _names(fields: checks.Fields) -> Names:
    code = fields.text("languageCode", required=True) or ""
    if code and not LANGUAGE.fullmatch(code):
        fields.wrong("languageCode", "is invalid")
    name, title = fields.text("languageName", required=True), fields.text("title")
    return Names(code, name or "", title or "")


def _refuse_taken(here: World, media: Media, kind: str, name: str, besides: str = "") -> None:
    """400 where another track of that kind has the name already (documented)."""
    added = {track.id: track for track in track_records.of_media(here.store, media.id)}
    everyone = _own(media) | added
    if any(one.kind == kind and one.language_name == name and one.id != besides for one in everyone.values()):
        raise errors.bad_request("Duplicate language name exists for the given track ID.", "duplicate language name")


def _media(request: Request) -> Media:
    """The media of the path, which must be Ready: 400 before."""
    media = records.media(world.of(request).store, checks.identifier(request, "mediaId"))
    if media.status != "Ready":
        raise errors.bad_request(NOT_READY)
    return media


def _asked(request: Request, media: Media) -> Track:
    """The track of the path, one of the file or an added one; else 404 as for everything below a media (documented)."""
    track_id = checks.identifier(request, "trackId")
    found = track_records.one_or_none(world.of(request).store, track_id) or _own(media).get(track_id)
    if found is None or found.media_id != media.id:
        raise errors.media_missing()
    return found


def _own(media: Media) -> dict[str, Track]:
    """The tracks of the file itself, by id."""
    kinds = {media.probe[kind]["id"]: kind for kind in ("video", "audio") if media.probe.get(kind)}
    return {key: Track(key, media.id, kind, "", *OF_FILE, status="available", wanted=0) for key, kind in kinds.items()}
