"""Operations on media under /v1/on-demand."""

from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import Response

from sandbox import checks, describe, drm, errors, events, life, media_settings, paging, records, world
from sandbox.answers import ok
from sandbox.inputs import CLIP
from sandbox.records import Media


async def create(request: Request) -> Response:
    """POST: a media from a URL, or a clip of another media. 201 as recorded; the work begins at once."""
    here = world.of(request)
    fields = checks.Fields(await checks.body(request))
    settings = media_settings.of_url(fields)
    fields.refuse()
    drm.check(here.store, settings["accessPolicy"], settings.get("drmConfigurationId"))
    origin = _clip_of(here, settings["inputs"])
    with here.store.together():
        media = records.add_media(here.store, str(uuid4()), settings, origin)
        events.record(here, "video.media.created", media.id, "media_created", describe.created(here, media))
    life.begin(here, media.id)
    return ok(describe.created(here, media), status=201)


def _clip_of(here: world.World, inputs: list[dict[str, Any]]) -> str | None:
    """The media a `fp_mediaId://` input is cut from; 404 when there is none here, 400 before it is Ready."""
    url = next(one["url"] for one in inputs if one["type"] == "video")
    if not url.startswith(CLIP):
        return None
    origin = records.media(here.store, url.removeprefix(CLIP))
    if origin.status != "Ready":
        raise errors.bad_request("The source media is not ready.")
    return origin.id


async def list_all(request: Request) -> Response:
    """GET: newest first; their tracks say "Ready" (recorded)."""
    here, page = world.of(request), paging.asked(request)
    rows, pagination = page.rows(here.store, "media")
    listed = [describe.whole(here, records.media_of(row), track_status="Ready") for row in rows]
    return ok(listed, pagination=pagination)


async def get(request: Request) -> Response:
    """GET: the whole entity."""
    here = world.of(request)
    return ok(describe.whole(here, _asked(request)))


async def update(request: Request) -> Response:
    """PATCH: title, metadata (replaced, not merged: recorded), creatorId. No change is said as well (observed)."""
    here, media = world.of(request), _asked(request)
    fields = checks.Fields(await checks.body(request))
    changes = {"title": fields.text("title"), "creatorId": fields.text("creatorId"), "metadata": fields.metadata()}
    fields.refuse()
    media = _asked(request)  # it may be gone since: reading the body took its time
    media.settings |= {name: value for name, value in changes.items() if value is not None}
    _save_and_say(here, media, "video.media.updated", "media_created")
    return ok(describe.whole(here, media))


async def delete(request: Request) -> Response:
    """DELETE: for good; only {"success": true} is answered (recorded)."""
    life.delete(world.of(request), _asked(request))
    return ok()


async def source_access(request: Request) -> Response:
    """PATCH {sourceAccess}: said by source.ready or source.deleted."""
    fields = checks.Fields(await checks.body(request))
    wanted = fields.flag("sourceAccess", required=True)
    fields.refuse()
    here, media = world.of(request), _asked(request)
    media.settings["sourceAccess"] = wanted
    _save_and_say(
        here, media, f"video.media.source.{'ready' if wanted else 'deleted'}", "ready" if wanted else "deleted"
    )
    return ok(describe.whole(here, media))


async def input_info(request: Request) -> Response:
    """For an upload `url` is the storage address; containerFormat is what follows its last dot, as recorded.

    An upload's video input has no `url`: it only carries what is to be cut, joined and marked.
    """
    here, media = world.of(request), _asked(request)
    inputs = media.settings.get("inputs", [])
    url = next((one.get("url") for one in inputs if one.get("type") == "video"), None)
    if url is None:
        upload = records.upload_or_none(here.store, media.id)
        query = quote(upload.query.split("&upload_id=")[0], safe="=&") if upload else ""
        url = f"{here.settings.storage_url}/{here.workspace_id}/{media.id}?{query}"
    file = {"containerFormat": url.rpartition(".")[2], "tracks": describe.tracks(media.probe, "available")}
    return ok({"configuration": {"url": url}, "file": file})


async def clips(request: Request) -> Response:
    """GET: what was cut from this media."""
    here, media, page = world.of(request), _asked(request), paging.asked(request)
    rows, pagination = page.rows(here.store, "media WHERE source_media_id = ?", [media.id])
    return ok([describe.clip(here, records.media_of(row)) for row in rows], pagination=pagination)


async def live_clips(request: Request) -> Response:
    """None yet: the sandbox has no live streams. The id may be a UUID or 32 hex digits (recorded)."""
    try:
        UUID(request.path_params["livestreamId"])
    except ValueError:
        raise errors.invalid([{"field": "livestreamId", "message": "is invalid"}]) from None
    return ok([], pagination=paging.asked(request).pagination(0))


def _asked(request: Request) -> Media:
    return records.media(world.of(request).store, checks.identifier(request, "mediaId"))


def _save_and_say(here: world.World, media: Media, kind: str, status: str) -> None:
    with here.store.together():
        records.save(here.store, media)
        events.of_media(here, kind, media, status)
