"""Bulk jobs at work: a worker takes a job for a short turn, does item after item and queues the job again.

A job gets a place (AT_ONCE of them); who works is in `leased_by`, and a place that only waits for its task carries the
ticket of that task, so that a message which comes late or twice finds nothing to do. Every write of a worker repeats
its name, so one that lost its lease writes nothing. Where FastPix is away,
wants to be left alone, or the budget of the minute is spent, the place is given up and the row says when to go on.
"""

import logging
import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial as bound
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from events_app import push
from fastpix_api import Broken, FastPixError, Forbidden, RateLimited, Refused, Unauthorized, Unreachable
from media_app import budget
from media_app.models import BulkItem, BulkJob, Media
from media_app.reconcile import ClientOf
from media_app.services import leases
from media_app.services.bulk_acts import ACTS, Ending, Task

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
# With the sweep each 15 s less than a minute, should the message be lost
QUEUED_SECONDS: Final = 40
# No item is begun after this: with the two calls of 8 s that one can need, a turn stays within 20 s.
TURN_SECONDS: Final = 4.0
# An item FastPix has so often had trouble with is given up, if FastPix answers at all meanwhile.
MOST_TRIES: Final = 5
LONGEST_WAIT: Final = 300.0
_BUDGET: Final = timedelta(seconds=5)
Enqueue = Callable[[int, str], object]
State, ItemState = BulkJob.State, BulkItem.State


def admit(enqueue: Enqueue) -> int:
    """Give free places to jobs that may go on, oldest first, and ring a worker for each; returns how many.

    Run when something changed and by the sweep: it also finds jobs whose worker died (their lease ran out).
    """
    jobs = BulkJob.objects.filter(state__in=BulkJob.OPEN)
    taken = jobs.exclude(leases.free()).count()
    waiting = jobs.filter(leases.free()).filter(leases.due())
    admitted = 0
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[: max(0, AT_ONCE - taken)]:
        ticket = _ticket()
        if waiting.filter(pk=pk).update(leased_by=ticket, leased_until=leases.until(QUEUED_SECONDS)):
            enqueue(pk, ticket)
            admitted += 1
    return admitted


def work(job_id: int, ticket: str, *, seconds: float = TURN_SECONDS, client_of: ClientOf | None = None) -> str:
    """One turn on one job; the ticket of the next where it needs one now (its place is kept for it), else ""."""
    worker = f"turn-{uuid.uuid4()}"
    mine = BulkJob.objects.filter(leases.due(), pk=job_id, leased_by=ticket, state__in=BulkJob.OPEN)
    if not mine.update(leased_by=worker, leased_until=leases.until()):
        return ""
    begun = BulkJob.objects.filter(pk=job_id, leased_by=worker, state=State.WAITING).update(state=State.RUNNING)
    job = BulkJob.objects.select_related("workspace", "created_by").get(pk=job_id)
    turn = _Turn(job, worker, client_of or budget.asking_client)
    if begun:
        turn.ring()
    try:
        turn.run(time.monotonic() + seconds)
    except Lost:
        log.info("bulk job %s went to another worker", job.public_id)
    return turn.hand_over()


class Lost(Exception):
    """The job went to another worker: whatever this turn says is not written."""


class Stopped(Exception):
    """A person cancelled the job: nothing more is begun."""


