"""Bringing in what a FastPix workspace already holds: page by page, resumable after anything.

The place is a row (ImportRun), so neither a killed worker nor an empty Redis loses it. The first import walks
everything, oldest first; once that was through, further ones look at the newest only. Each page begins with something
that was read already (which costs a fifth more pages): where it does not, deletions have moved what follows.
"""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from events_app import push
from events_app.mirror import Change, Said
from fastpix_api import Answer, FastPixError
from media_app import budget, reconcile
from media_app.fields import microseconds
from media_app.mirror import hear_listed, is_id
from media_app.models import ImportRun, Media
from media_app.services import leases
from media_app.turns import keep, turn
from media_app.values import UNREAD, instant
from workspace_app import timeline
from workspace_app.fastpix import prove
from workspace_app.models import Workspace

PAGE: Final = 50
# Rows written in one transaction: with tracks and playback IDs about 100.
_BLOCK: Final = 20
_AGAIN: Final = 10.0
# A turn that should have begun this long ago was lost with its message or its worker.
_LOST: Final = timedelta(seconds=30)

State = ImportRun.State


@dataclass(frozen=True)
class Progress:
    """A running import: media `read` of the `total` FastPix last told, and how many of them were new."""

    read: int
    total: int
    added: int
    newest: bool

    @property
    def percent(self) -> int:
        """How much of the total was read, 0 to 100."""
        return self.read * 100 // self.total if self.total else 0


def order(workspace: Workspace) -> bool:
    """Write down that the workspace shall be imported; False when an import runs already.

    What was imported whole before is only looked through for what is new, newest first, up to a page that brings
    nothing: what stayed unknown behind such a page is found by the rolling sweep.
    """
    run, _made = ImportRun.objects.get_or_create(workspace=workspace)
    state = State.NEWEST if run.whole_at else State.EVERYTHING
    resting = ImportRun.objects.filter(pk=run.pk).exclude(state__in=ImportRun.RUNNING)
    begun = {"started_at": timezone.now(), "finished_at": None, "next_try_at": Now()}
    if not resting.update(state=state, read=0, reached=0, added=0, total=0, **begun):
        return False
    push.ring(workspace, "imports")
    return True


def withdraw(workspace: Workspace) -> None:
    """Take back an order that no worker has begun."""
    untouched = ImportRun.objects.filter(workspace=workspace, state__in=ImportRun.RUNNING, total=0, leased_by="")
    untouched.update(state=State.IDLE)
    push.ring(workspace, "imports")


def import_existing(
    workspace: Workspace, *, seconds: float = 20, client_of: reconcile.ClientOf = budget.asking_client
) -> float | None:
    """Go on with the import that was ordered, for about `seconds`.

    Returns in how many seconds to call again, None when there is nothing to go on with: all is here, another worker is
    at it, or the credentials are of another workspace (which the timeline tells).
    """
    with turn(ImportRun, workspace) as run:
        if run is None or not run.running:
            return None
        wait = _walk(run, time.monotonic() + seconds, client_of)
        if wait is not None:
            keep(run, next_try_at=leases.until(wait))
        return wait


def overdue() -> list[int]:
    """The workspaces whose import should have gone on by now: its worker died, or the message got lost."""
    late = Q(next_try_at=None) | Q(next_try_at__lte=leases.until(-_LOST.total_seconds()))
    runs = ImportRun.objects.filter(late, leases.free(), state__in=ImportRun.RUNNING)
    return list(runs.values_list("workspace_id", flat=True))


def progress(workspace: Workspace) -> Progress | None:
    """How far the running import is; None when none runs."""
    run = ImportRun.objects.filter(workspace=workspace, state__in=ImportRun.RUNNING).first()
    if run is None:
        return None
    return Progress(min(run.read, run.total), run.total, run.added, run.state == State.NEWEST)


