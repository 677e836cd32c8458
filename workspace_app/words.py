"""The workspace's own history in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from workspace_app.models import TimelineEntry
from workspace_app.roles import Role

_SENTENCES: Final[dict[str, Any]] = {
    "workspace_added": _("Workspace added"),
    "workspace_renamed": _("Renamed from %(before)s to %(after)s"),
    "connection_changed": _("Connection changed"),
    "webhook_secret_set": _("Webhook signing secret stored"),
    "webhook_secret_rotated": _("Webhook signing secret rotated"),
    "webhook_overlap_ended": _("The webhook signing secret before this one no longer counts"),
    "events_kept": _("Days that events are kept, 0 for ever: from %(before)s to %(after)s"),
    "signing_key_created": _("Signing key %(signing_key)s created"),
    "signing_key_deleted": _("Signing key %(signing_key)s deleted"),
    "signing_key_forgotten": _("Private key of signing key %(signing_key)s no longer kept"),
    "member_invited": _("%(email)s invited as %(role)s"),
    "invitation_withdrawn": _("Invitation for %(email)s withdrawn"),
    "member_joined": _("Joined as %(role)s"),
    "member_changed": _("%(person)s changed from %(before)s to %(after)s"),
    "member_removed": _("%(person)s removed"),
    "test_event_sent": _("Test event sent"),
    "events_replayed": _("Failed events projected again: %(count)s"),
    "preset_added": _("Upload preset “%(preset)s” added"),
    "preset_changed": _("Upload preset “%(preset)s” changed"),
    "preset_deleted": _("Upload preset “%(preset)s” deleted"),
    "url_cancelled": _("Upload URL %(upload)s cancelled"),
    "import_asked": _("Asked to bring in what FastPix holds"),
    "imported": _("Brought in what FastPix holds: %(added)s new"),
    "missing_stopped": _("FastPix no longer knows more than %(few)s media: stopped removing them until somebody looks"),
    "import_refused": _("FastPix refused to list what it holds: %(added)s new until then"),
}


@dataclass(frozen=True)
class Line:
    """One entry and how it reads."""

    sentence: str
    entry: TimelineEntry


def lines(entries: Iterable[TimelineEntry]) -> list[Line]:
    """The entries as sentences; an entry of a kind nobody wrote a sentence for shows its verb."""
    return [Line(_sentence(entry), entry) for entry in entries]


def _sentence(entry: TimelineEntry) -> str:
    # a detail that is missing reads as a dash: history is never a reason for an error page
    labels: dict[str, Any] = dict(Role.choices)
    known = {name: labels.get(str(value), value) for name, value in entry.details.items()}
    return str(_SENTENCES.get(entry.verb, entry.verb.replace("_", " ").capitalize())) % _Known(known)


class _Known(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "-"
