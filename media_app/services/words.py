"""Timeline entries of a media as sentences."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_app.models import Media
from workspace_app import timeline
from workspace_app.models import TimelineEntry

# verb: (icon, sentence); %(…)s are filled from the entry's details
SENTENCES: dict[str, tuple[str, str | Promise]] = {
    "created": ("circle-plus", gettext_lazy("FastPix created it")),
    "ready": ("circle-check", gettext_lazy("Ready to play")),
    "failed": ("circle-x", gettext_lazy("FastPix could not process it")),
    "updated": ("edit", gettext_lazy("FastPix says it changed")),
    "processing": ("loader-2", gettext_lazy("FastPix is processing it")),
    "gone": ("trash", gettext_lazy("FastPix no longer has it")),
    "revived": ("rotate-clockwise", gettext_lazy("FastPix has it again")),
    "deleted": ("trash", gettext_lazy("Deleted for good")),
    "uploaded": ("upload", gettext_lazy("Uploaded")),
    "upload_started": ("upload", gettext_lazy("Upload started")),
    "upload_sent": ("circle-arrow-up", gettext_lazy("All bytes are at FastPix")),
    "upload_cancelled": ("ban", gettext_lazy("Upload cancelled")),
    "import_asked": ("download", gettext_lazy("Import from a URL asked for")),
    "missed": ("refresh", gettext_lazy("Repaired: an event was missed")),
}


@dataclass(frozen=True)
class Line:
    """One timeline entry, ready to be shown."""

    entry: TimelineEntry
    icon: str
    sentence: str
    note: str


def timeline_of(media: Media, limit: int = 30) -> list[Line]:
    """The media's history, newest first."""
    return [_line(entry) for entry in timeline.of(media.workspace, "media", media.remote_id, limit=limit)]


def _line(entry: TimelineEntry) -> Line:
    icon, sentence = SENTENCES.get(entry.verb, ("point", entry.verb.replace("_", " ").capitalize()))
    return Line(entry, icon, str(sentence), _note(entry.details))


def _note(details: dict[str, Any]) -> str:
    if details.get("note"):
        return str(details["note"])
    if details.get("reason"):
        return str(details["reason"])
    if details.get("filename"):
        return str(details["filename"])
    if details.get("fields"):
        return _("Changed: %(fields)s") % {"fields": ", ".join(map(str, details["fields"]))}
    return ""