def take_page(
    workspace: Workspace, answer: Answer, client_of: reconcile.ClientOf, *, known_only: bool = False
) -> list[Change[Media]]:
    """Take a page of FastPix's list into the mirror; returns what came in new.

    Rows that exist are marked where they differ, and tombstones that FastPix lists are asked about. `known_only`: what
    we have no row of stays out.
    """
    items = {str(item["id"]): item for item in answer.data if is_id(str(item.get("id", "")))}
    rows = Media.objects.filter(workspace=workspace, remote_id__in=list(items))
    names = sorted(rows.values_list("remote_id", flat=True)) if known_only else list(items)
    new: list[Change[Media]] = []
    for start in range(0, len(names), _BLOCK):
        block = {name: _said(items[name], answer) for name in names[start : start + _BLOCK]}
        new += [change for change in hear_listed(workspace, block) if change.created]
    for media in rows.filter(gone=True).select_related("workspace"):
        _look_again(media, answer.answered_at, client_of)
    if new:
        # each by its id: an open list that hears of rows it shows fetches these alone
        push.ring(workspace, "media", *(f"media:{change.row.remote_id}" for change in new), "uploads")
    return new


def _walk(run: ImportRun, deadline: float, client_of: reconcile.ClientOf) -> float | None:
    newest = run.state == State.NEWEST
    while time.monotonic() < deadline:
        if not budget.spend(run.workspace):
            return _AGAIN
        limit, page = _window(run.read)
        try:
            order_by = "desc" if newest else "asc"
            answer = client_of(run.workspace).media.list(limit=limit, offset=page, order_by=order_by)
        except FastPixError as error:
            budget.leave_alone(run.workspace, error)
            return _AGAIN
        if not all(prove(run.workspace, str(item.get("workspaceId") or "")) for item in answer.data):
            _finish(run, State.REFUSED)
            return None
        new = len(take_page(run.workspace, answer, client_of))
        slid = _slid(run, answer)
        if not keep(run, **_place(run, answer, (page - 1) * limit, slid=slid), added=run.added + new):
            return None
        push.ring(run.workspace, "imports")
        if not slid and (len(answer.data) < limit or (newest and not new)):
            _finish(run, State.DONE)
            return None
    return 0.0


def _window(read: int) -> tuple[int, int]:
    """The size and number of the page that begins with something read already and brings the most of what is not."""
    if not read:
        return PAGE, 1
    limit = max(range(PAGE // 2, PAGE + 1), key=lambda size: -(-read // size) * size)
    return limit, -(-read // limit)


def _slid(run: ImportRun, answer: Answer) -> bool:
    """Whether deletions moved what was not read yet to before this page: it does not begin with what was read."""
    if not run.read:
        return False
    if not answer.data:
        return True
    first = _key(answer.data[0], run.reached)
    return first < run.reached if run.state == State.NEWEST else first > run.reached


def _place(run: ImportRun, answer: Answer, start: int, *, slid: bool) -> dict[str, int]:
    """Where the walk stands after a page: behind it, or a page before where it stood."""
    told = (answer.pagination or {}).get("totalRecords")
    total = told if isinstance(told, int) and told >= 0 else run.total
    if slid:
        return {"read": max(0, min(run.read, total) - PAGE), "total": total}
    reached = _key(answer.data[-1], run.reached) if answer.data else run.reached
    return {"read": start + len(answer.data), "reached": reached, "total": total}


def _key(item: Mapping[str, Any], unknown: int) -> int:
    at = instant(item.get("createdAt"))
    return unknown if at is UNREAD else microseconds(at)


def _said(item: Mapping[str, Any], answer: Answer) -> Said:
    return Said(
        kind="listed",
        data=item,
        at=answer.answered_at,
        heard_at=timezone.now(),
        by="poll",
        request_id=answer.request_id,
    )


def _look_again(media: Media, listed_at: datetime, client_of: reconcile.ClientOf) -> None:
    """A tombstone that FastPix lists is asked about: only a GET sent after it may revive it."""
    if media.gone_at is not None and listed_at > media.gone_at and budget.spend(media.workspace):
        with suppress(FastPixError):
            reconcile.ask(media, client=client_of(media.workspace))


def _finish(run: ImportRun, state: ImportRun.State) -> None:
    now = timezone.now()
    whole_at = now if run.state == State.EVERYTHING and state == State.DONE else run.whole_at
    with transaction.atomic():
        if not keep(run, state=state, finished_at=now, whole_at=whole_at):
            return
        verb = "imported" if state == State.DONE else "import_refused"
        details = {"added": run.added}
        timeline.record(run.workspace, "workspace", run.workspace.slug, verb, source="poll", details=details)
    push.ring(run.workspace, "imports")
