"""Title, creator and metadata of a media: what FastPix holds, what a person wants, and bringing the two together.

A media's fields are one flat dict: "title", "creatorId" and "metadata.<key>" for each pair, absent where unset. FastPix
replaces metadata as a whole (recorded) and has no conditional update: what somebody writes between our reading and our
writing, some tenths of a second, is not seen.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from events_app.mirror import partial, whole
from fastpix_api import FastPix, Invalid, NotFound
from media_app.mirror import apply
from media_app.missing import take_for_deleted
from media_app.models import Media
from workspace_app import timeline
from workspace_app.models import TimelineEntry, User

TITLE: Final = "title"
CREATOR: Final = "creatorId"
PAIR: Final = "metadata."
# The timeline's verb, and how its lines name our columns
EDITED: Final = "edited"
_COLUMNS: Final = {TITLE: "title", CREATOR: "creator_id"}

Fields = dict[str, Any]


class Deleted(Exception):
    """FastPix no longer has the media, which is proved; the row is a tombstone."""


@dataclass(frozen=True)
class Difference:
    """One field that is not the same on two sides; None where a side does not have it. `who` changed it, if known."""

    name: str
    before: Any
    after: Any
    who: str = ""

    @property
    def label(self) -> str:
        """How people call the field; a pair by its key."""
        labels = {TITLE: _("Title"), CREATOR: _("Creator")}
        return labels.get(self.name) or self.name.removeprefix(PAIR)


@dataclass(frozen=True)
class Merged:
    """Two people's wishes in one: the fields as they should be, and where the two contradict each other.

    `theirs`: what changed at FastPix since the base and is kept. `conflicts`: fields both changed, in different ways,
    FastPix's value before and the wished one after; `fields` holds the wished one.
    """

    fields: Fields
    theirs: tuple[Difference, ...]
    conflicts: tuple[Difference, ...]

    @property
    def pairs(self) -> int:
        return sum(name.startswith(PAIR) for name in self.fields)


@dataclass(frozen=True)
class Saved:
    """What FastPix was told and what it made of it: `unkept` are the fields it holds otherwise than it was told."""

    ours: tuple[Difference, ...]
    unkept: tuple[Difference, ...] = field(default=())


def fields_of(data: Mapping[str, Any]) -> Fields:
    """The fields in a media as FastPix says it."""
    pairs = data.get("metadata")
    told = {name: data.get(name) for name in (TITLE, CREATOR) if data.get(name)}
    return told | {f"{PAIR}{key}": value for key, value in (pairs if isinstance(pairs, dict) else {}).items()}


def read(media: Media, client: FastPix) -> Fields:
    """The fields as FastPix holds them now; the row takes the whole answer.

    Raises Deleted, and FastPixError.
    """
    version = Media.objects.values_list("version", flat=True).get(pk=media.pk)
    try:
        answer = client.media.get(media.remote_id)
    except (NotFound, Invalid) as missing:
        take_for_deleted(media, missing, read_version=version, by="call", client=client)
        raise Deleted from missing
    apply(media.workspace, media.remote_id, whole(answer, version, by="call"))
    return fields_of(answer.data)


def merge(base: Fields, wished: Fields, now: Fields) -> Merged:
    """What `wished` makes of `now`, where both began at `base`: a field nobody wished to change stays as it is now."""
    fields: Fields = {}
    theirs, conflicts = [], []
    for name in dict.fromkeys((*now, *wished, *base)):
        was, wish, held = base.get(name), wished.get(name), now.get(name)
        value = held if wish in (was, held) else wish
        if wish not in (was, held) and held != was:
            conflicts.append(Difference(name, held, wish))
        elif held != was and wish == was:
            theirs.append(Difference(name, was, held))
        if value is not None:
            fields[name] = value
    return Merged(fields, tuple(theirs), tuple(conflicts))


def differences(before: Fields, after: Fields) -> tuple[Difference, ...]:
    """The fields in which `after` differs."""
    names = dict.fromkeys((*before, *after))
    return tuple(Difference(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n))


def write(media: Media, *, now: Fields, fields: Fields, by: User, client: FastPix) -> Saved:
    """Have FastPix hold `fields` where it holds `now`; only what differs is sent, metadata always whole.

    FastPix's answer is compared with what was sent. The timeline gets before and after. Raises Deleted, Invalid and
    other FastPixErrors: nothing was changed here then.
    """
    ours = differences(now, fields)
    if not ours:
        return Saved(())
    version = Media.objects.values_list("version", flat=True).get(pk=media.pk)
    try:
        answer = client.media.update(media.remote_id, **told(ours, fields))
    except NotFound as missing:
        take_for_deleted(media, missing, read_version=version, by="call", client=client)
        raise Deleted from missing
    record(media, ours, by=by, request_id=answer.request_id)
    apply(media.workspace, media.remote_id, partial(answer, version))
    return Saved(ours, differences(fields, fields_of(answer.data)))


def named(theirs: tuple[Difference, ...], media: Media, since: datetime) -> tuple[Difference, ...]:
    """The same differences with who made them, where this console's own timeline knows."""
    lines = TimelineEntry.objects.filter(
        workspace=media.workspace, area="media", object_id=media.remote_id, verb=EDITED, occurred_at__gte=since
    )
    who = {name: line.actor_name for line in lines.order_by("occurred_at", "pk") for name in line.details["edited"]}
    return tuple(Difference(one.name, one.before, one.after, who.get(one.name, "")) for one in theirs)


