"""Putting events back into the queue. What they do again is harmless: the mirror's rules judge them like any other."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from celery import current_app
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from kombu.exceptions import OperationalError

from events_app import push
from events_app.models import WebhookEvent
from workspace_app import timeline
from workspace_app.models import TimelineEntry, User, Workspace

log = logging.getLogger(__name__)

State = WebhookEvent.State
BLOCK: Final = 100  # rows of one transaction: the intake must not wait for it
# How long what became of a replay is told; one that still runs is told for a day.
_TOLD: Final = timedelta(minutes=15)
_RUNS: Final = timedelta(days=1)


@dataclass(frozen=True)
class Progress:
    """What became of the last replay of all that failed. `left` failed before and were not put back yet."""

    count: int
    waiting: int
    trying: int
    failed: int
    left: int

    @property
    def done(self) -> int:
        """How many came to an end, one way or the other."""
        return max(0, self.count - self.waiting - self.trying - self.left)

    @property
    def projected(self) -> int:
        """How many of them did not fail again."""
        return max(0, self.done - self.failed)

    @property
    def runs(self) -> bool:
        """Whether more will come of it."""
        return self.waiting + self.trying + self.left > 0


def one(event: WebhookEvent) -> bool:
    """Put one event back and wake the worker; False when it waits already."""
    row = WebhookEvent.objects.filter(pk=event.pk).exclude(state=State.RECEIVED)
    put_back = _put_back(row) > 0
    _wake(event.workspace)
    return put_back


def all_failed(workspace: Workspace, *, by: User | None) -> int:
    """Put every event back that failed until now, oldest first, and tell it in the workspace's history; how many.

    What takes longer than a person should wait for goes on in the worker.
    """
    at = timezone.now()
    failed = _failed(workspace)
    newest, count = failed.aggregate(newest=Max("pk"))["newest"] or 0, failed.count()
    if not count:
        return 0
    details = {"count": count, "newest": newest, "since": at.isoformat()}
    timeline.record(workspace, "workspace", workspace.slug, "events_replayed", source="person", by=by, details=details)
    if go_on(workspace, newest, at):
        rest = (workspace.pk, newest, at.isoformat())
        _later(lambda: current_app.send_task("events_app.replay_failed", rest))
    return count


def go_on(workspace: Workspace, newest: int, since: datetime, *, seconds: float = 2) -> bool:
    """Put back what failed before `since`, for about `seconds`; True when there is more to put back."""
    deadline = time.monotonic() + seconds
    failed = _before(workspace, newest, since).order_by("pk")
    while block := list(failed.values_list("pk", flat=True)[:BLOCK]):
        _put_back(WebhookEvent.objects.filter(pk__in=block, state=State.FAILED))
        if time.monotonic() > deadline:
            break
    _wake(workspace)
    return failed.exists()


def progress(workspace: Workspace) -> Progress | None:
    """How far the last replay of all that failed is; None where there was none lately."""
    entry = TimelineEntry.objects.filter(
        workspace=workspace,
        area="workspace",
        object_id=workspace.slug,
        occurred_at__gt=timezone.now() - _RUNS,
        verb="events_replayed",
    ).first()
    since = parse_datetime(str(entry.details.get("since", ""))) if entry else None
    if entry is None or since is None:
        return None
    count, newest = int(entry.details["count"]), int(entry.details["newest"])
    waiting = WebhookEvent.objects.filter(workspace=workspace, pk__lte=newest, state=State.RECEIVED)
    found = Progress(
        count=count,
        waiting=waiting.filter(tries=0)[:count].count(),
        trying=waiting.filter(tries__gt=0)[:count].count(),
        failed=_failed(workspace).filter(pk__lte=newest, settled_at__gte=since)[:count].count(),
        left=_before(workspace, newest, since)[:count].count(),
    )
    return found if found.runs or entry.occurred_at > timezone.now() - _TOLD else None


def failed_count(workspace: Workspace) -> int:
    """How many events have failed; an index of their own counts them."""
    return _failed(workspace).count()


def _failed(workspace: Workspace) -> QuerySet[WebhookEvent]:
    return WebhookEvent.objects.filter(workspace=workspace, state=State.FAILED)


def _before(workspace: Workspace, newest: int, since: datetime) -> QuerySet[WebhookEvent]:
    """What failed before `since`: what fails again afterwards is not put back a second time."""
    return _failed(workspace).filter(Q(settled_at=None) | Q(settled_at__lt=since), pk__lte=newest)


def _put_back(rows: QuerySet[WebhookEvent]) -> int:
    return rows.update(state=State.RECEIVED, tries=0, error="", next_try_at=None, settled_at=None)


def _wake(workspace: Workspace) -> None:
    push.ring(workspace, "events")
    _later(lambda: current_app.send_task("events_app.project_waiting", (workspace.pk,)))


def _later(ring: Callable[[], object]) -> None:
    """Ring a worker after the commit. A broker that is away costs only time: the sweep finds what waits."""

    def carefully() -> None:
        try:
            ring()
        except (OperationalError, OSError) as error:
            log.warning("The events worker could not be woken, the sweep finds what waits instead: %s", error)

    transaction.on_commit(carefully, robust=True)
