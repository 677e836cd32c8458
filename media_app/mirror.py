"""The mirror of media: the one door through which everything FastPix says about a media reaches its row."""

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from events_app import push
from events_app.mirror import Area, Change, Outcome, Said, partial, take, whole
from events_app.models import WebhookEvent
from media_app import fields, parts
from media_app.models import Media, Upload
from workspace_app import timeline
from workspace_app.models import Workspace

__all__ = ["AREA", "apply", "awake", "hear", "is_id", "partial", "whole"]

log = logging.getLogger(__name__)

# In the cache while a wake-up of media_app.ask_unsettled is on its way; the task takes it away when it starts.
_WAKE: Final = "media:wake"
# The event FastPix sends for what a poll found, by the timeline's verb.
_EVENT_FOR: Final = {
    "ready": "media.ready",
    "failed": "media.failed",
    "updated": "media.updated",
    "gone": "media.deleted",
}
# An event may take this long without being missed.
_OVERDUE: Final = timedelta(seconds=15)
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_UNTOLD: Final = frozenset(("search", "sort_key", "updated_at", "extra"))


def apply(workspace: Workspace, remote_id: str, said: Said) -> Change[Media] | None:
    """Take a statement of FastPix about a media into its row; returns what it changed, None for nothing.

    Writes the timeline entry in the same transaction; rings the pages and wakes the asking worker after it.
    Raises events_app.mirror.Contended, and ValueError for an id no media can have.
    """
    return hear(workspace, remote_id, said).change


def hear(workspace: Workspace, remote_id: str, said: Said) -> Outcome[Media]:
    """`apply`, for callers that need the verdict too."""
    if not is_id(remote_id):
        raise ValueError("No media has an id like this.")
    with transaction.atomic():
        outcome = take(AREA, workspace, remote_id, said)
        if outcome.change is not None and said.kind not in ("listed", "deleted"):
            _record(workspace, outcome.change)
    if outcome.newly_unsettled:
        transaction.on_commit(_wake)
    if said.kind != "listed" and (outcome.change or outcome.newly_unsettled or outcome.newly_settled):
        push.ring(workspace, *_topics(workspace, remote_id, outcome.change))
    return outcome


def is_id(text: str) -> bool:
    """Whether this can be a media's id: it becomes part of addresses, here and at FastPix. Recorded: UUIDs."""
    return _ID.fullmatch(text) is not None


def awake() -> None:
    """The asking worker has started: from now on a mark wakes another."""
    with suppress(RedisError):
        cache.delete(_WAKE)


def _verb(media: Media, before: Mapping[str, Any], said: Said) -> str:
    if media.gone:
        return "gone"
    if "gone" in before:
        return "revived"
    if media.status in Media.FINAL and (not before or "status" in before):
        return media.status
    if not before:
        return "created"
    return "processing" if "status" in before else "updated"


def _record(workspace: Workspace, change: Change[Media]) -> None:
    said, media = change.said, change.row
    told = [name for name in change.fields if name not in _UNTOLD]
    if not told and not change.created:
        return
    details: dict[str, Any] = {"status": media.status}
    if change.verb == "updated":
        details["fields"] = told
    if change.verb == "failed" and media.failed_reason:
        details["reason"] = media.failed_reason[:300]
    verb, missed = change.verb, _missed(workspace, change)
    if missed:
        verb, details = "missed", {**details, **missed}
    timeline.record(
        workspace,
        "media",
        media.remote_id,
        verb,
        source=said.by,
        details=details,
        event_id=said.event_id,
        request_id=said.request_id,
        occurred_at=said.at if said.kind == "event" and said.placeable else said.heard_at,
    )


def _missed(workspace: Workspace, change: Change[Media]) -> dict[str, Any]:
    """What to tell when a poll found what an event should have told; {} when none was missed."""
    said, media = change.said, change.row
    family = _EVENT_FOR.get(change.verb)
    if said.by != "poll" or family is None or said.at is None:
        return {}
    since = media.updated_at if change.verb != "gone" else None
    if since and said.at - since < _OVERDUE:
        return {}
    came = WebhookEvent.objects.filter(
        workspace=workspace, object_id=media.remote_id, type__in=(family, f"video.{family}")
    )
    if since and change.verb == "updated":
        came = came.filter(occurred_at__gte=since - _OVERDUE)
    if came.exists():
        return {}
    note = f"missed: video.{family}, found by poll"
    if since is None:
        return {"event": f"video.{family}", "note": note}
    seconds = round((said.at - since).total_seconds())
    return {"event": f"video.{family}", "seconds": seconds, "note": f"{note} {seconds} s later"}


def _topics(workspace: Workspace, remote_id: str, change: Change[Media] | None) -> list[str]:
    topics = ["media", f"media:{remote_id}"]
    moved = change is not None and (change.created or "status" in change.fields or "gone" in change.fields)
    if moved and Upload.objects.filter(workspace=workspace, remote_id=remote_id).exists():
        topics.append("uploads")
    return topics


def _wake() -> None:
    """Have a worker ask FastPix at once; one wake-up at a time, and beat asks anyway should it be lost."""
    try:
        if cache.add(_WAKE, 1, 10):
            # by name: the tasks stand on the reconciler, which stands on this module
            current_app.send_task("media_app.ask_unsettled", queue="calls")
    except (RedisError, OperationalError, OSError) as error:
        log.warning("The worker that asks FastPix could not be woken, beat will: %s", error)


AREA: Final = Area(
    name="media",
    rows=Media,
    read=fields.read,
    derive=fields.derive,
    children=parts.held_by,
    replace=parts.replace,
    leaves_out=fields.leaves_out,
    verb=_verb,
)
