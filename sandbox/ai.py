"""In-video AI: asked of a media, prepared for a while, told by its event and shown in the media."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox import ai_results, ai_words, checks, errors, events, records, world
from sandbox.answers import ok
from sandbox.log import fault
from sandbox.records import Media
from sandbox.world import World

LENGTHS = (30, 250)  # least and most words of a summary (documented)
KINDS = ("video", "audio", "av")
# what is made where nothing more is said
USUAL: dict[str, dict[str, Any]] = {
    "summary": {"summaryLength": 100},
    "chapters": {},
    "namedEntities": {},
    "moderation": {"type": "audio"},
}
SECONDS = {"moderation": 1.0, "summary": 1.5, "chapters": 2.0, "namedEntities": 2.5}  # of work, beside the media's own
SHARE_OF_MEDIA, LONGEST = 0.02, 15.0
# FastPix's pages spell the event of named entities in two ways; here they take turns
SPELLINGS = ("named-entities", "namedEntities")


async def summary(request: Request) -> Response:
    """PATCH {generate, summaryLength}: ask for a summary, or switch it off."""
    fields = checks.Fields(await checks.body(request))
    wanted = fields.flag("generate", required=True)
    return _switch(request, fields, "summary", _length(fields), wanted=bool(wanted))


async def chapters(request: Request) -> Response:
    """PATCH {chapters}: ask for chapters, or switch them off."""
    fields = checks.Fields(await checks.body(request))
    wanted = fields.flag("chapters", required=True)
    return _switch(request, fields, "chapters", {}, wanted=bool(wanted))


async def named_entities(request: Request) -> Response:
    """PATCH {namedEntities}: ask for the names in it, or switch it off."""
    fields = checks.Fields(await checks.body(request))
    wanted = fields.flag("namedEntities", required=True)
    return _switch(request, fields, "namedEntities", {}, wanted=bool(wanted))


async def moderation(request: Request) -> Response:
    """PATCH {moderation: {type}}: look for what should not be seen or heard. It cannot be switched off (documented)."""
    fields = checks.Fields(await checks.body(request))
    return _switch(request, fields, "moderation", _kind(fields.inside("moderation")), wanted=True)


async def get_summary(request: Request) -> Response:
    """GET: the text alone; 400 until it was asked for (recorded), and until it is there (documented)."""
    here, media = world.of(request), _asked(request)
    result = ai_results.one(here.store, media.id, "summary")
    if result is None:
        raise errors.bad_request("Summary is not enabled for the requested media", "Summary not enabled")
    if result.status != "ready":
        raise errors.bad_request("The summary of the requested media is being generated", "Summary not available")
    return ok(result.data)


def asked_in(fields: checks.Fields) -> dict[str, dict[str, Any]]:
    """What create-media or pushMediaSettings ask for, by feature."""
    inner = fields.inside("summary")
    length = _length(inner)
    wanted: dict[str, dict[str, Any] | None] = {
        "summary": length if inner.flag("generate") else None,
        "chapters": {} if fields.flag("chapters") else None,
        "namedEntities": {} if fields.flag("namedEntities") else None,
        "moderation": _kind(fields.inside("moderation")) if fields.data.get("moderation") else None,
    }
    return {feature: asked for feature, asked in wanted.items() if asked is not None}


def take_up(here: World, media_id: str) -> None:
    """Begin what a Ready media was asked for and does not have."""
    for feature in ai_results.preparing(here.store, media_id):
        here.jobs.start(_job(media_id, feature), _work(here, media_id, feature))


def resume(here: World) -> None:
    """Take up what a stop cut off; media that are not Ready do it themselves once they are."""
    for row in here.store.all("SELECT DISTINCT media_id FROM ai WHERE status = 'preparing'"):
        media = records.media_or_none(here.store, row["media_id"])
        if media and media.status == "Ready":
            take_up(here, media.id)


def told(feature: str, data: Any) -> dict[str, Any]:
    """The data of the event that says it is ready."""
    inner = data if feature == "summary" else data[feature]
    return {f"is{feature[0].upper()}{feature[1:]}Generated": True, feature: inner}


def _switch(request: Request, fields: checks.Fields, feature: str, asked: dict[str, Any], *, wanted: bool) -> Response:
    """Answer at once with whether the feature is on (recorded), and begin the work."""
    here, media = world.of(request), _asked(request)
    fields.refuse()
    word = f"{feature[0].upper()}{feature[1:]}"
    here.jobs.cancel(_job(media.id, feature))
    if not wanted:
        with here.store.together():
            ai_results.drop(here.store, media.id, feature)
            records.save(here.store, media)
        return ok({"mediaId": media.id, f"is{word}Enabled": False})
    held = ai_results.one(here.store, media.id, feature)
    if held and held.status == "ready":
        raise errors.bad_request(f"{word} already exists for the requested media")
    if media.status == "Failed":
        raise errors.bad_request("The media has failed.")
    with here.store.together():
        ai_results.ask(here.store, media.id, {feature: asked})
        records.save(here.store, media)
    if media.status == "Ready":
        here.jobs.start(_job(media.id, feature), _work(here, media.id, feature))
    return ok({"mediaId": media.id, f"is{word}Enabled": True})


async def _work(here: World, media_id: str, feature: str) -> None:
    try:
        media = records.media(here.store, media_id)
        await asyncio.sleep(SECONDS[feature] + min(media.probe["seconds"] * SHARE_OF_MEDIA, LONGEST))
        _finish(here, media_id, feature)
    except errors.Refusal:
        return  # deleted meanwhile
    except Exception as error:  # noqa: BLE001 - it must be told somewhere
        fault("AI broke", error, media=media_id, feature=feature)


def _finish(here: World, media_id: str, feature: str) -> None:
    with here.store.together():
        media, held = records.media(here.store, media_id), ai_results.one(here.store, media_id, feature)
        if held is None or held.status == "ready":
            return
        data = ai_words.made(feature, media, held.asked)
        ai_results.finish(here.store, media_id, feature, data)
        records.save(here.store, media)
        events.record(here, f"video.mediaAI.{_spelled(here, feature)}.ready", media_id, "ready", told(feature, data))


def _spelled(here: World, feature: str) -> str:
    if feature != "namedEntities":
        return feature
    turn = int(here.store.fact("ai:spelling", "0"))
    here.store.keep("ai:spelling", str(1 - turn))
    return SPELLINGS[turn]


def _length(fields: checks.Fields) -> dict[str, Any]:
    words = fields.whole("summaryLength", *LENGTHS)
    return {"summaryLength": words} if words else USUAL["summary"]


def _kind(fields: checks.Fields) -> dict[str, Any]:
    kind = fields.choice("type", KINDS)
    return {"type": kind} if kind else USUAL["moderation"]


def _job(media_id: str, feature: str) -> str:
    return f"{media_id}:{feature}"


def _asked(request: Request) -> Media:
    return records.media(world.of(request).store, checks.identifier(request, "mediaId"))