@dataclass
class _Turn:
    """What one worker does to one job while it holds the lease."""

    job: BulkJob
    worker: str
    client_of: ClientOf
    rung: float = 0.0

    def run(self, deadline: float) -> None:
        """Do item after item until the turn ends, none is left, or the job has to wait. Raises Lost."""
        while time.monotonic() < deadline:
            item = self._next()
            if item is None:
                self._finish()
                return
            if not budget.ordered(self.job.workspace):
                self._keep(next_try_at=timezone.now() + _BUDGET)
                return
            if not self._try(item):
                return

    def _next(self) -> BulkItem | None:
        """The item to do: what was begun before all else that was not tried more often."""
        self._keep()
        stopping = BulkJob.objects.filter(pk=self.job.pk, state=State.STOPPING).exists()
        states = [ItemState.DOING] if stopping else list(BulkItem.OPEN)
        return self.job.items.filter(state__in=states).order_by("tries", "state", "pk").first()

    def _try(self, item: BulkItem) -> bool:
        """Do one item; False where the job has to wait. Raises Lost."""
        workspace = self.job.workspace
        rows = Media.objects.select_related("workspace").filter(workspace=workspace, remote_id=item.remote_id)
        media = rows.first() or Media(workspace=workspace, remote_id=item.remote_id, gone=True)
        task = Task(self.job, item, media, self.client_of(workspace), bound(self._begin, item))
        try:
            ending = ACTS[self.job.kind](task)
        except Stopped:
            if not task.begun:
                return True
            ending = Ending(ItemState.CANCELLED)
        except (Unauthorized, Forbidden, RateLimited, Unreachable, Broken) as trouble:
            return self._put_off(item, trouble)
        except FastPixError as refusal:
            ending = Ending(ItemState.FAILED, refusal.sentence)
        self._settle(item, ending)
        return True

    def _begin(self, item: BulkItem, intent: Mapping[str, Any]) -> None:
        """Write that FastPix is asked to change this one now, and how. Raises Lost, Stopped after a cancellation."""
        begun = self._mine(item).filter(state__in=BulkItem.OPEN, job__state=State.RUNNING)
        done = begun.update(state=ItemState.DOING, intent=dict(intent))
        self._keep()
        if not done:
            raise Stopped

    def _settle(self, item: BulkItem, ending: Ending) -> None:
        """Write what became of it, with everything that follows from it. Raises Lost."""
        with transaction.atomic():
            now = timezone.now()
            open_still = self._mine(item).filter(state__in=BulkItem.OPEN)
            if not open_still.update(state=ending.state, result=ending.result[:500], settled_at=now):
                raise Lost
            ending.take()
        if self.job.tries:
            self.job.tries = 0
            self._keep(tries=0, trouble="")
        self.ring(at_most_each=1.0)

    def _put_off(self, item: BulkItem, trouble: FastPixError) -> bool:
        """Try this item and the job later; True where it is the item's own trouble and the job can go on."""
        untouched = item.state == ItemState.WAITING and not trouble.perhaps_done
        tries = min(item.tries + 1, 30_000)
        found = self._mine(item).filter(state__in=BulkItem.OPEN)
        found.update(tries=tries, **({"state": ItemState.WAITING} if untouched else {}))
        if tries >= MOST_TRIES and self._is_its_own(trouble):
            self._settle(item, Ending(ItemState.FAILED, trouble.sentence))
            return True
        budget.leave_alone(self.job.workspace, trouble)
        asked = min(getattr(trouble, "retry_after", None) or 0.0, LONGEST_WAIT)
        wait = max(asked, min(LONGEST_WAIT, 5.0 * 2 ** min(self.job.tries, 6) * random.uniform(0.5, 1.0)))  # noqa: S311
        # who has to do something is told what; "try again in a minute" would be no advice here
        told = trouble.sentence if isinstance(trouble, Unauthorized | Forbidden) else trouble.what
        self._keep(
            trouble=told[:500],
            tries=min(self.job.tries + 1, 30_000),
            next_try_at=timezone.now() + timedelta(seconds=wait),
        )
        self.ring()
        return False

    def _is_its_own(self, trouble: FastPixError) -> bool:
        """Whether FastPix answers about other things: then the trouble lies with this media."""
        if isinstance(trouble, Refused):
            return False
        try:
            self.client_of(self.job.workspace).media.list(limit=1)
        except FastPixError:
            return False
        return True

    def _finish(self) -> None:
        """Nothing is left to do: say so, and of a cancelled job that the rest was not begun."""
        now = timezone.now()
        mine = BulkJob.objects.filter(pk=self.job.pk, leased_by=self.worker)
        with transaction.atomic():
            if mine.filter(state=State.STOPPING).update(state=State.CANCELLED, finished_at=now, trouble=""):
                self.job.items.filter(state=ItemState.WAITING).update(state=ItemState.CANCELLED)
            else:
                mine.filter(state=State.RUNNING).update(state=State.DONE, finished_at=now, trouble="", tries=0)

    def hand_over(self) -> str:
        """Keep the place for the next turn where there is one, and tell its ticket; else free it."""
        mine, ticket = BulkJob.objects.filter(pk=self.job.pk, leased_by=self.worker), _ticket()
        kept = mine.filter(leases.due(), state__in=BulkJob.OPEN).update(
            leased_by=ticket, leased_until=leases.until(QUEUED_SECONDS)
        )
        if not kept:
            mine.update(leased_by="", leased_until=None)
        self.ring()
        return ticket if kept else ""

    def ring(self, *, at_most_each: float = 0.0) -> None:
        """Tell the open pages."""
        if time.monotonic() - self.rung >= at_most_each:
            self.rung = time.monotonic()
            push.ring(self.job.workspace, "jobs", f"jobs:{self.job.public_id}")

    def _keep(self, **columns: Any) -> None:
        """Write to the job and hold it for longer. Raises Lost."""
        columns["leased_until"] = leases.until()
        if not BulkJob.objects.filter(pk=self.job.pk, leased_by=self.worker).update(**columns):
            raise Lost

    def _mine(self, item: BulkItem) -> Any:
        return BulkItem.objects.filter(pk=item.pk, job__leased_by=self.worker)


def _ticket() -> str:
    return f"queue-{uuid.uuid4()}"
