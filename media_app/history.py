"""What a media's history tells: each change with its values, and what a poll found because an event was missed."""

from datetime import timedelta
from typing import Any, Final

from events_app import changes
from events_app.mirror import Change
from events_app.models import WebhookEvent
from media_app import parts
from media_app.models import Media
from web import times
from workspace_app import timeline
from workspace_app.models import TimelineEntry, Workspace

# The event FastPix sends for what a poll found, by the timeline's verb.
_EVENT_FOR: Final = {
    "ready": "media.ready",
    "failed": "media.failed",
    "updated": "media.updated",
    "gone": "media.deleted",
}
# An event may take this long without being missed.
_OVERDUE: Final = timedelta(seconds=15)
# Columns that no person knows; what `extra` holds is told under FastPix's names.
_UNTOLD: Final = frozenset(("search", "sort_key", "updated_at"))
_OPENED: Final = ("extra",)


def entry(workspace: Workspace, change: Change[Media]) -> TimelineEntry | None:
    """What a statement changed as a line of the media's history; None where it is nothing a person would know."""
    said, media = change.said, change.row
    told = _values(change)
    if not told and not change.created:
        return None
    details: dict[str, Any] = {"status": media.status}
    if told:
        details["values"] = told
    if change.verb == "updated":
        details["fields"] = list(told)
    if change.verb == "failed" and media.failed_reason:
        details["reason"] = media.failed_reason[:300]
    verb, missed = change.verb, _missed(workspace, change)
    if missed:
        verb, details = "missed", {**details, **missed}
    return timeline.entry(
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


def _values(change: Change[Media]) -> dict[str, list[Any]]:
    told = changes.told(change, untold=_UNTOLD, opened=_OPENED, parts=parts.WORDS)
    if "duration_ms" in told:
        told["duration_ms"] = [None if one is None else f"{times.clock(one)} ({one} ms)" for one in told["duration_ms"]]
    return told


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
