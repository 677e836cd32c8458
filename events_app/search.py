"""Finding events: what the address of the list asks for, in queries that the indexes of the table answer."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events_app.envelope import OBJECT_ID_LENGTH, TYPE_LENGTH, family_of
from events_app.models import WebhookEvent
from workspace_app.models import Workspace

State = WebhookEvent.State
STATES: Final[dict[str, str | Promise]] = {
    "": _("All"),
    State.FAILED.value: _("Failed"),
    State.UNHANDLED.value: _("Unhandled"),
    State.RECEIVED.value: _("Waiting"),
    State.PROJECTED.value: _("Projected"),
}
FLAGS: Final[dict[str, str | Promise]] = {
    "duplicate": _("Came more than once"),
    "late": _("Late"),
    "conflicting": _("A repeat differed"),
}
_FLAGGED: Final = {"duplicate": Q(times__gt=1), "late": Q(late=True), "conflicting": Q(conflicting=True)}
# A workspace has some sixty types (documented); a wildcard looks at no more than this many.
_TYPES: Final = 500
# A tab counts no further: "1,000+".
COUNTED: Final = 1000
# Rows get their number a little before or after their time: commits of several processes overlap.
OVERLAP: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Query:
    """What the address of a list page asks for. Unknown words fall back to "everything", never to an error.

    `type` may hold "*" for any part of it; `since` and `until` are moments of receipt, the second left out.
    """

    type: str = ""
    object_id: str = ""
    state: str = ""
    flag: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def read(cls, params: QueryDict) -> "Query":
        """Read `type`, `object`, `state`, `flag`, `from` and `to`; times without an offset are the person's own."""
        state, flag = params.get("state", ""), params.get("flag", "")
        return cls(
            type=_text(params, "type", TYPE_LENGTH),
            object_id=_text(params, "object", OBJECT_ID_LENGTH),
            state=state if state in STATES else "",
            flag=flag if flag in FLAGS else "",
            since=_moment(params.get("from", "")),
            until=_moment(params.get("to", "")),
        )

    def __bool__(self) -> bool:
        return self != Query()


@dataclass(frozen=True)
class Chip:
    """One filter that holds: what it narrows, to what, and which parameter of the address says so."""

    name: str
    label: str | Promise
    value: str | Promise | datetime
    without: str = ""


def chips(query: Query, params: QueryDict) -> list[Chip]:
    """The filters of a list beside its tab; `without` is the address's query with that one taken off."""
    told = [
        Chip("type", _("Type"), query.type),
        Chip("object", _("Object"), query.object_id),
        Chip("flag", _("Flag"), FLAGS.get(query.flag, "")),
        Chip("from", _("From"), query.since or ""),
        Chip("to", _("To"), query.until or ""),
    ]
    return [replace(chip, without=_without(params, chip.name)) for chip in told if chip.value]


def counts(workspace: Workspace) -> dict[str, int]:
    """How many events are in the states that few are in, up to COUNTED and one more, by indexes of their own."""
    rows = WebhookEvent.objects.filter(workspace=workspace)
    few = (State.FAILED, State.UNHANDLED, State.RECEIVED)
    return {state.value: rows.filter(state=state)[: COUNTED + 1].count() for state in few}


def find(workspace: Workspace, query: Query) -> QuerySet[WebhookEvent]:
    """The workspace's events that fit, without their bodies; unordered, for paging by pk."""
    rows = WebhookEvent.objects.filter(workspace=workspace).defer("body")
    if query.type:
        rows = rows.filter(type__in=_fitting(workspace, query.type))
    if query.object_id:
        rows = rows.filter(object_id=query.object_id)
    if query.state:
        rows = rows.filter(state=query.state)
    if query.flag:
        rows = rows.filter(_FLAGGED[query.flag])
    if query.since:
        rows = rows.filter(pk__gte=first_since(workspace, query.since - OVERLAP), received_at__gte=query.since)
    if query.until:
        rows = rows.filter(pk__lt=first_since(workspace, query.until + OVERLAP), received_at__lt=query.until)
    return rows


def _fitting(workspace: Workspace, pattern: str) -> list[str]:
    """The types a pattern means; one is the same with and without "video.", as FastPix sends some both ways."""
    family = family_of(pattern)
    if "*" not in family:
        return [family, f"video.{family}"]
    return [name for name in _types(workspace) if _fits(family_of(name), family.split("*"))]


def _fits(name: str, parts: list[str]) -> bool:
    """Whether a name is these parts with anything between; as a regular expression, many stars could take years."""
    first, *middle, last = parts
    at, end = len(first), len(name) - len(last)
    if at > end or not (name.startswith(first) and name.endswith(last)):
        return False
    for part in middle:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _types(workspace: Workspace) -> Iterator[str]:
    """The types a workspace has, each found by one step in the index: a DISTINCT would read all of it."""
    names = WebhookEvent.objects.filter(workspace=workspace).order_by("type").values_list("type", flat=True)
    name = names.first()
    for _step in range(_TYPES):
        if name is None:
            return
        yield name
        name = names.filter(type__gt=name).first()


def first_since(workspace: Workspace, moment: datetime) -> int:
    """The number of about the first event received since `moment`, by halving: numbers rise with time.

    So a page in the far past costs some twenty steps in the index of the newest, and receipt needs none of its own.
    """
    rows = WebhookEvent.objects.filter(workspace=workspace)
    newest = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
    low, high = 0, newest + 1
    while low < high:
        middle = (low + high) // 2
        row = rows.filter(pk__gte=middle).order_by("pk").values_list("pk", "received_at").first()
        if row and row[1] < moment:
            low = row[0] + 1
        else:
            high = middle
    return low


def _without(params: QueryDict, name: str) -> str:
    rest = params.copy()
    for gone in (name, "before", "after"):
        rest.pop(gone, None)
    return f"?{rest.urlencode()}" if rest else ""


def _text(params: QueryDict, name: str, length: int) -> str:
    return params.get(name, "").replace("\0", "").strip()[:length]


def _moment(text: str) -> datetime | None:
    """A moment as `<input type=datetime-local>` sends it, in the person's zone; None for nonsense."""
    try:
        told = parse_datetime(text.strip())
    except ValueError:
        return None
    # far from the ends of time, where zones and databases cannot follow
    if told is None or not 1970 < told.year < 9000:
        return None
    return timezone.make_aware(told) if timezone.is_naive(told) else told
