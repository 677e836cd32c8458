"""Many finished media at once, for trying out what a large library does. One film serves them all."""

import asyncio
import json
import time
from datetime import UTC, datetime
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox import checks, control, events, media_settings, records, seeded_film, times, world
from sandbox.errors import Refusal
from sandbox.world import World

MOST = 1_000_000
AT_ONCE = 500  # rows a transaction, so that others are answered in between
SECONDS_APART = 1.0


async def plant(request: Request) -> Response:
    """POST {media: how many, events?: true to have each of them told by video.media.ready}."""
    control.check_caller(request)
    here, given = world.of(request), await checks.body(request)
    count, told = given.get("media"), given.get("events", False)
    if type(count) is not int or not 1 <= count <= MOST or not isinstance(told, bool):
        message = f"media is a whole number from 1 to {MOST}, events true or false."
        raise Refusal(422, "payload validation failed", message)
    planted = here.store.count("SELECT coalesce(max(seq), 0) FROM media")
    first, apart = _times(here, count)
    for begin in range(0, count, AT_ONCE):
        with here.store.together():
            for place in range(begin, min(begin + AT_ONCE, count)):
                _one(here, f"Seeded {planted + place + 1}", first + place * apart, told=told)
        await asyncio.sleep(0)
    return JSONResponse({"media": count})


def _times(here: World, count: int) -> tuple[float, float]:
    """When the first was created and the seconds between two: after every media that is there, the last one now."""
    row = here.store.one("SELECT created_at FROM media ORDER BY seq DESC LIMIT 1")
    moment = time.time()
    first = moment - count * SECONDS_APART
    if row:
        first = max(first, datetime.fromisoformat(row["created_at"]).timestamp() + 1e-5)
    return first, max((moment - first) / count, 1e-5)


def _one(here: World, title: str, created: float, *, told: bool) -> None:
    fields = checks.Fields({"accessPolicy": "public", "title": title})
    settings = media_settings.of_upload(fields, policy_required=True)
    media_id, moment = str(uuid4()), times.written(datetime.fromtimestamp(created, UTC))
    here.store.run(
        "INSERT INTO media (id, status, created_at, updated_at, settings, probe) VALUES (?, 'Ready', ?, ?, ?, ?)",
        [media_id, moment, moment, json.dumps(settings), json.dumps(seeded_film.facts())],
    )
    records.add_playback_id(here.store, media_id, settings["accessPolicy"], settings["accessRestrictions"])
    if told:
        events.of_media(here, "video.media.ready", records.media(here.store, media_id), "media_ready")
