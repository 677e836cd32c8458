"""Bulk jobs as people see them: what an order would do, ordering, cancelling, having the failed tried again."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from events_app import push
from media_app import budget
from media_app.mirror import is_id
from media_app.models import BulkItem, BulkJob, Media, PlaybackId, Track
from media_app.services import library
from media_app.services.bulk_acts import CALLS
from workspace_app.models import User, Workspace
from workspace_app.roles import Verb

MOST_ITEMS: Final = 5000
# What a member must be allowed to order, cancel or repeat each kind
VERBS: Final[dict[str, Verb]] = {BulkJob.Kind.DELETE: "media.delete", BulkJob.Kind.EDIT: "media.edit"}
_NEWS: Final = timedelta(minutes=5)
State, ItemState = BulkJob.State, BulkItem.State


@dataclass(frozen=True)
class Consequence:
    """What an order would touch, in numbers. `missing`: chosen, but FastPix no longer has them."""

    count: int
    missing: int
    playback_ids: int
    tracks: int
    minutes: int


@dataclass(frozen=True)
class Progress:
    """How far a job is; each number counts items."""

    waiting: int = 0
    doing: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        """All of the job's items."""
        return self.waiting + self.doing + self.settled + self.cancelled

    @property
    def settled(self) -> int:
        """The items FastPix was asked about, whatever became of them."""
        return self.done + self.skipped + self.failed


@dataclass(frozen=True)
class Line:
    """A job with how far it is."""

    job: BulkJob
    progress: Progress

    @property
    def rests(self) -> bool:
        """Whether it waits for a moment that has not come."""
        at = self.job.next_try_at
        return self.job.state in BulkJob.OPEN and at is not None and at > timezone.now()

    @property
    def verb(self) -> Verb:
        """What a member must be allowed, to have a say in it."""
        return VERBS[self.job.kind]


def read_ids(text: str) -> list[str]:
    """The media a page names, at most one more than an order may have; what can be no id is left out."""
    named = dict.fromkeys(one.strip() for one in text.split(","))
    return [one for one in named if is_id(one)][: MOST_ITEMS + 1]


def chosen(workspace: Workspace, ids: Sequence[str]) -> QuerySet[Media]:
    """The media of the workspace among `ids` that FastPix still has."""
    return Media.objects.filter(workspace=workspace, remote_id__in=ids, gone=False)


def consequence(workspace: Workspace, kind: str, ids: Sequence[str]) -> Consequence:
    """What an order about `ids` would touch."""
    media = chosen(workspace, ids)
    count = media.count()
    return Consequence(
        count=count,
        missing=len(ids) - count,
        playback_ids=PlaybackId.objects.filter(media__in=media).count(),
        tracks=Track.objects.filter(media__in=media).count(),
        minutes=budget.minutes(workspace, count * CALLS[kind]),
    )


def order(
    workspace: Workspace, *, by: User, kind: str, ids: Sequence[str], public_id: UUID, change: dict[str, Any]
) -> BulkJob | None:
    """A job about `ids`; the one that is there where its form is sent twice. None where FastPix has none of them."""
    media = list(chosen(workspace, ids).order_by("sort_key", "pk").only("remote_id", "title", "workspace"))
    if not media:
        return None
    library.name_after_uploads(media)
    job = BulkJob(workspace=workspace, public_id=public_id, kind=kind, change=change)
    job.created_by, job.created_by_name = by, str(by)[:254]
    try:
        with transaction.atomic():
            job.save(force_insert=True)
            # the oldest first, so that the page, newest item first, is in the library's order
            items = [BulkItem(job=job, remote_id=one.remote_id, title=one.title) for one in media]
            BulkItem.objects.bulk_create(items, batch_size=500)
            _ring(job)
    except IntegrityError:
        return BulkJob.objects.filter(workspace=workspace, public_id=public_id).first()
    return job


def cancel(job: BulkJob, *, by: User) -> bool:
    """Begin nothing more; what was begun is settled first. False where the job was over."""
    running = BulkJob.objects.filter(pk=job.pk, state__in=(State.WAITING, State.RUNNING))
    stopped = running.update(state=State.STOPPING, next_try_at=None, cancelled_by_name=str(by)[:254])
    _ring(job)
    return bool(stopped)


def retry_failed(job: BulkJob) -> int:
    """Have the failed items of a job that is over tried again, and no other; returns how many."""
    with transaction.atomic():
        over = BulkJob.objects.filter(pk=job.pk, state__in=(State.DONE, State.CANCELLED))
        over = over.filter(pk__in=BulkItem.objects.filter(job=job, state=ItemState.FAILED).values("job"))
        if not over.update(state=State.WAITING, next_try_at=None, tries=0, finished_at=None, cancelled_by_name=""):
            return 0
        failed = BulkItem.objects.filter(job=job, state=ItemState.FAILED)
        count = failed.update(state=ItemState.WAITING, tries=0, result="", settled_at=None)
    _ring(job)
    return count


def line(job: BulkJob) -> Line:
    """A job with how far it is."""
    return lines([job])[0]


def lines(jobs: Iterable[BulkJob]) -> list[Line]:
    """Jobs with how far they are, in one question."""
    jobs = list(jobs)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    rows = BulkItem.objects.filter(job__in=jobs).values_list("job", "state").annotate(count=Count("pk"))
    for job_id, state, count in rows.order_by():
        counts[job_id][state] = count
    return [Line(job, Progress(**counts[job.pk])) for job in jobs]


def shown(workspace: Workspace, person: User) -> list[Line]:
    """The jobs the library tells of: at most two under way, else the person's own that ended just now."""
    jobs = BulkJob.objects.filter(workspace=workspace).order_by("-pk")
    under_way = list(jobs.filter(state__in=BulkJob.OPEN)[:2])
    return lines(under_way or jobs.filter(created_by=person, finished_at__gte=timezone.now() - _NEWS)[:1])


def _ring(job: BulkJob) -> None:
    push.ring(job.workspace, "jobs", f"jobs:{job.public_id}")
