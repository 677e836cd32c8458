"""Playback IDs under /v1/on-demand/{mediaId}/playback-ids."""

import json

from starlette.requests import Request
from starlette.responses import Response

from sandbox import checks, drm, errors, records, world
from sandbox.answers import ok
from sandbox.records import Media, PlaybackId

NOT_READY = "The media is not ready for updates."  # FastPix's own test waits while the text says so


async def create(request: Request) -> Response:
    """Another playback ID; `resolution` is null unless asked for (recorded)."""
    fields = checks.Fields(await checks.body(request))
    policy = fields.choice("accessPolicy", checks.POLICIES, required=True) or "public"
    restrictions = fields.restrictions()
    resolution = fields.choice("resolution", checks.RESOLUTIONS[1:])
    configuration = fields.identifier("drmConfigurationId")
    fields.refuse()
    here, owner = world.of(request), _media(request)
    drm.check(here.store, policy, configuration)
    _ready(owner)
    with here.store.together():
        added = records.add_playback_id(here.store, owner.id, policy, restrictions)
        records.save(here.store, owner)
    return ok(added.described() | {"resolution": resolution}, status=201)


async def list_all(request: Request) -> Response:
    """All of them; this list has no pages (recorded)."""
    here, owner = world.of(request), _media(request)
    return ok([one.described() for one in records.playback_ids(here.store, owner.id)])


async def get(request: Request) -> Response:
    """GET: one of them."""
    return ok(_asked(request).described())


async def delete(request: Request) -> Response:
    """The id comes as the query parameter playbackId."""
    here, owner = world.of(request), _media(request)
    wanted = request.query_params.get("playbackId")
    if not wanted:
        raise errors.invalid([{"field": "playbackId", "message": "must not be null"}])
    with here.store.together():
        gone = here.store.run("DELETE FROM playback_ids WHERE media_id = ? AND id = ?", [owner.id, wanted])
        if not gone:
            raise errors.playback_missing()
        records.save(here.store, owner)
    return ok()


async def domains(request: Request) -> Response:
    """PATCH: which sites may play it."""
    return await _restrict(request, "domains")


async def user_agents(request: Request) -> Response:
    """PATCH: which players may play it, by case-sensitive parts of their name (observed)."""
    return await _restrict(request, "userAgents")


async def _restrict(request: Request, kind: str) -> Response:
    """Replace one list by the flat body; a wrapped body is answered 200 and stores nothing (observed)."""
    fields = checks.Fields(await checks.body(request))
    rules = fields.restriction(kind)
    fields.refuse()
    here, asked, owner = world.of(request), _asked(request), _media(request)
    _ready(owner)
    if not fields.data.keys() & rules.keys():
        return ok(asked.restrictions[kind])
    with here.store.together():
        here.store.run(
            "UPDATE playback_ids SET restrictions = ? WHERE id = ?",
            [json.dumps(asked.restrictions | {kind: rules}), asked.id],
        )
        records.save(here.store, owner)
    return ok(rules)


def _media(request: Request) -> Media:
    return records.media(world.of(request).store, checks.identifier(request, "mediaId"))


def _asked(request: Request) -> PlaybackId:
    here = world.of(request)
    media_id, playback_id = checks.identifier(request, "mediaId"), checks.identifier(request, "playbackId")
    found = records.playback_id_or_none(here.store, playback_id)
    if found is None or found.media_id != media_id:
        raise errors.playback_missing()
    return found


def _ready(owner: Media) -> None:
    if owner.status != "Ready":
        raise errors.bad_request(NOT_READY)
