"""The sandbox's own controls under /_sandbox: for this machine only, never for another site's page."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from sandbox import checks, describe, playlists, records, switches, world
from sandbox.delivery import Destination
from sandbox.errors import Refusal
from sandbox.playlist_records import playlist_of
from sandbox.settings import secret_bytes

LOOPBACK = ("127.0.0.1", "localhost", "::1")
FORM = "application/x-www-form-urlencoded"


def check_caller(request: Request) -> None:
    """Refusal 403 for a peer or Host that is not loopback (DNS rebinding), and for another site's request."""
    peer = request.client.host if request.client else ""
    host = urlsplit(f"//{request.headers.get('host', '')}")
    if peer not in LOOPBACK or host.hostname not in LOOPBACK:
        raise Refusal(403, "forbidden", "The controls answer on this machine only.")
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        raise Refusal(403, "forbidden", "The controls do not answer other sites.")
    if origin is not None and urlsplit(origin).netloc != host.netloc:
        raise Refusal(403, "forbidden", "The controls do not answer other sites.")


async def state(request: Request) -> Response:
    """GET: everything the page shows, as JSON."""
    check_caller(request)
    return JSONResponse(summary(request))


def summary(request: Request) -> dict[str, Any]:
    """Everything the page shows; no secret, no upload address."""
    here = world.of(request)
    target = here.delivery.destination()
    return {
        "address": here.settings.public_url,
        "api_url": f"{here.settings.public_url}/v1",
        "stream_url": here.settings.stream_url,
        "images_url": here.settings.images_url,
        "upload_url": here.settings.storage_url,
        "workspace_id": here.workspace_id,
        "webhook": {"url": target.url, "state": target.state, "last_answer": here.delivery.last_answer},
        "switches": switches.read(here.store),
        "media": [_media_line(here, row["id"]) for row in _newest(here, "media", 50)],
        "uploads": [
            {name: row[name] for name in ("id", "status", "created_at", "size")} for row in _newest(here, "uploads", 50)
        ],
        "playlists": [playlists.listed(here, playlist_of(row)) for row in _newest(here, "playlists", 50)],
        "drm_configurations": [row["id"] for row in _newest(here, "drm_configurations", 50)],
        "events": [
            {name: row[name] for name in ("id", "type", "object_id", "created_at", "state", "attempts", "answer")}
            for row in _newest(here, "events", 100)
        ],
        "waiting": here.store.count("SELECT count(*) FROM events WHERE state = 'waiting'"),
    }


async def webhook(request: Request) -> Response:
    """POST {url, secret?}: make it the destination. Answers with the secret events are signed with."""
    check_caller(request)
    told = await given(request)
    url, secret = str(told.get("url") or "").strip(), str(told.get("secret") or "").strip()
    if url and (not url.startswith(("http://", "https://")) or not urlsplit(url).hostname):
        raise Refusal(422, "payload validation failed", fields=[{"field": "url", "message": "is invalid"}])
    if secret and not secret_bytes(secret):
        raise Refusal(422, "payload validation failed", fields=[{"field": "secret", "message": "must be base64"}])
    target = world.of(request).delivery.connect(url, secret)
    return answered(request, _described(target))


async def turn(request: Request) -> Response:
    """POST {switch: position, …}, a position "slow" or "slow:3". Answers with all positions."""
    check_caller(request)
    here, wanted = world.of(request), _joined(await given(request))
    problems = switches.problems(wanted)
    if problems:
        raise Refusal(422, "payload validation failed", " ".join(problems))
    switches.turn(here.store, {name: str(position) for name, position in wanted.items()})
    here.counts.clear()
    if "webhooks" in wanted:
        here.delivery.try_again()
    return answered(request, switches.read(here.store))


def _joined(given: dict[str, Any]) -> dict[str, Any]:
    """Positions with the values that the page's form sends beside them, as `api` and `api-value`.

    A value that was left there from another position, and does not fit, gives way to the usual one.
    """
    values = {name.removesuffix("-value"): given.pop(name) for name in list(given) if name.endswith("-value")}
    for name, value in values.items():
        wanted = f"{given.get(name)}:{value}"
        if value and name in switches.CHOICES and switches.parse(name, wanted):
            given[name] = wanted
    return given


def _described(target: Destination) -> dict[str, object]:
    return {"url": target.url, "state": target.state, "secret": target.secret}


def _media_line(here: world.World, media_id: str) -> dict[str, Any]:
    media = records.media(here.store, media_id)
    entity = describe.whole(here, media)
    return {
        "id": media.id,
        "title": media.settings.get("title", ""),
        "status": media.status,
        "created_at": media.created_at,
        "duration": entity.get("duration", ""),
        "progress": here.jobs.progress.get(media.id),
        "failed_reason": media.failed_reason,
        "playback_ids": [{"id": one["id"], "policy": one["accessPolicy"]} for one in entity["playbackIds"]],
    }


def _newest(here: world.World, table: str, limit: int) -> list[Any]:
    return here.store.all(f"SELECT * FROM {table} ORDER BY seq DESC LIMIT {limit}")  # noqa: S608 - our own words


async def given(request: Request) -> dict[str, Any]:
    """The JSON object, or the fields of a form of the page."""
    if not request.headers.get("content-type", "").startswith(FORM):
        return await checks.body(request)
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > checks.BODY_LIMIT:
            raise Refusal(413, "payload too large")
    return {name: values[-1] for name, values in parse_qs(raw.decode(errors="replace")).items()}


def answered(request: Request, body: object) -> Response:
    """JSON, or the way back to the page for one of its forms."""
    if request.headers.get("content-type", "").startswith(FORM):
        return RedirectResponse("/", 303)
    return Response(json.dumps(body), media_type="application/json")
