"""Asking FastPix: about rows that are unsettled, about media on their way, and for a person who wants to know now.

Nothing is locked while FastPix is asked. A row's `ask_at` is moved ahead before the call, so two workers do not ask
twice and a dead worker's row comes up again; while FastPix is silent that grows to 5 minutes.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Final, Literal

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from events_app.mirror import Change, whole
from fastpix_api import Broken, FastPix, FastPixError, Invalid, NotFound, Patience, Unauthorized
from media_app import budget
from media_app.mirror import awake, hear
from media_app.missing import TooManyMissing, take_for_deleted
from media_app.models import Media, Upload
from workspace_app.fastpix import client_for, person_asks, prove
from workspace_app.models import Workspace

log = logging.getLogger(__name__)

ClientOf = Callable[[Workspace], FastPix]

# A whole answer that crossed with a change is asked for again this often before the row is left marked.
CROSSINGS: Final = 3
# Rows looked at in one pass of a workspace.
BLOCK: Final = 100
# An upload that brought no media after this is no longer asked about.
UPLOAD_PATIENCE: Final = timedelta(days=1)


def ask(media: Media, *, by: Literal["poll", "call"] = "poll", client: FastPix | None = None) -> Change[Media] | None:
    """Ask FastPix about one media and take what it says; returns what that changed.

    `by` "call": a person asked. Raises FastPixError (the row is untouched; NotFound and Invalid only where a 404 does
    not prove a deletion) and TooManyMissing.
    """
    if by == "call":
        person_asks(media.workspace)
    client = client or client_for(media.workspace, patience=Patience.PAGE)
    for _crossing in range(CROSSINGS):
        version = Media.objects.values_list("version", flat=True).get(pk=media.pk)
        try:
            answer = client.media.get(media.remote_id)
        except (NotFound, Invalid) as error:
            return take_for_deleted(media, error, read_version=version, by=by, client=client)
        _ours(media.workspace, answer.data, media.remote_id)
        outcome = hear(media.workspace, media.remote_id, whole(answer, version, by=by))
        if not outcome.verdict.again:
            return outcome.change
    return None


def ask_unsettled(*, seconds: float = 20, client_of: ClientOf = budget.asking_client) -> int:
    """Ask about the marked rows whose time has come, for about `seconds`; returns how many were asked about."""
    awake()
    deadline = time.monotonic() + seconds
    due = Media.objects.filter(unsettled=True, gone=False, ask_at__lte=timezone.now())
    asked = 0
    for workspace in connected(due.values_list("workspace_id", flat=True).distinct()):
        rows = due.filter(workspace=workspace).select_related("workspace").order_by("ask_at")[:BLOCK]
        asked += _ask_all(workspace, (row for row in rows if _claim(row)), client_of, deadline)
    return asked


def poll_open(
    workspace: Workspace | None = None, *, seconds: float = 20, client_of: ClientOf = budget.asking_client
) -> int:
    """Ask about media that are not final and uploads without a media, of one workspace or all; returns how many."""
    deadline = time.monotonic() + seconds
    asked = 0
    for one in [workspace] if workspace else connected():
        asked += _ask_all(one, _open_media(one), client_of, deadline)
        asked += _ask_uploads(one, client_of, deadline)
    return asked


def pause_before(age: timedelta) -> timedelta:
    """How long to wait before asking again about something this old: 5 s at first, then up to 1 min, later 5 min."""
    if age > timedelta(minutes=10):
        return timedelta(minutes=5)
    return min(max(age / 4, timedelta(seconds=5)), timedelta(minutes=1))


def _ask_all(workspace: Workspace, rows: Iterable[Media], client_of: ClientOf, deadline: float) -> int:
    asked = 0
    for media in rows:
        if time.monotonic() > deadline or not budget.spend(workspace):
            break
        asked += 1
        try:
            ask(media, client=client_of(workspace))
        except (NotFound, Invalid):
            continue  # not proved to be deleted: the row stays as it is and backs off
        except TooManyMissing:
            break
        except FastPixError as error:
            log.info("%s could not be asked: %s", workspace.slug, error)
            budget.leave_alone(workspace, error)
            break
    return asked


def _ask_uploads(workspace: Workspace, client_of: ClientOf, deadline: float) -> int:
    asked = 0
    for upload in _sent_uploads(workspace):
        if time.monotonic() > deadline or not budget.spend(workspace):
            break
        asked += 1
        try:
            answer = client_of(workspace).media.get(upload.remote_id)
            _ours(workspace, answer.data, upload.remote_id)
        except (NotFound, Invalid):
            continue  # an upload's id that FastPix does not know is not yet a media
        except FastPixError as error:
            budget.leave_alone(workspace, error)
            break
        hear(workspace, upload.remote_id, whole(answer, 0))
    return asked


def _open_media(workspace: Workspace) -> Iterator[Media]:
    """Media not final whose time has come, the youngest first; rows that wait to be settled are asked about anyway."""
    now = timezone.now()
    # as ranges, because they find their way through the index by status, and words nobody knows yet count as open
    low, high = sorted(str(word) for word in Media.FINAL)
    not_final = Q(status__lt=low) | Q(status__gt=low, status__lt=high) | Q(status__gt=high)
    due = Media.objects.filter(not_final, Q(ask_at=None) | Q(ask_at__lte=now), workspace=workspace, gone=False)
    rows = due.filter(unsettled=False).select_related("workspace").order_by("-sort_key")
    for media in rows[: BLOCK * 5]:
        heard = media.known_at or now - timedelta(minutes=5)
        pause = pause_before(now - (media.created_at or heard))
        if heard + pause <= now and _claim(media, pause):
            yield media


def _sent_uploads(workspace: Workspace) -> Iterator[Upload]:
    now = timezone.now()
    there = Media.objects.filter(workspace=workspace, remote_id=OuterRef("remote_id"))
    sent = Upload.objects.filter(
        ~Exists(there), Q(next_try_at=None) | Q(next_try_at__lte=now), workspace=workspace, state=Upload.State.SENT
    )
    for upload in sent.filter(sent_at__gte=now - UPLOAD_PATIENCE).exclude(remote_id="").order_by("-sent_at")[:BLOCK]:
        later = now + pause_before(now - (upload.sent_at or now))
        if sent.filter(pk=upload.pk, next_try_at=upload.next_try_at).update(next_try_at=later):
            yield upload


def _claim(media: Media, pause: timedelta = timedelta()) -> bool:
    """Be the one worker to ask about this row; it comes up again by itself should no answer reach it."""
    wait = max(pause, min(timedelta(seconds=10) * 2 ** min(media.asks, 6), timedelta(minutes=5)))
    mine = Media.objects.filter(pk=media.pk, ask_at=media.ask_at, asks=media.asks, version=media.version)
    return bool(mine.update(ask_at=timezone.now() + wait, asks=min(media.asks + 1, 30_000)))


def _ours(workspace: Workspace, data: dict[str, object], remote_id: str) -> None:
    """Refuse an answer about another workspace or another media than was asked for."""
    if not prove(workspace, str(data.get("workspaceId") or "")):
        raise Unauthorized("FastPix answered about another workspace than the one bound here.")
    if data.get("id", remote_id) != remote_id:
        raise Broken("FastPix answered about another media than the one asked for.")


def connected(ids: Iterable[int] | None = None) -> list[Workspace]:
    """The workspaces, all or those of `ids`, that have credentials to ask with."""
    able = Workspace.objects.exclude(token_id="")
    return list(able if ids is None else able.filter(pk__in=ids))
