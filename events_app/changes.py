"""What an event changed, as the timeline of its object tells it."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events_app.models import WebhookEvent
from workspace_app.models import TimelineEntry

# The areas whose objects events are about. Named, because the timeline's index begins with them.
AREAS: Final = ("media", "upload", "stream")
_MOST: Final = 20
_SENTENCES: Final[dict[str, str | Promise]] = {
    "created": _("Entered the mirror"),
    "ready": _("Became ready"),
    "failed": _("Became failed"),
    "updated": _("Was updated"),
    "processing": _("Is being processed"),
    "gone": _("Was marked as deleted"),
    "revived": _("Came back"),
}


@dataclass(frozen=True)
class Change:
    """One line: what happened to the object, which of its fields were written, and since when."""

    sentence: str
    fields: tuple[str, ...]
    entry: TimelineEntry


def of(event: WebhookEvent) -> list[Change]:
    """What the event changed, oldest first; empty when it changed nothing, or nothing yet."""
    if not event.object_id:
        return []
    entries = TimelineEntry.objects.filter(
        workspace_id=event.workspace_id, area__in=AREAS, object_id=event.object_id[:64], event_id=event.event_id
    )
    return [_change(entry) for entry in entries.order_by("occurred_at", "pk")[:_MOST]]


def _change(entry: TimelineEntry) -> Change:
    sentence = _SENTENCES.get(entry.verb, entry.verb.replace("_", " ").capitalize())
    fields = entry.details.get("fields")
    return Change(str(sentence), tuple(map(str, fields)) if isinstance(fields, list) else (), entry)
