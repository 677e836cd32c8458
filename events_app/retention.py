"""How long events are kept: what is older than its workspace wants is deleted, a few rows at a time.

Age counts from the last time an event came. What waits to be projected is never deleted, however old; failed and
unhandled events go like all others: kept for ever, they would be all that is left of a bad year. What an event changed
stays in the mirror and in the history of its object. One that comes again after that is a new row, and the mirror's
rules find nothing new in it.
"""

import random
import time
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from events_app.models import WebhookEvent
from events_app.search import OVERLAP, first_since
from workspace_app.models import Workspace

BLOCK: Final = 100  # rows of one transaction: the intake must not wait for it


def prune(*, seconds: float = 2) -> bool:
    """Delete what is older than its workspace keeps, for about `seconds`; True when there is more to do."""
    deadline = time.monotonic() + seconds
    workspaces = list(Workspace.objects.exclude(keep_events_days=0))
    random.shuffle(workspaces)
    return not all(_prune(workspace, deadline) for workspace in workspaces)


def outlived(workspace: Workspace, event: WebhookEvent) -> bool:
    """Whether an event was made longer ago than this workspace keeps any."""
    return bool(
        workspace.keep_events_days
        and event.occurred_at
        and event.occurred_at < timezone.now() - timedelta(days=workspace.keep_events_days)
    )


def _prune(workspace: Workspace, deadline: float) -> bool:
    line = timezone.now() - timedelta(days=workspace.keep_events_days)
    old = WebhookEvent.objects.filter(
        Q(last_received_at=None) | Q(last_received_at__lt=line),
        workspace=workspace,
        pk__lt=first_since(workspace, line + OVERLAP),
        received_at__lt=line,
    ).exclude(state=WebhookEvent.State.RECEIVED)
    last = 0
    while block := list(old.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BLOCK]):
        if time.monotonic() > deadline:
            return False
        # asked again in the statement itself: one of them may have come, or been put back, since
        old.filter(pk__in=block).delete()
        last = block[-1]
    return True
