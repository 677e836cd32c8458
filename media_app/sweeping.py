"""The rolling look at media that are final: edits and deletions that came without an event are found here.

FastPix's list is walked oldest first, 50 an answer. A row that differs is marked and asked about like any other. A row
of ours that the list passes over is asked about by its id, and only that may declare it deleted. This work can wait: it
takes a share of the budget, and none while a person asks, rows wait to be settled or an import runs.
"""

import logging
import time
from datetime import timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from events_app.mirror import Change
from events_app.models import WebhookEvent
from fastpix_api import Answer, FastPixError, Invalid, NotFound
from media_app import budget, importing, reconcile
from media_app.fields import microseconds
from media_app.missing import TooManyMissing
from media_app.models import ImportRun, Media, SweepRun
from media_app.turns import keep, later, turn
from media_app.values import UNREAD, instant
from workspace_app import timeline
from workspace_app.fastpix import is_proved, prove
from workspace_app.models import Workspace

log = logging.getLogger(__name__)

# Between two walks through a library: so long for each of its pages, so that walking costs a few requests a minute
# whatever its size, but a small one is not left alone for long, nor a large one for longer than this.
REST_A_PAGE: Final = 10.0
SHORTEST_REST, LONGEST_REST = 45.0, 600.0
# After FastPix showed another workspace, or so many deletions that a person has to look.
TROUBLE: Final = 1800.0
# The event of what is younger may still be on its way.
YOUNG: Final = timedelta(minutes=1)
# A row that FastPix told of whole within this is not asked about again: it was, a page ago, or the list had moved.
FRESH: Final = timedelta(seconds=15)


def sweep(workspace: Workspace, *, seconds: float = 10, client_of: reconcile.ClientOf = budget.asking_client) -> int:
    """Go on with the walk through one workspace for about `seconds`; returns how many pages were compared."""
    SweepRun.objects.get_or_create(workspace=workspace)
    with turn(SweepRun, workspace) as run:
        return _walk(run, time.monotonic() + seconds, client_of) if run else 0


def sweep_all(*, seconds: float = 20, client_of: reconcile.ClientOf = budget.asking_client) -> int:
    """`sweep` for every workspace, those first whose last walk ended longest ago; returns how many pages."""
    deadline = time.monotonic() + seconds
    ended = dict(SweepRun.objects.values_list("workspace_id", "finished_at"))
    pages = 0
    for workspace in sorted(reconcile.connected(), key=lambda one: str(ended.get(one.pk) or "")):
        left = deadline - time.monotonic()
        if left > 0:
            pages += sweep(workspace, seconds=min(left, seconds / 2), client_of=client_of)
    return pages


def _walk(run: SweepRun, deadline: float, client_of: reconcile.ClientOf) -> int:
    pages = 0
    while time.monotonic() < deadline and _may_ask(run.workspace):
        try:
            answer = client_of(run.workspace).media.list(limit=importing.PAGE, offset=run.page, order_by="asc")
        except FastPixError as error:
            budget.leave_alone(run.workspace, error)
            break
        if not all(prove(run.workspace, str(item.get("workspaceId") or "")) for item in answer.data):
            log.warning("%s: FastPix listed another workspace's media, so nothing was compared", run.workspace.slug)
            keep(run, next_try_at=later(TROUBLE))
            break
        _compare(run.workspace, answer, client_of)
        pages += 1
        reached = _reached(run, answer)
        if not _ask_passed_over(run, answer, reached, deadline, client_of) or not _move_on(run, answer, reached):
            break
    return pages


def _may_ask(workspace: Workspace) -> bool:
    waiting = Media.objects.filter(workspace=workspace, unsettled=True, gone=False, ask_at__lte=timezone.now())
    importing_now = ImportRun.objects.filter(workspace=workspace, state__in=ImportRun.RUNNING)
    return not waiting.exists() and not importing_now.exists() and budget.spare(workspace)


def _compare(workspace: Workspace, answer: Answer, client_of: reconcile.ClientOf) -> None:
    """Mark what differs. What is unknown comes in only where everything was imported once: else nobody asked for it."""
    imported = ImportRun.objects.filter(workspace=workspace, whole_at__isnull=False).exists()
    for change in importing.take_page(workspace, answer, client_of, known_only=not imported):
        _tell_of_new(workspace, change, answer)


def _tell_of_new(workspace: Workspace, change: Change[Media], answer: Answer) -> None:
    media = change.row
    known = WebhookEvent.objects.filter(workspace=workspace, object_id=media.remote_id).exists()
    if known or media.created_at is None or answer.answered_at - media.created_at < YOUNG:
        return  # its event came or comes
    event, seconds = "video.media.created", round((answer.answered_at - media.created_at).total_seconds())
    note = f"missed: {event}, found by poll {seconds} s later"
    details = {"status": media.status, "event": event, "seconds": seconds, "note": note}
    timeline.record(
        workspace, "media", media.remote_id, "missed", source="poll", details=details, request_id=answer.request_id
    )


def _reached(run: SweepRun, answer: Answer) -> int:
    """Up to which sort key the list is known by now; the last page reaches up to the present."""
    created = [instant(item.get("createdAt")) for item in answer.data]
    keys = [microseconds(at) for at in created if at is not UNREAD and at is not None]
    if _is_last(answer):
        keys.append(microseconds(answer.answered_at))
    return max([run.reached, *keys])


def _is_last(answer: Answer) -> bool:
    return len(answer.data) < importing.PAGE


def _passed_over(run: SweepRun, answer: Answer, reached: int) -> QuerySet[Media]:
    """Final rows of ours between the last page's end and this one's that this page does not hold."""
    listed = [str(item.get("id", "")) for item in answer.data]
    old_news = Q(settled_at=None) | Q(settled_at__lt=answer.answered_at - FRESH)
    rows = Media.objects.filter(old_news, workspace=run.workspace, gone=False, unsettled=False, status__in=Media.FINAL)
    between = rows.filter(sort_key__gt=run.reached, sort_key__lte=reached).exclude(remote_id__in=listed)
    return between.select_related("workspace").order_by("sort_key")


def _ask_passed_over(
    run: SweepRun, answer: Answer, reached: int, deadline: float, client_of: reconcile.ClientOf
) -> bool:
    """Ask by id about what the list passed over; False when there is more of it to ask about later."""
    if not is_proved(run.workspace):
        return True  # a 404 would prove nothing
    for media in _passed_over(run, answer, reached)[: reconcile.BLOCK]:
        if time.monotonic() > deadline or not _may_ask(run.workspace) or not keep(run):
            return False
        try:
            reconcile.ask(media, client=client_of(run.workspace))
        except (NotFound, Invalid):
            continue  # not proved to be deleted
        except TooManyMissing:
            keep(run, next_try_at=later(TROUBLE))
            return False
        except FastPixError as error:
            budget.leave_alone(run.workspace, error)
            return False
    return True


def _move_on(run: SweepRun, answer: Answer, reached: int) -> bool:
    """Keep the place; False when the walk is through (the next begins after a rest) or another worker has it."""
    now = timezone.now()
    if _is_last(answer):
        rest = min(max(run.page * REST_A_PAGE, SHORTEST_REST), LONGEST_REST)
        keep(run, page=1, reached=0, finished_at=now, next_try_at=later(rest))
        return False
    started = {"started_at": now} if run.page == 1 else {}
    return keep(run, page=run.page + 1, reached=reached, next_try_at=None, **started)
