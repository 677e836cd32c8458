"""The history of each object: who did what, when, and which request or event tells."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Required, TypedDict, Unpack

from django.db.models import QuerySet
from django.utils import timezone

from workspace_app.models import TimelineEntry, User, Workspace

Source = TimelineEntry.Source


class Told(TypedDict, total=False):
    """What an entry tells besides its object and verb. `source` is person, webhook, poll or call."""

    source: Required[str]
    by: User | None
    details: Mapping[str, Any] | None
    event_id: str
    request_id: str
    occurred_at: datetime | None


def record(workspace: Workspace, area: str, object_id: str, verb: str, **told: Unpack[Told]) -> TimelineEntry:
    """Append one entry; see `entry`."""
    line = entry(workspace, area, object_id, verb, **told)
    line.save(force_insert=True)
    return line


def entry(workspace: Workspace, area: str, object_id: str, verb: str, **told: Unpack[Told]) -> TimelineEntry:
    """An entry to append with others. `details` is small JSON for the sentence: never a secret, never a whole payload.

    The person's name is kept beside the link, so that the line still says who it was when the account is gone.
    """
    by = told.get("by")
    return TimelineEntry(
        workspace=workspace,
        area=area,
        object_id=object_id[:64],
        verb=verb,
        source=told["source"],
        actor=by,
        actor_name=str(by)[:254] if by else "",
        details=dict(told.get("details") or {}),
        event_id=told.get("event_id", "")[:80],
        request_id=told.get("request_id", "")[:64],
        occurred_at=told.get("occurred_at") or timezone.now(),
    )


def of(workspace: Workspace, area: str, object_id: str, limit: int = 50) -> QuerySet[TimelineEntry]:
    """The newest `limit` entries of one object, newest first."""
    entries = TimelineEntry.objects.filter(workspace=workspace, area=area, object_id=object_id)
    return entries.select_related("actor")[:limit]
