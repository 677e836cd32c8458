"""The mirror's rules as pure functions: events state, answers settle (docs/architecture.md, "The mirror").

`decide` says what a statement does to a row, `stamps_after` how the row's own marks change with it. Nothing here
touches a database, so the rules are tested on millions of lives without one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal, Protocol

from django.utils import timezone

from fastpix_api import Answer

# An event this near an answer's Date (whole seconds, another machine's clock) may or may not be contained in it.
MARGIN: Final = timedelta(seconds=2)
# Two events this near to each other may carry snapshots taken in the other order.
CLOSE: Final = timedelta(seconds=1)
# An event cannot come from further in the future of its receipt than clocks go wrong.
FUTURE: Final = timedelta(minutes=5)

Kind = Literal["event", "whole", "partial", "listed", "deleted", "missing"]


class Stamps(Protocol):
    """What the rules read of a row."""

    version: int
    event_at: datetime | None
    answered_at: datetime | None
    settled_at: datetime | None
    unsettled: bool
    gone: bool


@dataclass(frozen=True)
class Said:
    """One statement of FastPix about one object.

    kind: event; whole (the answer to a GET by id: absent means unset); partial (the answer to our POST or PATCH: only
    what it carries); listed (an item of a list); deleted (our own DELETE answered 2xx); missing (a GET by id answered
    404 and a list call proved that the credentials still see the bound workspace).
    `at` is FastPix's clock: the event's createdAt (None: undated), an answer's Date. `heard_at` is ours.
    `read_version` is the row's version before the request was sent, 0 where there was no row.
    Of an event, `data` is what it says about the object's own fields ({} where it only says that something about the
    object changed); `entity`: that is the whole object, enough to start a row with; `gone`: it says it was deleted.
    """

    kind: Kind
    data: Mapping[str, Any] = field(repr=False)
    at: datetime | None
    heard_at: datetime
    by: Literal["webhook", "poll", "call"]
    read_version: int = 0
    entity: bool = True
    gone: bool = False
    event_id: str = ""
    event_type: str = ""
    request_id: str = ""

    @property
    def placeable(self) -> bool:
        """Whether `at` can be compared at all: an event without a time, or from the future, cannot be placed."""
        return self.at is not None and (self.kind != "event" or self.at <= self.heard_at + FUTURE)


class Action(StrEnum):
    """What a statement does to the row."""

    INSERT = "insert"
    APPLY = "apply"
    BURY = "bury"
    COMPARE = "compare"  # a list item: mark the row where it differs, never write it
    RECORD = "record"  # nothing, apart from a mark


@dataclass(frozen=True)
class Verdict:
    """The decision about one statement.

    `mark`: the row becomes unsettled and FastPix is asked. `late`: the event was contained in a whole answer already.
    `again`: the answer crossed with a change of the row, so FastPix has to be asked again.
    """

    action: Action
    mark: bool = False
    late: bool = False
    again: bool = False


RECORDED: Final = Verdict(Action.RECORD)
MARKED: Final = Verdict(Action.RECORD, mark=True)


def decide(row: Stamps | None, said: Said) -> Verdict:
    """What a statement does to the row as it is now (None: there is none)."""
    if said.kind == "event":
        return _event(row, said)
    if said.kind == "deleted":
        return RECORDED if row and row.gone else Verdict(Action.BURY)
    if row is None:
        return RECORDED if said.kind == "missing" else Verdict(Action.INSERT)
    if said.kind == "listed":
        return RECORDED if row.gone else Verdict(Action.COMPARE)
    return _partial(row, said) if said.kind == "partial" else _settling(row, said)


def _event(row: Stamps | None, said: Said) -> Verdict:
    if row is None:
        return Verdict(Action.BURY) if said.gone else Verdict(Action.INSERT, mark=not (said.entity and said.placeable))
    if row.gone:
        return RECORDED
    at = said.at
    if at is None or not said.placeable:
        return MARKED
    if (row.event_at is None or at > row.event_at) and (row.answered_at is None or at > row.answered_at + MARGIN):
        return _plainly_newer(row, said, at)
    if row.settled_at is not None and at < row.settled_at - MARGIN:
        return Verdict(Action.RECORD, late=True)
    return MARKED


def _plainly_newer(row: Stamps, said: Said, at: datetime) -> Verdict:
    if said.gone:
        return Verdict(Action.BURY)
    if not said.data:
        return MARKED
    return Verdict(Action.APPLY, mark=row.event_at is not None and at < row.event_at + CLOSE)


def _partial(row: Stamps, said: Said) -> Verdict:
    # only a GET sent after a tombstone revives it
    if row.gone:
        return RECORDED
    return Verdict(Action.APPLY) if said.read_version == row.version else MARKED


def _settling(row: Stamps, said: Said) -> Verdict:
    if said.read_version != row.version:
        return Verdict(Action.RECORD, mark=not row.gone, again=True)
    if said.kind == "missing":
        return RECORDED if row.gone else Verdict(Action.BURY)
    return Verdict(Action.APPLY)


def stamps_after(row: Stamps | None, said: Said, verdict: Verdict) -> dict[str, Any]:
    """The row's own columns after a verdict: its times, flags, and when to ask FastPix.

    The row's `version` is not among them: whoever writes raises it by one.
    """
    stamps = _times(row, said, verdict)
    unsettled = (row is not None and row.unsettled) or verdict.mark
    if verdict.action is Action.BURY or (said.kind == "whole" and verdict.action is not Action.RECORD):
        unsettled = False
    stamps["unsettled"] = unsettled
    if not unsettled:
        return {**stamps, "ask_at": None, "asks": 0}
    if row is None or not row.unsettled or verdict.again:
        return {**stamps, "ask_at": said.heard_at, "asks": 0}
    return stamps  # it waits already: a mark does not shorten the backing off while FastPix is silent


def _times(row: Stamps | None, said: Said, verdict: Verdict) -> dict[str, Any]:
    stamps: dict[str, Any] = {}
    writes = verdict.action is not Action.RECORD
    if said.kind in ("whole", "partial", "listed") and (writes or said.kind == "partial"):
        stamps["answered_at"] = _later(row.answered_at if row else None, said.at)
    if said.kind == "whole" and writes:
        stamps["settled_at"] = _later(row.settled_at if row else None, said.at)
        stamps |= {"gone": False, "gone_at": None}
    if said.kind == "event" and writes and said.placeable:
        stamps["event_at"] = _later(row.event_at if row else None, said.at)
    if verdict.action is Action.BURY:
        stamps |= {"gone": True, "gone_at": said.at if said.placeable else said.heard_at}
    if writes:
        stamps |= {"known_by": said.by, "known_at": said.heard_at, "known_event_id": said.event_id}
    return stamps


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


def whole(answer: Answer, read_version: int, *, by: Literal["poll", "call"] = "poll") -> Said:
    """The answer to a GET by id, sent when the row had `read_version` (0: there was no row)."""
    return _answered("whole", answer, read_version, by)


def partial(answer: Answer, read_version: int, *, by: Literal["poll", "call"] = "call") -> Said:
    """The answer to our own POST or PATCH, sent when the row had `read_version` (0: there was no row)."""
    return _answered("partial", answer, read_version, by)


def _answered(kind: Kind, answer: Answer, read_version: int, by: Literal["poll", "call"]) -> Said:
    data = answer.data if isinstance(answer.data, dict) else {}
    return Said(
        kind=kind,
        data=data,
        at=answer.answered_at,
        heard_at=timezone.now(),
        by=by,
        read_version=read_version,
        request_id=answer.request_id,
    )
