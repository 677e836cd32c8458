"""Lives of media as FastPix tells them, five events each, put in the queue; and how each life must end.

For tests with real workers and for `make bench-project`.
"""

import hashlib
import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from events_app.models import WebhookEvent
from media_app.models import Media
from workspace_app.models import TimelineEntry, Workspace

EVENTS_A_LIFE = 5
_START = datetime(2026, 5, 20, 9, tzinfo=UTC)
_RESTRICTION = {"defaultPolicy": "allow", "allow": [], "deny": []}


class Told(NamedTuple):
    """One event of one media, before it is stored."""

    event_id: str
    media_id: str
    body: bytes
    occurred_at: datetime
    type: str


def fill(workspace: Workspace, lives: int, *, name: str = "old", seed: int = 7, shuffled: bool = False) -> None:
    """Put the events of so many lives in the queue; the lives overlap as they do in a busy workspace.

    `shuffled`: the events of one life come in any order.
    """
    told = list(_overlapping(lives, name, random.Random(seed)))
    if shuffled:
        random.Random(seed).shuffle(told)
    rows = [_row(workspace, one) for one in told]
    WebhookEvent.objects.bulk_create(rows, batch_size=100)


def put_one(workspace: Workspace, name: str, number: int) -> int:
    """One event of a media that nobody has heard of, as if it had just come in; returns its row's number."""
    row = _row(workspace, next(life(name, number)))
    row.save()
    return row.pk


def wrong_ends(name: str = "old", *, in_order: bool = True) -> list[str]:
    """What is not as the lives say: an event that was not projected, a media's fields, an effect that came out of turn.

    `in_order`: every event was projected after those before it, so each is told once, in that order.
    """
    wrong = []
    lives: dict[str, list[tuple[Any, ...]]] = {}
    stored = WebhookEvent.objects.filter(event_id__startswith=f"{name}-").order_by("occurred_at")
    for row in stored.values_list("object_id", "event_id", "body", "state"):
        if row[3] != "projected":
            wrong.append(f"event {row[1]} is {row[3]}")
        lives.setdefault(row[0], []).append(row)
    for media_id, told in lives.items():
        media = Media.objects.get(remote_id=media_id)
        last = json.loads(bytes(told[-1][2]))["data"]
        held = (media.title, media.metadata, media.status, media.tracks.count(), media.playback_ids.count())
        if held != (last["title"], last["metadata"], "ready", 2, 1) or media.unsettled:
            wrong.append(f"media {media_id} ended as {held}{' unsettled' * media.unsettled}")
        entries = TimelineEntry.objects.filter(area="media", object_id=media_id).exclude(event_id="").order_by("pk")
        heard = list(entries.values_list("event_id", flat=True))
        if in_order and heard != [row[1] for row in told]:
            wrong.append(f"media {media_id}: its events were not applied once each in their order: {heard}")
        if len(heard) != len(set(heard)):
            wrong.append(f"media {media_id}: an event had its effect twice: {heard}")
    return wrong


def whole(media_id: str, body: bytes) -> dict[str, Any]:
    """What FastPix answers about a media whose last event this was."""
    data: dict[str, Any] = json.loads(body)["data"]
    return {**data, "id": media_id}


def _overlapping(lives: int, name: str, rng: random.Random) -> Iterator[Told]:
    started = 0
    under_way: list[Iterator[Told]] = []
    while under_way or started < lives:
        if started < lives and len(under_way) < 200:
            under_way.append(life(name, started))
            started += 1
            continue
        turn = rng.randrange(len(under_way))
        told = next(under_way[turn], None)
        if told is None:
            under_way.pop(turn)
        else:
            yield told


def life(name: str, number: int) -> Iterator[Told]:
    """The events of one media, oldest first."""
    media_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name}-{number}"))
    created = _START + timedelta(seconds=number)
    more: dict[str, Any] = {"status": "Created", "title": f"Take {number}", "metadata": {"project": f"spring {number}"}}
    steps = (
        ("created", {}),
        ("updated", {"status": "Processing"}),
        ("ready", {"status": "Ready", "tracks": _tracks(media_id), "duration": "00:03:03", "aspectRatio": "16:9"}),
        ("updated", {"title": f"Harbour at dawn, take {number}", "creatorId": "editor-17"}),
        ("updated", {"metadata": {"project": f"summer {number}", "desk": "news"}, "mp4Support": "capped_4k"}),
    )
    for step, (word, changes) in enumerate(steps):
        more |= changes
        at = created + timedelta(seconds=5 * step)
        event_id = f"{name}-{number}-{step}"
        yield Told(event_id, media_id, _body(event_id, media_id, word, more, created, at), at, f"video.media.{word}")


def _body(event_id: str, media_id: str, word: str, more: dict[str, Any], created: datetime, at: datetime) -> bytes:
    data = {
        "thumbnail": f"https://images.fastpix.com/{media_id}/thumbnail.png",
        "id": media_id,
        "workspaceId": "5b0f7c2e-4d1a-4c8e-9a77-1f2e3d4c5b6a",
        "mediaQuality": "standard",
        "maxResolution": "1080p",
        "sourceResolution": "1080",
        "sourceAccess": False,
        "playbackIds": [
            {
                "id": f"p-{media_id[:32]}",
                "accessPolicy": "public",
                "accessRestrictions": {"domains": _RESTRICTION, "userAgents": _RESTRICTION},
            }
        ],
        "generatedSubtitles": [],
        "isAudioOnly": False,
        "subtitleAvailable": False,
        "createdAt": created.isoformat(),
        "updatedAt": at.isoformat(),
        **more,
    }
    payload = {
        "type": f"video.media.{word}",
        "object": {"type": "media", "id": media_id},
        "id": event_id,
        "workspace": {"id": "5b0f7c2e-4d1a-4c8e-9a77-1f2e3d4c5b6a", "name": "Demo workspace"},
        "status": f"media_{word}",
        "data": data,
        "createdAt": at.isoformat(),
        "attempts": [],
    }
    return json.dumps(payload, indent=1).encode()


def _tracks(media_id: str) -> list[dict[str, Any]]:
    sizes = {"width": 1920, "height": 1080, "frameRate": "30.000"}
    video = {"id": f"v-{media_id[:32]}", "type": "video", **sizes, "status": "available"}
    words = {"languageCode": "und", "languageName": "default"}
    return [video, {"id": f"a-{media_id[:32]}", "type": "audio", "status": "available", **words}]


def _row(workspace: Workspace, told: Told) -> WebhookEvent:
    return WebhookEvent(
        workspace=workspace,
        event_id=told.event_id,
        type=told.type,
        object_id=told.media_id,
        occurred_at=told.occurred_at,
        body=told.body,
        sha256=hashlib.sha256(told.body).hexdigest(),
    )
