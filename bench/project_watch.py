"""Inside the console of `make bench-project`: watches the queue empty, brings in new events meanwhile, then looks.

Beside it the plain work that the figure is compared with.
"""

import json
import time

from django.db import transaction
from django.utils import timezone

from events_app.models import WebhookEvent
from events_app.tasks import project_waiting
from tests.media_app import told_lives
from workspace_app.models import Workspace

_LOOK = 0.1  # seconds
_RING = 1.0


def fill(events: int) -> None:
    """Put so many events in the queue."""
    workspace = Workspace.objects.create(slug="bench", name="Bench", sandbox=True)
    told_lives.fill(workspace, events // told_lives.EVENTS_A_LIFE)


def drain(seconds: float) -> None:
    """Print as JSON how long the queue took, how long each new event waited, and what ended wrong."""
    workspace = Workspace.objects.get(slug="bench")
    waiting = WebhookEvent.objects.filter(state="received")
    total = left = waiting.count()
    for _process in range(2):
        project_waiting.apply_async((workspace.pk,))
    while waiting.count() == total:  # the workers start up
        time.sleep(0.01)
    started = rung = time.monotonic()
    new: dict[int, float] = {}
    waits: list[float] = []
    while left and time.monotonic() < started + seconds:
        now = time.monotonic()
        done = WebhookEvent.objects.filter(pk__in=list(new)).exclude(state="received")
        waits += [now - new.pop(pk) for pk in done.values_list("pk", flat=True)]
        if left > total / 10 and not new:
            new[told_lives.put_one(workspace, "new", len(waits))] = time.monotonic()
        if now > rung + _RING:
            rung = now
            project_waiting.apply_async((workspace.pk,))
        time.sleep(_LOOK)
        left = waiting.count()
    took = time.monotonic() - started
    print(
        json.dumps({"events": total, "left": left, "took": took, "waits": waits, "wrong": told_lives.wrong_ends()[:5]})
    )


def plain(offset: int, number: int) -> None:
    """Read so many events one by one and write each, a transaction each; print the seconds."""
    pks = list(WebhookEvent.objects.order_by("pk").values_list("pk", flat=True)[offset : offset + number])
    started = time.monotonic()
    for pk in pks:
        with transaction.atomic():
            row = WebhookEvent.objects.get(pk=pk)
            WebhookEvent.objects.filter(pk=row.pk).update(last_received_at=timezone.now())
    print(time.monotonic() - started)
