"""Timeline entries of a media as sentences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_app.models import Media, Upload
from media_app.services import metadata
from web.statuses import KNOWN
from workspace_app import timeline
from workspace_app.models import TimelineEntry

# The icon and the sentence of each verb
SENTENCES: Final[dict[str, tuple[str, str | Promise]]] = {
    "created": ("plus", gettext_lazy("FastPix created it")),
    "ready": ("circle-check", gettext_lazy("Ready to play")),
    "failed": ("circle-x", gettext_lazy("FastPix could not process it")),
    metadata.EDITED: ("edit", gettext_lazy("Edited")),
    "track_added": ("plus", gettext_lazy("Track added")),
    "track_replaced": ("repeat", gettext_lazy("Track replaced")),
    "track_deleted": ("trash", gettext_lazy("Track deleted for good")),
    "track_failed": ("circle-x", gettext_lazy("FastPix could not make a track")),
    "subtitles_asked": ("badge-cc", gettext_lazy("Subtitles asked for")),
    "updated": ("edit", gettext_lazy("FastPix says it changed")),
    "processing": ("loader-2", gettext_lazy("FastPix is processing it")),
    "gone": ("trash", gettext_lazy("FastPix no longer has it")),
    "revived": ("rotate-clockwise", gettext_lazy("FastPix has it again")),
    "deleted": ("trash", gettext_lazy("Deleted for good")),
    "missed": ("refresh", gettext_lazy("Repaired: an event was missed")),
    "uploaded": ("upload", gettext_lazy("Uploaded")),
    "upload_started": ("upload", gettext_lazy("Upload started")),
    "upload_opened": ("cloud-upload", gettext_lazy("FastPix gave an address")),
    "upload_reused": ("link", gettext_lazy("Sent to an unused upload URL")),
    "upload_handed": ("server", gettext_lazy("Handed to the console")),
    "upload_paused": ("player-pause", gettext_lazy("Upload paused")),
    "upload_resumed": ("player-play", gettext_lazy("Upload resumed")),
    "upload_retried": ("refresh", gettext_lazy("Upload tried again")),
    "upload_stopped": ("alert-circle", gettext_lazy("Upload stopped")),
    "upload_lost": ("alert-triangle", gettext_lazy("FastPix's storage lost the upload")),
    "upload_restarted": ("rotate-clockwise", gettext_lazy("Upload started again from the first byte")),
    "upload_sent": ("circle-arrow-up", gettext_lazy("All bytes are at FastPix")),
    "upload_cancelled": ("ban", gettext_lazy("Upload cancelled")),
    "ai_asked": ("sparkles", gettext_lazy("AI asked for")),
    "ai_failed": ("alert-triangle", gettext_lazy("AI brought no result")),
    "clip_made": ("scissors", gettext_lazy("Clip made")),
    "mp4_asked": ("file", gettext_lazy("Files to download changed")),
    "source_on": ("lock-open", gettext_lazy("Source access switched on")),
    "source_off": ("lock", gettext_lazy("Source access switched off")),
    "import_asked": ("download", gettext_lazy("Import from a URL asked for")),
    "playback_id_added": ("plus", gettext_lazy("Playback ID added")),
    "playback_id_removed": ("trash", gettext_lazy("Playback ID deleted")),
    "domains_changed": ("world", gettext_lazy("Domain rules changed")),
    "user_agents_changed": ("device-desktop", gettext_lazy("User-agent rules changed")),
    "token_minted": ("key", gettext_lazy("Playback token minted")),
}
# An entry of a kind nobody wrote a sentence for
OTHER: Final = "circle"
# An answer to a person's act comes within this; what it says of the fields that the act changed is no news.
_ANSWERED: Final = timedelta(seconds=10)
# An upload tells these of its media too: where its own history is shown, they would be there twice. Only these name the
# file; the lines between them need not.
_SHARED: Final = frozenset({"upload_started", "upload_reused", "uploaded", "import_asked"})


@dataclass(frozen=True)
class Line:
    """One timeline entry, ready to be shown."""

    entry: TimelineEntry
    icon: str
    sentence: str
    note: str

    @property
    def told_by(self) -> str:
        """Who said so, in the words statuses use: FastPix's webhook, a poll or an answer of its API."""
        words = KNOWN.get(self.entry.source)
        return capfirst(str(words[1])) if words else str(self.entry.get_source_display())

    @property
    def changes(self) -> tuple[metadata.Difference, ...]:
        """What a person changed of title, creator and metadata; with them the line can be taken back."""
        return metadata.changes_of(self.entry)


def timeline_of(media: Media, limit: int = 30) -> list[Line]:
    """The media's history and that of the upload it came from, newest first."""
    entries = list(timeline.of(media.workspace, "media", media.remote_id, limit=limit))
    uploads = Upload.objects.filter(workspace=media.workspace, remote_id=media.remote_id)
    for public_id in uploads.values_list("public_id", flat=True):
        told = list(timeline.of(media.workspace, "upload", str(public_id), limit=limit))
        if told:
            entries = [entry for entry in entries if entry.area != "media" or entry.verb not in _SHARED]
            entries += told
    entries.sort(key=lambda entry: (entry.occurred_at, entry.pk), reverse=True)
    return [_line(entry) for entry in _without_echoes(entries)][:limit]


def _without_echoes(newest_first: Iterable[TimelineEntry]) -> Iterator[TimelineEntry]:
    """Leave out what FastPix only said because a person did it: the line below it tells the same fields."""
    waiting: TimelineEntry | None = None
    for entry in newest_first:
        if waiting is not None and not _echoes(waiting, entry):
            yield waiting
        waiting = entry
    if waiting is not None:
        yield waiting


def _echoes(entry: TimelineEntry, act: TimelineEntry) -> bool:
    if entry.verb != "updated" or entry.source != "call" or act.source != "person":
        return False
    told = set(act.details.get("fields") or ())
    return set(entry.details.get("fields") or ()) <= told and entry.occurred_at - act.occurred_at < _ANSWERED


def _line(entry: TimelineEntry) -> Line:
    icon, sentence = SENTENCES.get(entry.verb, (OTHER, entry.verb.replace("_", " ").capitalize()))
    return Line(entry, icon, str(sentence), _note(entry))


def _note(entry: TimelineEntry) -> str:
    details: dict[str, Any] = entry.details
    for name in ("note", "reason"):
        if details.get(name):
            return str(details[name])
    if entry.verb in _SHARED and details.get("filename"):
        preset = _("preset %(preset)s") % {"preset": details["preset"]} if details.get("preset") else ""
        return " · ".join(filter(None, [str(details["filename"]), preset]))
    if details.get("fields") and entry.verb != metadata.EDITED:
        return _("Changed: %(fields)s") % {"fields": ", ".join(map(str, details["fields"]))}
    return ""