def changes_of(entry: TimelineEntry) -> tuple[Difference, ...]:
    """What an `edited` line of the timeline says was changed; empty for every other line."""
    told = entry.details.get("edited") if entry.verb == EDITED else None
    pairs = told.items() if isinstance(told, dict) else ()
    return tuple(Difference(name, pair[0], pair[1]) for name, pair in pairs)


def undone(entry: TimelineEntry, now: Fields) -> Fields:
    """The fields as they would be without what an `edited` line changed."""
    fields = dict(now)
    for change in changes_of(entry):
        fields.pop(change.name, None)
        if change.before is not None:
            fields[change.name] = change.before
    return fields


def line_at(media: Media, moment: str) -> TimelineEntry | None:
    """The `edited` line of a media that was written at `moment`, as ISO 8601; None where there is none."""
    with suppress(ValueError):
        lines = TimelineEntry.objects.filter(workspace=media.workspace, area="media", object_id=media.remote_id)
        return lines.filter(verb=EDITED, occurred_at=datetime.fromisoformat(moment)).first()
    return None


def told(ours: tuple[Difference, ...], fields: Fields) -> dict[str, Any]:
    """The arguments of `client.media.update` for what differs; metadata always whole."""
    changed = {one.name for one in ours}
    changes: dict[str, Any] = {_COLUMNS[name]: fields.get(name, "") for name in (TITLE, CREATOR) if name in changed}
    if changed - {TITLE, CREATOR}:
        changes["metadata"] = pairs_of(fields)
    return changes


def pairs_of(fields: Fields) -> Fields:
    """The metadata alone, by its own keys."""
    return {name.removeprefix(PAIR): value for name, value in fields.items() if name.startswith(PAIR)}


def record(media: Media, ours: tuple[Difference, ...], *, by: User | None, request_id: str, job: str = "") -> None:
    """Tell the media's history what a person changed, alone or (`job`) together with other media."""
    columns = dict.fromkeys(_COLUMNS.get(one.name, "metadata") for one in ours)
    details = {"edited": {one.name: [one.before, one.after] for one in ours}, "fields": list(columns)}
    timeline.record(
        media.workspace,
        "media",
        media.remote_id,
        EDITED,
        source="person",
        by=by,
        details={**details, "job": job} if job else details,
        request_id=request_id,
    )
