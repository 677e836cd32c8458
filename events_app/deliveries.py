"""How FastPix's deliveries go: when the last one came, how many come, and how long they are under way."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.utils import timezone

from events_app.models import WebhookEvent
from workspace_app.models import Workspace

# Enough for a median; the newest rows are read by their index, without their bodies.
RECENT: Final = 200
MOST: Final = 1000
_NONE: Final = timedelta()


@dataclass(frozen=True)
class Recent:
    """What the newest events tell. Delays are seconds from an event's createdAt to its arrival here, None unknown.

    `last_minute` counts at most RECENT; `oldest_at` is the oldest event that is still kept.
    """

    last: WebhookEvent | None = None
    median: float | None = None
    slowest: float | None = None
    last_minute: int = 0
    oldest_at: datetime | None = None

    @property
    def full(self) -> bool:
        """Whether there may be more in the last minute than were counted."""
        return self.last_minute >= RECENT


@dataclass(frozen=True)
class Waiting:
    """What waits to be projected: how many, MOST for that many or more, and since when the oldest does."""

    count: int
    oldest_at: datetime | None


def waiting(workspace: Workspace) -> Waiting:
    """The backlog of a workspace, by the index of what waits."""
    rows = WebhookEvent.objects.filter(workspace=workspace, state=WebhookEvent.State.RECEIVED)
    oldest = rows.order_by("pk").values_list("received_at", flat=True).first()
    return Waiting(rows[:MOST].count() if oldest else 0, oldest)


def recent(workspace: Workspace) -> Recent:
    """The newest events of a workspace, read once."""
    events = WebhookEvent.objects.filter(workspace=workspace).defer("body")
    newest = list(events.order_by("-pk")[:RECENT])
    if not newest:
        return Recent()
    delays = [one for one in map(delay, newest) if one is not None]
    since = timezone.now() - timedelta(minutes=1)
    return Recent(
        last=newest[0],
        median=median(delays) if delays else None,
        slowest=max(delays, default=None),
        last_minute=sum(event.received_at >= since for event in newest),
        oldest_at=events.order_by("pk").values_list("received_at", flat=True).first(),
    )


def delay(event: WebhookEvent) -> float | None:
    """Seconds an event was under way; 0 where two clocks disagree, None where it has no time of its own."""
    if event.occurred_at is None:
        return None
    return max(event.received_at - event.occurred_at, _NONE).total_seconds()
