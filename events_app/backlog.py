"""Working through the events that wait: oldest first, and what just came in between, a block in one transaction.

A block's rows are locked and their states changed in the same transaction as what the events do: a killed worker leaves
the rows as they were, and two workers never do one event twice. The order of an object's events holds because every
block begins with the oldest that waits of each of its objects; a block of which another worker holds a row is left to
that worker, and the rest of its lane too. Where one event fails, its block is done again one by one.
"""

import logging
import random
import time
import traceback
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import Enum
from functools import cache
from pathlib import PurePath
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from events_app.blocks import Block
from events_app.envelope import Event, NotAnEvent, parse
from events_app.models import WebhookEvent
from events_app.projections import Unprojectable, projection_for
from events_app.retention import outlived
from events_app.rules import Action
from workspace_app.models import Workspace
from workspace_app.secrets_at_rest import decrypt

log = logging.getLogger(__name__)

State = WebhookEvent.State

# A worker that is told to stop finishes within this and a block.
SLICE: Final = 4.0
# Events done in one transaction: few, because on SQLite the intake waits for it, and no more than so many rows.
BLOCK: Final = 16
_ROWS: Final = 80
# The oldest events that are looked at together, and the lanes they are parted into.
WINDOW: Final = 400
LANES: Final = 4
# Blocks of the oldest events before one for what just came.
OLD_BLOCKS: Final = 3
# Of a block for what just came, at most this many events are of one object.
_OF_ONE: Final = 8
# Where other workers hold every lane of a backlog.
_PAUSE: Final = 0.05
# An event that fails is tried this often: again after 1, 4, 16 and 64 s.
TRIES: Final = 5
# Rows put back in one transaction.
_PUT_BACK: Final = 100
# PostgreSQL's word for a row that another worker holds.
_HELD: Final = "55P03"

# Trying again does not help these; their words hold nothing of the event and are shown.
_HOPELESS: Final = (NotAnEvent, Unprojectable)

_LATE: Final = "late"

Pk = tuple[int, str]


class Went(Enum):
    """How it went with a block: all done (or nothing left to do), some of it, another worker is at it, one failed."""

    DONE = "done"
    PARTLY = "partly"
    HELD = "held"
    FAILED = "failed"


def project(workspace_id: int | None = None, *, seconds: float = SLICE) -> bool:
    """Project what waits, of one workspace or of all, for about `seconds`; True when there is more to do.

    Raises OperationalError and InterfaceError while the database is away; the rows stay as they are.
    """
    deadline = time.monotonic() + seconds
    return any(_work_through(workspace, deadline) for workspace in _with_work(workspace_id))


def project_one(workspace: Workspace, pk: int) -> bool:
    """Project one event if it still waits; False when another worker had it, or when it failed."""
    try:
        with transaction.atomic():
            rows = _claimed([pk], nowait=False)
            return bool(rows and _project(workspace, rows))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("Event %s could not be projected", pk)
        _failed(pk, error)
        return False


def due() -> QuerySet[WebhookEvent]:
    """The events that wait to be projected, without those that failed and whose next try is not yet due."""
    now = timezone.now()
    return WebhookEvent.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=now), state=State.RECEIVED)


def requeue_unhandled() -> int:
    """Put stored events back that a projection exists for by now; returns how many. Run at every start."""
    unhandled = WebhookEvent.objects.filter(state=State.UNHANDLED)
    known = [name for name in unhandled.values_list("type", flat=True).distinct() if projection_for(name)]
    count = 0
    for event_type in known:
        while block := list(unhandled.filter(type=event_type).values_list("pk", flat=True)[:_PUT_BACK]):
            again = WebhookEvent.objects.filter(pk__in=block, state=State.UNHANDLED)
            count += again.update(state=State.RECEIVED, tries=0, next_try_at=None, settled_at=None)
    return count


@cache
def requeue_once() -> int:
    """`requeue_unhandled`, once in the life of this process: only new code brings new projections."""
    return requeue_unhandled()


def event_of(block: Block, row: WebhookEvent) -> Event:
    """A stored event as projections see it. Raises NotAnEvent, SecretUnreadable."""
    parsed = parse(body_of(row))
    return Event(
        workspace=block.workspace,
        event_id=row.event_id,
        type=row.type,
        family=parsed.family,
        object_id=row.object_id or parsed.object_id,
        data=parsed.data,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        late=row.late,
        workspace_id=parsed.workspace_id,
        block=block,
    )


def body_of(row: WebhookEvent) -> bytes:
    """The body as it was signed, byte for byte. Raises SecretUnreadable."""
    return decrypt(bytes(row.body)) if row.encrypted else bytes(row.body)


def _work_through(workspace: Workspace, deadline: float) -> bool:
    """Do what waits in a workspace until the deadline; False when nothing is left that other workers do not hold."""
    lanes = random.sample(range(LANES), LANES)
    blocks = 0
    while window := _window(workspace):
        by_lane = _parted(window)
        moved = False
        for lane in lanes:
            for pks in _in_blocks(by_lane[lane]):
                if time.monotonic() > deadline:
                    return True
                if len(window) == WINDOW and blocks % OLD_BLOCKS == 0:
                    _together(workspace, _newest(workspace))
                if _together(workspace, pks) is Went.HELD:
                    break
                blocks, moved = blocks + 1, True
            if moved:
                break
        # the next lane first, or the others would only ever be looked at
        lanes.append(lanes.pop(0))
        if not moved and len(window) < WINDOW:
            return False
        if not moved:
            time.sleep(_PAUSE)
    return False


