"""Sending any event by hand: POST /_sandbox/event, and a form of the page.

Nothing happens to the object: the event says what it says, as a late, wrong or lost one would.
"""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from sandbox import ai, ai_results, ai_words, control, describe, errors, events, records, track_records, uploads, world
from sandbox.records import Media
from sandbox.track_records import Track
from sandbox.world import World

# Every documented type; others are sent as well, so that a receiver's way with unknown ones can be seen
TYPES = (
    "video.media.upload", "video.upload.media_created", "video.media.created", "video.media.ready",
    "video.media.failed", "video.media.updated", "video.media.deleted", "video.media.upload.cancelled",
    "video.media.live_stream.created", "video.media.live_clip.created", "video.media.intro.ready",
    "video.media.watermark.ready", "video.media.mp4Support.ready", "video.media.source.ready",
    "video.media.source.deleted", "video.media.track.created", "video.media.track.ready", "video.media.track.updated",
    "video.media.track.deleted", "video.media.track.failed", "video.media.subtitle.generated.ready",
    "video.media.subtitle.generated", "video.mediaAI.summary.ready", "video.mediaAI.chapters.ready",
    "video.mediaAI.named-entities.ready", "video.mediaAI.namedEntities.ready", "video.mediaAI.moderation.ready",
    "video.mediaAI.summary.failed",
    "video.live_stream.created", "video.live_stream.connected", "video.live_stream.preparing",
    "video.live_stream.active", "video.live_stream.recording", "video.live_stream.disconnected",
    "video.live_stream.idle", "video.live_stream.disabled", "video.live_stream.updated", "video.live_stream.deleted",
    "video.live_stream.enabled", "video.live_stream.simulcast_target.created",
    "video.live_stream.simulcast_target.starting", "video.live_stream.simulcast_target.broadcasting",
    "video.live_stream.simulcast_target.updated", "video.live_stream.simulcast_target.deleted",
)  # fmt: skip
TEST = "sandbox.test"
FORM = re.compile(r"[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){1,6}")
WORDS = {  # the coarse word beside a type; the last part of the type where none is here
    "video.media.upload": "waiting",
    "video.upload.media_created": "media_created",
    "video.media.created": "media_created",
    "video.media.ready": "media_ready",
    "video.media.failed": "media_failed",
    "video.media.updated": "media_created",
    "video.media.deleted": "media_deleted",
    "video.media.upload.cancelled": "upload_cancelled",
    TEST: "sent",
} | {f"video.media.track.{word}": f"track_{word}" for word in ("created", "ready", "updated", "deleted", "failed")}


async def send(request: Request) -> Response:
    """POST {type, object?, data?, status?}: queue that event; answers as the API does, with its {id, type, object}.

    `object` is the id of a media, upload or stream, the newest media when left out; `data` an object, else what such an
    event would say of it. A test event, `sandbox.test`, is about nothing.
    """
    control.check_caller(request)
    here, told = world.of(request), await control.given(request)
    kind, object_id = str(told.get("type") or "").strip(), str(told.get("object") or "").strip()
    problems = [] if FORM.fullmatch(kind) else [{"field": "type", "message": "is invalid"}]
    object_id = object_id or ("" if kind == TEST else _newest(here))
    if not object_id and kind != TEST:
        problems.append({"field": "object", "message": "must not be null: there is no media yet"})
    data = _given_data(told.get("data"), problems)
    if problems:
        raise errors.invalid(problems)
    status = str(told.get("status") or WORDS.get(kind, kind.rpartition(".")[2]))
    about = "live" if kind.startswith("video.live_stream.") else "media"
    said = data if data is not None else _data(here, kind, object_id)
    event_id = events.record(here, kind, object_id, status, said, about=about)
    told_of = {"id": event_id, "type": kind, "object": object_id}
    return control.answered(request, {"success": True, "data": told_of})


