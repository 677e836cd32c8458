"""Putting events back into the queue. What they do again is harmless: the mirror's rules judge them like any other."""

import logging
from typing import Final

from django.db import transaction
from django.db.models import Max, QuerySet
from kombu.exceptions import OperationalError

from events_app import push
from events_app.models import WebhookEvent
from events_app.tasks import project_waiting
from workspace_app import timeline
from workspace_app.models import User, Workspace

log = logging.getLogger(__name__)

State = WebhookEvent.State
BLOCK: Final = 100  # rows of one transaction: the intake must not wait for it


def one(event: WebhookEvent) -> bool:
    """Put one event back and wake the worker; False when it waits already."""
    row = WebhookEvent.objects.filter(pk=event.pk).exclude(state=State.RECEIVED)
    put_back = _put_back(row) > 0
    _wake(event.workspace)
    return put_back


def all_failed(workspace: Workspace, *, by: User) -> int:
    """Put every event back that failed until now, oldest first, and tell it in the workspace's history; how many."""
    newest = _failed(workspace).aggregate(newest=Max("pk"))["newest"] or 0
    failed, count = _failed(workspace).filter(pk__lte=newest).order_by("pk"), 0
    while block := list(failed.values_list("pk", flat=True)[:BLOCK]):
        count += _put_back(WebhookEvent.objects.filter(pk__in=block, state=State.FAILED))
    if count:
        details = {"count": count}
        timeline.record(
            workspace, "workspace", workspace.slug, "events_replayed", source="person", by=by, details=details
        )
        _wake(workspace)
    return count


def failed_count(workspace: Workspace) -> int:
    """How many events have failed; an index of their own counts them."""
    return _failed(workspace).count()


def waiting_count(workspace: Workspace, *, most: int = 1000) -> int:
    """How many events wait to be projected, `most` for that many or more."""
    return WebhookEvent.objects.filter(workspace=workspace, state=State.RECEIVED)[:most].count()


def _failed(workspace: Workspace) -> QuerySet[WebhookEvent]:
    return WebhookEvent.objects.filter(workspace=workspace, state=State.FAILED)


def _put_back(rows: QuerySet[WebhookEvent]) -> int:
    return rows.update(state=State.RECEIVED, tries=0, error="", next_try_at=None, settled_at=None)


def _wake(workspace: Workspace) -> None:
    push.ring(workspace, "events")
    transaction.on_commit(lambda: _ring(workspace.pk), robust=True)


def _ring(workspace_id: int) -> None:
    try:
        project_waiting.apply_async((workspace_id,))
    except (OperationalError, OSError) as error:
        log.warning("The events worker could not be woken, the sweep finds the rows instead: %s", error)
