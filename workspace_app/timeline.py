"""The history of each object: who did what, when, and which request or event tells."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from workspace_app.models import TimelineEntry, User, Workspace

Source = TimelineEntry.Source


def record(
    workspace: Workspace,
    area: str,
    object_id: str,
    verb: str,
    *,
    source: str,
    by: User | None = None,
    details: Mapping[str, Any] | None = None,
    event_id: str = "",
    request_id: str = "",
    occurred_at: datetime | None = None,
) -> TimelineEntry:
    """Append one entry. `details` is small JSON for the sentence: never a secret, never a whole payload.

    `source` is person, webhook, poll or call. The person's name is kept beside the link, so that the line still says
    who it was when the account is gone.
    """
    return TimelineEntry.objects.create(
        workspace=workspace,
        area=area,
        object_id=object_id[:64],
        verb=verb,
        source=source,
        actor=by,
        actor_name=str(by)[:254] if by else "",
        details=dict(details or {}),
        event_id=event_id[:80],
        request_id=request_id[:64],
        occurred_at=occurred_at or timezone.now(),
    )


def of(workspace: Workspace, area: str, object_id: str, limit: int = 50) -> QuerySet[TimelineEntry]:
    """The newest `limit` entries of one object, newest first."""
    entries = TimelineEntry.objects.filter(workspace=workspace, area=area, object_id=object_id)
    return entries.select_related("actor")[:limit]
