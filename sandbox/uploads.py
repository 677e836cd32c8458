"""Direct uploads under /v1/on-demand: the address to send a file to. Sending is storage.py's business."""

import json
import secrets
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from sandbox import checks, drm, errors, events, media_settings, paging, records, switches, world
from sandbox.answers import ok
from sandbox.records import Upload
from sandbox.times import now


async def create(request: Request) -> Response:
    """201 with the address. `X-Client-Type: web-browser` gives one that has to be started by a POST (documented)."""
    here = world.of(request)
    fields = checks.Fields(await checks.body(request))
    origin = _origin(fields)
    given = "pushMediaSettings" in fields.data
    settings = media_settings.of_upload(fields.inside("pushMediaSettings"), policy_required=given)
    for name in sorted(fields.data.keys() & media_settings.OF_AN_UPLOAD):
        fields.wrong(name, "belongs into pushMediaSettings")
    fields.refuse()
    drm.check(here.store, settings["accessPolicy"], settings.get("drmConfigurationId"))
    browser = request.headers.get("x-client-type", "") == "web-browser"
    with here.store.together():
        upload = _add(here, origin, settings, browser=browser)
        events.record(here, "video.media.upload", upload.id, "waiting", described(here, upload))
    return ok(described(here, upload), status=201)


def _origin(fields: checks.Fields) -> str:
    """`*` or scheme://host[:port]."""
    origin = fields.text("corsOrigin", required=True) or "*"
    if origin != "*":
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
            fields.wrong("corsOrigin", "is invalid")
    return origin.rstrip("/")


def _add(here: world.World, origin: str, settings: dict[str, Any], *, browser: bool) -> Upload:
    upload_id, signature = str(uuid4()), secrets.token_hex(256)
    today = datetime.now(UTC)
    query = (
        "X-Goog-Algorithm=GOOG4-RSA-SHA256"
        f"&X-Goog-Credential=sandbox@fastpix-sandbox.iam.gserviceaccount.com/{today:%Y%m%d}/auto/storage/goog4_request"
        f"&X-Goog-Date={today:%Y%m%dT%H%M%SZ}&X-Goog-Expires={here.settings.upload_timeout}"
        f"&X-Goog-SignedHeaders=host;x-goog-resumable&X-Goog-Signature={signature}"
    )
    clock = switches.at(here.store, "clock")
    session = "" if browser else secrets.token_urlsafe(80)
    here.store.run(
        "INSERT INTO uploads (id, status, created_at, expires_at, cors_origin, settings, query, signature, session) "
        "VALUES (?, 'waiting', ?, ?, ?, ?, ?, ?, ?)",
        [
            upload_id,
            now(),
            time.time() + here.settings.upload_timeout / (clock.count if clock.value else 1),
            origin,
            json.dumps(settings),
            query if browser else f"{query}&upload_id={session}",
            signature,
            session,
        ],
    )
    upload = records.upload_or_none(here.store, upload_id)
    assert upload is not None  # noqa: S101 - inserted above
    return upload


async def list_waiting(request: Request) -> Response:
    """Uploads never completed, with their addresses (recorded), also those that have expired (documented)."""
    here, page = world.of(request), paging.asked(request)
    rows, pagination = page.rows(here.store, "uploads WHERE status = 'waiting'")
    return ok([described(here, records.upload_of(row)) for row in rows], pagination=pagination)


async def cancel(request: Request) -> Response:
    """The flat answer of a cancel (recorded): no pushMediaSettings, no timeout."""
    here = world.of(request)
    upload = records.upload_or_none(here.store, checks.identifier(request, "uploadId"))
    if upload is None:
        raise errors.media_missing()
    if upload.status != "waiting":
        raise errors.bad_request("The upload is complete or cancelled already.", "upload cannot be cancelled")
    with here.store.together():
        here.store.run("UPDATE uploads SET status = 'cancelled' WHERE id = ?", [upload.id])
        events.record(here, "video.media.upload.cancelled", upload.id, "upload_cancelled", flat(upload))
    here.upload_file(upload.id).unlink(missing_ok=True)
    return ok(flat(upload) | {"url": address(here, upload)})


def flat(upload: Upload) -> dict[str, Any]:
    """What is told of a cancelled upload, without its address (recorded)."""
    told = {
        "uploadId": upload.id,
        "trial": False,
        "status": "cancelled",
        "corsOrigin": upload.cors_origin,
        "maxResolution": upload.settings["maxResolution"],
        "accessPolicy": upload.settings["accessPolicy"],
        "metadata": upload.settings.get("metadata", {}),
    }
    return told | {name: upload.settings[name] for name in ("title", "creatorId") if name in upload.settings}


def address(here: world.World, upload: Upload) -> str:
    """The address as FastPix writes it: some characters of the query stay unescaped (recorded)."""
    return f"{here.settings.storage_url}/{here.workspace_id}/{upload.id}?{upload.query}"


def described(here: world.World, upload: Upload) -> dict[str, Any]:
    """An upload as create and list answer it: its playback ID has no id yet (recorded)."""
    settings = upload.settings
    playback_id = {"accessPolicy": settings["accessPolicy"], "accessRestrictions": settings["accessRestrictions"]}
    pushed = {
        "playbackIds": [playback_id],
        "metadata": settings.get("metadata"),
        "mediaQuality": settings["mediaQuality"],
        "sourceAccess": settings["sourceAccess"],
        "optimizeAudio": settings["optimizeAudio"],
    }
    return {
        "uploadId": upload.id,
        "trial": False,
        "status": "waiting",
        "url": address(here, upload),
        "timeout": here.settings.upload_timeout,
        "corsOrigin": upload.cors_origin,
        "pushMediaSettings": {name: value for name, value in pushed.items() if value is not None},
    }
