"""Operations on playlists under /v1/on-demand/playlists.

The document fills a smart playlist once, when it is made; FastPix's newer guide calls it dynamic. Here it is dynamic:
every answer shows the media that fit its dates now. Its media are not put in or taken out by hand.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import Response

from sandbox import checks, describe, errors, paging, records, times, world
from sandbox import playlist_records as playlists
from sandbox.answers import ok
from sandbox.playlist_records import Playlist
from sandbox.world import World

MOST = 1000  # media of a playlist (documented)
DESCRIPTION_LIMIT = 1000
ORDERS = ("createdDate ASC", "createdDate DESC")
LAST_DAY = "9999-12-30"


async def create(request: Request) -> Response:
    """POST: 201 with the playlist whole, a manual one empty; 409 when the referenceId is taken."""
    here = world.of(request)
    fields = checks.Fields(await checks.body(request))
    name, reference = fields.text("name", required=True), fields.text("referenceId", required=True)
    kind = fields.choice("type", ("manual", "smart"), required=True)
    description = fields.text("description", limit=DESCRIPTION_LIMIT)
    most = fields.whole("limit", 1, MOST) or MOST
    rules = _rules(fields, smart=kind == "smart")
    fields.refuse()
    now = times.now()
    made = Playlist(str(uuid4()), str(reference), str(kind), str(name), description, most, rules, now, now)
    playlists.add(here.store, made)
    return ok(_whole(here, made), status=201)


def _rules(fields: checks.Fields, *, smart: bool) -> dict[str, Any]:
    """What a smart playlist is filled by; the document allows neither field in a manual one."""
    if not smart:
        for name in fields.data.keys() & {"playOrder", "metadata"}:
            fields.wrong(name, "belongs to a smart playlist")
        return {}
    order = fields.choice("playOrder", ORDERS, required=True)
    ranges = fields.inside("metadata", required=True)
    named = isinstance(fields.data.get("metadata"), dict)
    spans = {}
    for name in playlists.RANGES:
        days = ranges.inside(name, required=named and name == "createdDate")
        if isinstance(ranges.data.get(name), dict):
            spans[name] = _span(days)
    return {"playOrder": order, "metadata": spans}


def _span(days: checks.Fields) -> dict[str, str | None]:
    span = {name: days.text(name, required=True) for name in ("startDate", "endDate")}
    for name, text in span.items():
        if text and not _is_day(text):
            days.wrong(name, "must be a date such as 2026-01-31")
    first, last = span["startDate"], span["endDate"]
    if first and last and _is_day(first) and _is_day(last) and last < first:
        days.wrong("endDate", "must not be before startDate")
    return span


def _is_day(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) or text > LAST_DAY:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


async def list_all(request: Request) -> Response:
    """GET: newest first, without their media (recorded)."""
    here, page = world.of(request), paging.asked(request, ordered=False)
    rows, pagination = page.rows(here.store, "playlists")
    return ok([listed(here, playlists.playlist_of(row)) for row in rows], pagination=pagination)


async def get(request: Request) -> Response:
    """GET: one with its media in their order."""
    return ok(_whole(world.of(request), _asked(request)))


async def update(request: Request) -> Response:
    """PUT: name and description, both needed (documented)."""
    fields = checks.Fields(await checks.body(request))
    name = fields.text("name", required=True)
    description = fields.text("description", limit=DESCRIPTION_LIMIT)
    if fields.data.get("description") is None:
        fields.wrong("description", "must not be null")
    here, held = world.of(request), _asked(request)
    fields.refuse()
    held.name, held.description = str(name), description
    playlists.save(here.store, held)
    return ok(_whole(here, held))


async def delete(request: Request) -> Response:
    """DELETE: for good; only {"success": true} is answered (documented)."""
    playlists.delete(world.of(request).store, _asked(request))
    return ok()


async def add_media(request: Request) -> Response:
    """PATCH: append in the order given; what is in it already keeps its place.

    Only what is Ready gets in (documented): anything else is left out, an unknown media is a 404.
    """
    wanted = await _wanted(request)
    here, held = world.of(request), _manual(request)
    ready = [one.id for one in (records.media(here.store, media_id) for media_id in wanted) if one.status == "Ready"]
    ordered = list(dict.fromkeys([*playlists.media_ids(here.store, held), *ready]))
    if len(ordered) > held.most:
        raise errors.bad_request(f"The playlist takes at most {held.most} media.")
    return _put(here, held, ordered)


async def reorder(request: Request) -> Response:
    """PUT: the complete list in its new order (documented)."""
    wanted = await _wanted(request)
    here, held = world.of(request), _manual(request)
    if sorted(wanted) != sorted(playlists.media_ids(here.store, held)):
        raise errors.invalid([{"field": "mediaIds", "message": "must name every media of the playlist once"}])
    return _put(here, held, wanted)


async def remove_media(request: Request) -> Response:
    """DELETE with a body: take out of the playlist; a media that is not in it is a 404, and none is taken out."""
    wanted = await _wanted(request)
    here, held = world.of(request), _manual(request)
    inside = playlists.media_ids(here.store, held)
    if not set(wanted) <= set(inside):
        raise errors.media_missing()
    return _put(here, held, [media_id for media_id in inside if media_id not in set(wanted)])


async def _wanted(request: Request) -> list[str]:
    """The mediaIds of the body."""
    given = (await checks.body(request)).get("mediaIds")
    if not isinstance(given, list) or not given:
        message = "must not be null" if given is None else "must be a list of media ids"
        raise errors.invalid([{"field": "mediaIds", "message": message}])
    wrong = [place for place, one in enumerate(given) if not _is_id(one)]
    if wrong:
        raise errors.invalid([{"field": f"mediaIds[{place}]", "message": "is invalid"} for place in wrong])
    return [str(UUID(one)) for one in given]


def _is_id(given: object) -> bool:
    try:
        return bool(UUID(given)) if isinstance(given, str) else False
    except ValueError:
        return False


def _put(here: World, held: Playlist, media_ids: Sequence[str]) -> Response:
    playlists.put(here.store, held, media_ids)
    return ok(_whole(here, held))


def _asked(request: Request) -> Playlist:
    return playlists.playlist(world.of(request).store, checks.identifier(request, "playlistId"))


def _manual(request: Request) -> Playlist:
    held = _asked(request)
    if held.kind != "manual":
        raise errors.bad_request("The media of a smart playlist follow its rules.")
    return held


def listed(here: World, held: Playlist) -> dict[str, Any]:
    """A playlist in the list of all (recorded)."""
    return {
        "id": held.id,
        "name": held.name,
        "type": held.kind,
        "referenceId": held.reference_id,
        "createdAt": held.created_at,
        "mediaCount": playlists.count(here.store, held),
    }


def _whole(here: World, held: Playlist) -> dict[str, Any]:
    """A playlist with its media (recorded)."""
    shown = describe.listed(here, [records.media_of(row) for row in playlists.rows(here.store, held)])
    told = {"description": held.description} if held.description is not None else {}
    return {
        "id": held.id,
        "name": held.name,
        "referenceId": held.reference_id,
        "type": held.kind,
        **told,
        **held.rules,
        "mediaList": shown,
        "workspaceId": here.workspace_id,
        "createdAt": held.created_at,
        "updatedAt": held.updated_at,
        "mediaCount": len(shown),
    }
