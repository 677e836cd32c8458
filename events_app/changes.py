"""What a statement changed, field by field: kept small in the timeline, read again for an event and for an object."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from events_app import mirror
from events_app.models import WebhookEvent
from events_app.redaction import masked
from workspace_app.models import TimelineEntry

# The areas whose objects events are about. Named, because the timeline's index begins with them.
AREAS: Final = ("media", "upload", "stream")
# Of one event this many entries, of one entry this many fields, of one value this many characters.
_MOST: Final = 20
_LONGEST: Final = 200
_SENTENCES: Final[dict[str, str | Promise]] = {
    "created": _("Entered the mirror"),
    "ready": _("Became ready"),
    "failed": _("Became failed"),
    "updated": _("Was updated"),
    "processing": _("Is being processed"),
    "gone": _("Was marked as deleted"),
    "revived": _("Came back"),
    "ai_failed": _("AI brought no result"),
}
# Where the name with spaces would not read well
_LABELS: Final[dict[str, str | Promise]] = {
    "creator_id": _("Creator"),
    "duration_ms": _("Duration"),
    "failed_reason": _("Reason of the failure"),
    "gone": _("Deleted at FastPix"),
    "is_audio_only": _("Audio only"),
    "media_quality": _("Quality"),
    "mp4Support": _("MP4 support"),
    "playback_ids": _("Playback IDs"),
    "source_access": _("Source file access"),
    "source_media_id": _("Clipped from"),
    "stream_id": _("Live stream"),
}

PartWords = Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class Value:
    """One field: its label, and what it held before and after as text; "" for nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One line: what happened to the object, which of its fields were written, with their values, and since when."""

    sentence: str
    fields: tuple[str, ...]
    values: tuple[Value, ...]
    entry: TimelineEntry


def of(event: WebhookEvent) -> list[Change]:
    """What the event changed, oldest first; empty when it changed nothing, or nothing yet."""
    if not event.object_id:
        return []
    entries = TimelineEntry.objects.filter(
        workspace_id=event.workspace_id, area__in=AREAS, object_id=event.object_id[:64], event_id=event.event_id
    )
    return [_change(entry) for entry in entries.order_by("occurred_at", "pk")[:_MOST]]


def values_of(entry: TimelineEntry) -> tuple[Value, ...]:
    """The fields an entry tells with their values before and after; empty for entries that tell none."""
    told = entry.details.get("values")
    pairs = told.items() if isinstance(told, dict) else ()
    return tuple(
        Value(_label(name), _shown(pair[0]), _shown(pair[1]))
        for name, pair in pairs
        if isinstance(pair, list) and len(pair) == 2
    )


def told(
    change: mirror.Change[Any],
    *,
    untold: Collection[str] = (),
    opened: Collection[str] = (),
    parts: Mapping[str, PartWords],
) -> dict[str, list[Any]]:
    """What changed, for `details["values"]`: field → [before, after], cut, secrets masked.

    `untold` fields are left out; of `opened` ones, JSON objects, each key is a field of its own; `parts` says of each
    set of child rows how one of them reads. Of objects and sets only what differs is told.
    """
    values: dict[str, list[Any]] = {}
    for name, before, after in _fields(change, opened):
        if name in untold or len(values) >= _MOST:
            continue
        if name in parts:
            pair = [_set(before or {}, after, parts[name]), _set(after, before or {}, parts[name])]
        elif isinstance(before, dict) and isinstance(after, dict):
            pair = [_kept(name, _without(before, after)), _kept(name, _without(after, before))]
        else:
            pair = [_kept(name, before), _kept(name, after)]
        if before or after:
            values[name[:60]] = pair
    return values


def _fields(change: mirror.Change[Any], opened: Collection[str]) -> Iterator[tuple[str, Any, Any]]:
    for name, after in change.after.items():
        before = change.before.get(name)
        if name not in opened:
            yield name, before, after
            continue
        before = before or {}
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                yield key, before.get(key), after.get(key)


def _set(these: Mapping[str, Any], others: Mapping[str, Any], words: PartWords) -> str:
    return _cut(", ".join(words({"id": key, **part}) for key, part in these.items() if others.get(key) != part))


def _without(these: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in these.items() if key not in others or others[key] != value}


def _kept(name: str, value: Any) -> Any:
    value = masked({name: value})[name]
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False) if value else ""
    return _cut(str(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _change(entry: TimelineEntry) -> Change:
    sentence = _SENTENCES.get(entry.verb, entry.verb.replace("_", " ").capitalize())
    fields = entry.details.get("fields")
    names = tuple(map(str, fields)) if isinstance(fields, list) else ()
    return Change(str(sentence), names, values_of(entry), entry)


def _label(name: str) -> str:
    return str(_LABELS.get(name) or name.replace("_", " ").capitalize())


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _now("Yes") if value else _now("No")
    return "" if value is None else str(value)
