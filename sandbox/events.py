"""Recording what happened, in the current envelope form; delivery is another module's business."""

import json
import time
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from sandbox import describe, times
from sandbox.log import say
from sandbox.records import Media
from sandbox.wishes import Wish
from sandbox.world import World

KEEP = 5000  # delivered or dropped events kept for the page
FORGET_EVERY = 500


def record(world: World, kind: str, object_id: str, status: str, data: dict[str, Any], *, about: str = "media") -> str:
    """Queue one event; returns its id.

    Call it inside the transaction that made it true, so neither exists without the other. The envelope is FastPix's
    current one; `status` is the coarse word beside it, which does not follow the type.
    """
    event_id = str(uuid4())
    envelope = {
        "type": kind,
        "object": {"type": about, "id": object_id},
        "id": event_id,
        "workspace": {"id": world.workspace_id, "name": "Sandbox"},
        "status": status,
        "data": data,
        "createdAt": times.now_nanoseconds(),
        "attempts": [],
    }
    world.store.run(
        "INSERT INTO events (id, type, object_id, body, created_at, recorded, state) "
        "VALUES (?, ?, ?, ?, ?, ?, 'waiting')",
        [event_id, kind, object_id, json.dumps(envelope).encode(), envelope["createdAt"], time.time()],
    )
    newest = world.store.count("SELECT max(seq) FROM events")
    if newest % FORGET_EVERY == 0:
        world.store.run("DELETE FROM events WHERE state != 'waiting' AND seq < ?", [newest - KEEP])
    world.delivery.wake()
    say("event recorded", type=kind, object=object_id, id=event_id)
    return event_id


def of_media(world: World, kind: str, media: Media, status: str) -> None:
    """An event whose data is the whole entity."""
    record(world, kind, media.id, status, describe.whole(world, media))


def of_finished(world: World, media: Media, wish: Wish) -> None:
    """What is told once a media is Ready; the order is not documented. Tracks and downloads are told when made."""
    of_media(world, "video.media.ready", media, "media_ready")
    if wish.intro:
        of_media(world, "video.media.intro.ready", media, "ready")
    for mark in watermarks(media):
        record(world, "video.media.watermark.ready", media.id, "ready", mark)
    if media.settings["sourceAccess"]:
        of_media(world, "video.media.source.ready", media, "ready")


def watermarks(media: Media) -> list[dict[str, Any]]:
    """The watermark inputs of a media, each with an id of its own, which is the same whenever it is asked."""
    inputs = [one for one in media.settings.get("inputs", []) if one["type"] == "watermark"]
    return [{"id": str(uuid5(NAMESPACE_URL, f"{media.id}#{place}"))} | one for place, one in enumerate(inputs)]


def failed(world: World, media: Media) -> None:
    """`failedReason` is said by this event only; answers never carry it."""
    data = describe.whole(world, media) | {"failedReason": media.failed_reason}
    record(world, "video.media.failed", media.id, "media_failed", data)


def deleted(world: World, media: Media) -> None:
    """The last event of a media."""
    record(world, "video.media.deleted", media.id, "media_deleted", describe.deleted(world, media))
