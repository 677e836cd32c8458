"""Status words: each has one tone and one icon, everywhere (docs: the design language, "Status words")."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Look:
    """How one status word is shown. `tone` is ok, info, warn, bad or off."""

    label: str
    tone: str
    icon: str


def _look(label: object, tone: str, icon: str) -> Look:
    return Look(label, tone, icon)  # type: ignore[arg-type]  # a lazy string stays lazy until it is shown


LOOKS: Final[dict[str, Look]] = {
    # media, in FastPix's words
    "created": _look(_("Created"), "off", "circle-dashed"),
    "downloading": _look(_("Downloading"), "info", "loader-2"),
    "downloaded": _look(_("Downloaded"), "info", "loader-2"),
    "validating": _look(_("Validating"), "info", "loader-2"),
    "in queue": _look(_("In queue"), "info", "loader-2"),
    "processing": _look(_("Processing"), "info", "loader-2"),
    "ready": _look(_("Ready"), "ok", "circle-check"),
    "failed": _look(_("Failed"), "bad", "circle-x"),
    "available": _look(_("Ready"), "ok", "circle-check"),  # a track, in FastPix's word
    "gone": _look(_("Deleted"), "off", "trash-x"),
    # uploads, in ours
    "waiting": _look(_("Waiting"), "off", "clock"),
    "sending": _look(_("Uploading"), "info", "circle-arrow-up"),
    "uploading": _look(_("Uploading"), "info", "circle-arrow-up"),
    "paused": _look(_("Paused"), "off", "player-pause"),
    "sent": _look(_("Sent"), "ok", "check"),
    "stopped": _look(_("Stopped"), "bad", "alert-circle"),
    "not sent": _look(_("Not sent"), "bad", "circle-x"),
    "cancelled": _look(_("Cancelled"), "off", "ban"),
    "expired": _look(_("Expired"), "off", "hourglass"),
    # bulk jobs and their items
    "running": _look(_("Running"), "info", "loader-2"),
    "doing": _look(_("Under way"), "info", "loader-2"),
    "stopping": _look(_("Stopping"), "warn", "hand-stop"),
    "done": _look(_("Done"), "ok", "circle-check"),
    "skipped": _look(_("Skipped"), "off", "circle-minus"),
    # streams
    "idle": _look(_("Idle"), "off", "circle"),
    "preparing": _look(_("Preparing"), "info", "loader-2"),
    "active": _look(_("Active"), "ok", "broadcast"),
    "disconnected": _look(_("Disconnected"), "bad", "plug-connected-x"),
    "disabled": _look(pgettext_lazy("a stream", "Disabled"), "off", "ban"),
    # events and their flags
    "received": _look(_("Received"), "info", "loader-2"),
    "projected": _look(_("Projected"), "ok", "circle-check"),
    "unhandled": _look(_("Unhandled"), "off", "circle-minus"),
    "duplicate": _look(_("Duplicate"), "off", "copy"),
    "late": _look(_("Late"), "warn", "clock-exclamation"),
    "conflicting": _look(_("Conflicting"), "warn", "arrows-split"),
}


def look(word: str) -> Look:
    """How to show `word` (any case, hyphens or underscores for spaces); a word nobody knows is shown as it came."""
    spelled = " ".join(str(word).lower().replace("_", " ").replace("-", " ").split())
    return LOOKS.get(spelled) or Look(str(word), "off", "help-circle")


# how a state was learned: (icon, words)
KNOWN: Final[dict[str, tuple[str, object]]] = {
    "webhook": ("webhook", _("webhook")),
    "poll": ("refresh", _("poll")),
    "call": ("arrow-back-up", _("API answer")),
}