def _together(workspace: Workspace, pks: Sequence[int]) -> Went:
    """Project a block of events, one by one where that fails as one."""
    went = Went.PARTLY
    while went is Went.PARTLY:
        went = _at_once(workspace, pks)
    if went is Went.FAILED:
        for pk in pks:
            project_one(workspace, pk)
    return went


def _at_once(workspace: Workspace, pks: Sequence[int]) -> Went:
    try:
        with transaction.atomic():
            rows = _claimed(pks, nowait=True)
            return _project(workspace, rows) if rows else Went.DONE
    except Exception as error:
        if _sqlstate(error) == _HELD:
            return Went.HELD
        log.debug("A block of events is projected one by one", exc_info=True)
        return Went.FAILED


def _claimed(pks: Sequence[int], *, nowait: bool) -> list[WebhookEvent]:
    """Those of the rows that still wait, held until the transaction ends."""
    waiting = WebhookEvent.objects.filter(pk__in=pks, state=State.RECEIVED)
    return list(waiting.select_for_update(nowait=nowait).order_by("pk"))


def _project(workspace: Workspace, rows: Sequence[WebhookEvent]) -> Went:
    """Do what claimed events say, as many as one transaction should hold."""
    block = Block(workspace, (row.object_id for row in rows))
    ends: dict[str, list[int]] = defaultdict(list)
    # by object: every worker writes the rows of objects in the same order, so that none waits for one that waits for it
    for row in sorted(rows, key=lambda row: (row.object_id, row.pk)):
        ends[_effect(block, row)].append(row.pk)
        if block.written >= _ROWS:
            break
    block.ring("events")
    block.close()
    settled = {"settled_at": timezone.now(), "error": "", "next_try_at": None}
    for end, pks in ends.items():
        late = {"late": True} if end == _LATE else {}
        state = State.UNHANDLED if end == State.UNHANDLED else State.PROJECTED
        WebhookEvent.objects.filter(pk__in=pks).update(state=state, **settled, **late)
    return Went.DONE if sum(map(len, ends.values())) == len(rows) else Went.PARTLY


def _effect(block: Block, row: WebhookEvent) -> str:
    project = projection_for(row.type)
    if project is None:
        return State.UNHANDLED
    verdict = project(event_of(block, row))
    if verdict is None or verdict.action is not Action.RECORD:
        return State.PROJECTED
    return _LATE if verdict.late or outlived(block.workspace, row) else State.PROJECTED


def _failed(pk: int, error: Exception) -> None:
    """Try again later, or give up: the row keeps where it failed, but no values, which may be secrets."""
    row = WebhookEvent.objects.filter(pk=pk, state=State.RECEIVED).first()
    if row is None:
        return
    tries = row.tries + 1
    over = tries >= TRIES or isinstance(error, _HOPELESS)
    WebhookEvent.objects.filter(pk=pk, state=State.RECEIVED, tries=row.tries).update(
        tries=tries,
        error=_told(error)[:500],
        state=State.FAILED if over else State.RECEIVED,
        settled_at=timezone.now() if over else None,
        next_try_at=None if over else timezone.now() + timedelta(seconds=4 ** (tries - 1)),
    )


def _told(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    words = f": {error}" if isinstance(error, _HOPELESS) else ""
    return f"{type(error).__name__} in {PurePath(place.filename).name}, line {place.lineno}{words}"


def _sqlstate(error: Exception) -> str:
    return str(getattr(error.__cause__, "sqlstate", "") or "")


def _with_work(workspace_id: int | None) -> list[Workspace]:
    if workspace_id is not None:
        return list(Workspace.objects.filter(pk=workspace_id))
    ids = due().values_list("workspace_id", flat=True).distinct()
    found = list(Workspace.objects.filter(pk__in=list(ids)))
    random.shuffle(found)
    return found


def _window(workspace: Workspace) -> list[Pk]:
    """The oldest events that wait."""
    waiting = due().filter(workspace=workspace).order_by("pk")
    return list(waiting.values_list("pk", "object_id")[:WINDOW])


def _parted(window: Iterable[Pk]) -> dict[int, list[int]]:
    """Events by lanes; an object's events are all in one."""
    lanes: dict[int, list[int]] = defaultdict(list)
    for pk, object_id in window:
        lanes[zlib.crc32(object_id.encode()) % LANES].append(pk)
    return lanes


def _in_blocks(pks: Sequence[int]) -> list[Sequence[int]]:
    return [pks[start : start + BLOCK] for start in range(0, len(pks), BLOCK)]


def _newest(workspace: Workspace) -> list[int]:
    """A block of what waits for the objects of the newest events, the newest object first, its oldest event first."""
    waiting = due().filter(workspace=workspace)
    newest = waiting.order_by("-pk").values_list("object_id", flat=True)[: BLOCK * 4]
    found: list[int] = []
    # one after the other: an object with a long past must not crowd out those behind it
    for object_id in dict.fromkeys(newest):
        waits = waiting.filter(object_id=object_id).order_by("pk").values_list("pk", flat=True)
        found += waits[: min(_OF_ONE, BLOCK - len(found))]
        if len(found) >= BLOCK:
            break
    return found
