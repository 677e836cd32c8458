"""Working through the events that wait, each in a transaction of its own: oldest first, and what just came in between.

The claim is the event's own state, changed in the same transaction as what the event does: a killed worker leaves the
row as it was. Two workers never do one event twice, and as both go through a lane in the same order, one waits for the
other's row before it can take the next: the order of an object's events holds. Lanes spare them most of that waiting.
Where a backlog waits, every fourth block is for the objects that were heard of last, each with all that waits for it,
oldest first: new events do not wait for the backlog, and the order of an object's events holds all the same.
"""

import logging
import random
import time
import traceback
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from itertools import chain, islice
from pathlib import PurePath
from typing import Final

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from events_app import push
from events_app.envelope import Event, NotAnEvent, parse
from events_app.models import WebhookEvent
from events_app.projections import Unprojectable, projection_for
from workspace_app.models import Workspace
from workspace_app.secrets_at_rest import decrypt

log = logging.getLogger(__name__)

State = WebhookEvent.State

LANES: Final = 4
BLOCK: Final = 100
# Blocks of the oldest events before one for what just came.
OLD_BLOCKS: Final = 3
# Of a block for what just came, at most this many events are of one object.
_OF_ONE: Final = 25
# An event that fails is tried this often, first soon, then after 4, 16, 64 and 256 s.
TRIES: Final = 5


def project(workspace_id: int | None = None, *, seconds: float = 10) -> bool:
    """Project what waits, of one workspace or of all, for about `seconds`; True when there is more to do.

    Raises OperationalError and InterfaceError while the database is away; the rows stay as they are.
    """
    deadline = time.monotonic() + seconds
    for workspace in _with_work(workspace_id):
        for number, pk in enumerate(_in_turn(workspace)):
            if time.monotonic() > deadline:
                return True
            project_one(workspace, pk)
            if number % BLOCK == 0:
                push.ring(workspace, "events")
        push.ring(workspace, "events")
    return False


def project_one(workspace: Workspace, pk: int) -> bool:
    """Project one event if it still waits; False when another worker had it, or when it failed."""
    try:
        with transaction.atomic():
            now = timezone.now()
            claimed = WebhookEvent.objects.filter(pk=pk, state=State.RECEIVED)
            if not claimed.update(state=State.PROJECTED, settled_at=now, error="", next_try_at=None):
                return False
            row = WebhookEvent.objects.get(pk=pk)
            outcome = _effect(workspace, row)
            if outcome:
                WebhookEvent.objects.filter(pk=pk).update(**outcome)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("Event %s could not be projected", pk)
        _failed(pk, error)
        return False
    return True


def requeue_unhandled() -> int:
    """Put stored events back that a projection exists for by now; returns how many. Run at every start."""
    unhandled = WebhookEvent.objects.filter(state=State.UNHANDLED)
    known = [name for name in unhandled.values_list("type", flat=True).distinct() if projection_for(name)]
    count = 0
    for event_type in known:
        while block := list(unhandled.filter(type=event_type).values_list("pk", flat=True)[:BLOCK]):
            again = WebhookEvent.objects.filter(pk__in=block, state=State.UNHANDLED)
            count += again.update(state=State.RECEIVED, tries=0, next_try_at=None, settled_at=None)
    return count


@cache
def requeue_once() -> int:
    """`requeue_unhandled`, once in the life of this process: only new code brings new projections."""
    return requeue_unhandled()


def event_of(workspace: Workspace, row: WebhookEvent) -> Event:
    """A stored event as projections see it. Raises NotAnEvent, SecretUnreadable."""
    parsed = parse(body_of(row))
    return Event(
        workspace=workspace,
        event_id=row.event_id,
        type=row.type,
        family=parsed.family,
        object_id=row.object_id or parsed.object_id,
        data=parsed.data,
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        late=row.late,
        workspace_id=parsed.workspace_id,
    )


def body_of(row: WebhookEvent) -> bytes:
    """The body as it was signed, byte for byte. Raises SecretUnreadable."""
    return decrypt(bytes(row.body)) if row.encrypted else bytes(row.body)


def _effect(workspace: Workspace, row: WebhookEvent) -> dict[str, str | bool]:
    project = projection_for(row.type)
    if project is None:
        return {"state": State.UNHANDLED}
    verdict = project(event_of(workspace, row))
    return {"late": True} if verdict is not None and verdict.late else {}


def _failed(pk: int, error: Exception) -> None:
    """Try again later, or give up: the row keeps where it failed, but no values, which may be secrets."""
    row = WebhookEvent.objects.filter(pk=pk, state=State.RECEIVED).first()
    if row is None:
        return
    tries = row.tries + 1
    over = tries >= TRIES
    WebhookEvent.objects.filter(pk=pk, state=State.RECEIVED, tries=row.tries).update(
        tries=tries,
        error=_told(error)[:500],
        state=State.FAILED if over else State.RECEIVED,
        settled_at=timezone.now() if over else None,
        next_try_at=None if over else timezone.now() + timedelta(seconds=4 ** (tries - 1)),
    )


def _told(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    words = f": {error}" if isinstance(error, NotAnEvent | Unprojectable) else ""
    return f"{type(error).__name__} in {PurePath(place.filename).name}, line {place.lineno}{words}"


def _due(now: datetime) -> QuerySet[WebhookEvent]:
    return WebhookEvent.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=now), state=State.RECEIVED)


def _with_work(workspace_id: int | None) -> list[Workspace]:
    due = _due(timezone.now())
    if workspace_id is not None:
        due = due.filter(workspace_id=workspace_id)
    ids = list(due.values_list("workspace_id", flat=True).distinct())
    random.shuffle(ids)
    found = Workspace.objects.in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _in_turn(workspace: Workspace) -> Iterator[int]:
    """What waits in a workspace, oldest first by lanes; of a backlog every fourth block is what just came."""
    lanes = list(range(LANES))
    random.shuffle(lanes)
    oldest = chain.from_iterable(_waiting(workspace, lane) for lane in lanes)
    while block := list(islice(oldest, OLD_BLOCKS * BLOCK)):
        yield from block
        if len(block) == OLD_BLOCKS * BLOCK:
            yield from _of_newest(workspace)


def _of_newest(workspace: Workspace) -> list[int]:
    """A block of what waits for the objects of the newest events, the newest object first, its oldest event first."""
    due = _due(timezone.now()).filter(workspace=workspace)
    newest = due.order_by("-pk").values_list("object_id", flat=True)[:BLOCK]
    found: list[int] = []
    # one after the other: an object with a long past must not crowd out those behind it
    for object_id in dict.fromkeys(newest):
        waits = due.filter(object_id=object_id).order_by("pk").values_list("pk", flat=True)
        found += waits[: min(_OF_ONE, BLOCK - len(found))]
        if len(found) >= BLOCK:
            break
    return found


def _waiting(workspace: Workspace, lane: int) -> Iterator[int]:
    """The waiting events of one lane, oldest first; an object's events are all in one lane."""
    last = 0
    while True:
        due = _due(timezone.now()).filter(workspace=workspace, pk__gt=last).order_by("pk")
        block = list(due.values_list("pk", "object_id")[: BLOCK * LANES])
        yield from (pk for pk, object_id in block if zlib.crc32(object_id.encode()) % LANES == lane)
        if len(block) < BLOCK * LANES:
            return
        last = block[-1][0]