def _given_data(given: Any, problems: list[errors.Problem]) -> dict[str, Any] | None:
    """The `data` of the request: an object, or its text in a form."""
    if isinstance(given, str):
        if not given.strip():
            return None
        try:
            given = json.loads(given)
        except ValueError:
            given = given.strip()
    if given is not None and not isinstance(given, dict):
        problems.append({"field": "data", "message": "must be an object"})
        return None
    return given


def _newest(here: World) -> str:
    row = here.store.one("SELECT id FROM media ORDER BY seq DESC LIMIT 1")
    return str(row["id"]) if row else ""


def _data(here: World, kind: str, object_id: str) -> dict[str, Any]:
    """What an event of that type says of the object, as far as the sandbox knows it."""
    if kind == TEST:
        return {"message": "A test event, asked for by a person."}
    media, upload = records.media_or_none(here.store, object_id), records.upload_or_none(here.store, object_id)
    if upload and kind.startswith("video.media.upload"):
        return uploads.flat(upload) if kind.endswith("cancelled") else uploads.described(here, upload)
    if kind.startswith("video.live_stream."):
        return {"streamId": object_id, "status": kind.rpartition(".")[2]}
    if media is None:
        return {"id": object_id}
    said = next(say for start, say in OF_MEDIA.items() if kind.startswith(start))
    return said(here, media, kind)


def _created(here: World, media: Media, kind: str) -> dict[str, Any]:
    return describe.created(here, media)


def _deleted(here: World, media: Media, kind: str) -> dict[str, Any]:
    return describe.deleted(here, media)


def _failed(here: World, media: Media, kind: str) -> dict[str, Any]:
    return describe.whole(here, media) | {"failedReason": media.failed_reason or "Sent by hand."}


def _whole(here: World, media: Media, kind: str) -> dict[str, Any]:
    return describe.whole(here, media)


def _of_ai(here: World, media: Media, kind: str) -> dict[str, Any]:
    """The result the media has, else the one it would get."""
    word = kind.split(".")[2]
    feature = "namedEntities" if word in ai.SPELLINGS else word
    if feature not in ai_results.FEATURES:
        return {"id": media.id}
    if kind.endswith(".failed"):
        return {"failedReason": "Sent by hand."}
    held = ai_results.one(here.store, media.id, feature)
    if held and held.status == "ready":
        return ai.told(feature, held.data)
    return ai.told(feature, ai_words.made(feature, media, held.asked if held else ai.USUAL[feature]))


def _of_track(here: World, media: Media, kind: str) -> dict[str, Any]:
    """The newest track that fits, with its address where an event of that type has one; else a made-up one."""
    word = kind.rpartition(".")[2]
    status = {"created": "preparing", "updated": "preparing", "failed": "failed"}.get(word, "available")
    generated = ".subtitle." in kind
    added = [one for one in track_records.of_media(here.store, media.id) if not generated or one.heard_in]
    track = added[0] if added else _made_up(media, generated=generated)
    data = track.answered()
    if generated:
        data |= describe.subtitle_url(here, track)
    if word == "deleted":
        return {name: value for name, value in data.items() if name != "url"}
    reason = {"failedReason": "Sent by hand."} if word == "failed" else {}
    return data | {"status": status} | reason


def _made_up(media: Media, *, generated: bool) -> Track:
    url = "" if generated else "https://media.example/english.vtt"
    return Track(str(uuid4()), media.id, "subtitle", url, "en-US", "English", "", "available", made=1)


def _of_watermark(here: World, media: Media, kind: str) -> dict[str, Any]:
    """The watermark the media was made with, else a made-up one."""
    made_up = {"id": str(uuid4()), "type": "watermark", "url": "https://media.example/logo.png"}
    return next(iter(events.watermarks(media)), made_up)


Say = Callable[[World, Media, str], dict[str, Any]]
OF_MEDIA: dict[str, Say] = {  # by how a type begins, the first that fits
    "video.mediaAI.": _of_ai,
    "video.media.track.": _of_track,
    "video.media.subtitle.": _of_track,
    "video.media.watermark.": _of_watermark,
    "video.media.created": _created,
    "video.upload.media_created": _created,
    "video.media.deleted": _deleted,
    "video.media.failed": _failed,
    "": _whole,
}
