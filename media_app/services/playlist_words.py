"""Timeline entries of a playlist as sentences."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext_lazy

from media_app.services.words import OTHER, Line
from workspace_app import timeline
from workspace_app.models import TimelineEntry, Workspace

_SENTENCES: Final[dict[str, tuple[str, str | Promise]]] = {
    "playlist_created": ("plus", gettext_lazy("Created")),
    "playlist_edited": ("edit", gettext_lazy("Name and description changed")),
    "playlist_deleted": ("trash", gettext_lazy("Deleted for good")),
    "playlist_items_added": ("playlist-add", ngettext_lazy("%(count)d media added", "%(count)d media added", "count")),
    "playlist_items_removed": ("minus", ngettext_lazy("%(count)d media removed", "%(count)d media removed", "count")),
    "playlist_items_restored": (
        "arrow-back-up",
        ngettext_lazy("%(count)d media brought back", "%(count)d media brought back", "count"),
    ),
    "playlist_reordered": ("arrows-sort", gettext_lazy("Order changed")),
}


def timeline_of(workspace: Workspace, remote_id: str, limit: int = 30) -> list[Line]:
    """What was done to the playlist in this console, newest first. FastPix tells of nothing done elsewhere."""
    return [_line(entry) for entry in timeline.of(workspace, "playlist", remote_id, limit=limit)]


def _line(entry: TimelineEntry) -> Line:
    icon, sentence = _SENTENCES.get(entry.verb, (OTHER, entry.verb))
    if "count" in entry.details:
        sentence = str(sentence % {"count": entry.details["count"]})
    return Line(entry, icon, str(sentence), str(entry.details.get("name", "")))
