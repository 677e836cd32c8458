"""What a webhook's body says about itself, read tolerantly: both envelope forms, and whatever else was signed."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from events_app.blocks import Block
from fastpix_api import times
from workspace_app.models import Workspace

EVENT_ID_LENGTH: Final = 80
TYPE_LENGTH: Final = 120
OBJECT_ID_LENGTH: Final = 80

# Documented types whose bodies hold no stream key and no upload address. Every other type may: live ones carry keys,
# upload ones a usable address, unknown ones anything.
_OPEN: Final = frozenset(
    (
        *(f"media.{word}" for word in ("created", "ready", "failed", "updated", "deleted")),
        *(f"media.track.{word}" for word in ("created", "ready", "updated", "deleted", "failed")),
        *("media.intro.ready", "media.watermark.ready", "media.mp4Support.ready"),
        *("media.source.ready", "media.source.deleted"),
        *("media.subtitle.generated", "media.subtitle.generated.ready"),
        *("mediaAI.summary.ready", "mediaAI.chapters.ready", "mediaAI.moderation.ready"),
        *("mediaAI.namedEntities.ready", "mediaAI.named-entities.ready"),
    )
)

# Types about an upload, which has no media yet; types whose data is a part of the media with an id of its own.
_OF_UPLOADS: Final = ("media.upload", "media.upload.cancelled")
_OF_PARTS: Final = ("media.track.", "media.subtitle.", "media.watermark.", "mediaAI.")


class NotAnEvent(Exception):
    """The body is not a JSON object."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The few facts that the intake needs, cut and cleaned to fit their columns; "" or None where the body has none.

    `workspace_id` is FastPix's own UUID of the workspace. `payload` is the whole body as JSON.
    """

    event_id: str
    type: str
    object_id: str
    occurred_at: datetime | None
    workspace_id: str
    payload: dict[str, Any]

    @property
    def probe(self) -> bool:
        """FastPix's check that somebody answers: an object with neither id nor type. Observed."""
        return not self.event_id and not self.type

    @property
    def family(self) -> str:
        """The type without "video."."""
        return family_of(self.type)

    @property
    def data(self) -> dict[str, Any]:
        """The entity; empty where the event brought none."""
        return _part(self.payload, "data")


@dataclass(frozen=True, slots=True)
class Event:
    """One stored event as a projection sees it.

    `type` is as FastPix sent it, `family` the same without "video." (live types come with and without). `occurred_at`
    is FastPix's createdAt, None when it is missing or unreadable; `workspace_id` FastPix's own, "" when it told none.
    `block` is what the events projected in one transaction share.
    """

    workspace: Workspace
    event_id: str
    type: str
    family: str
    object_id: str
    data: dict[str, Any]
    occurred_at: datetime | None
    received_at: datetime
    late: bool
    workspace_id: str
    block: Block


def family_of(event_type: str) -> str:
    """A type without the "video." before it: FastPix sends some with and without."""
    return event_type.removeprefix("video.")


def parse(body: bytes) -> Parsed:
    """Read the envelope: the current form, or the older one (webhookId, created_at, Workspace or environment).

    Raises NotAnEvent when the body is not a JSON object, or nested too deeply to be one of FastPix's.
    """
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAnEvent("The body is not JSON.") from error
    if not isinstance(payload, dict):
        raise NotAnEvent("The body is JSON, but not an object.")
    return Parsed(
        event_id=_kept(_identifier(payload.get("id") or payload.get("webhookId"))),
        type=_printable(payload.get("type"))[:TYPE_LENGTH],
        object_id=_subject(payload),
        occurred_at=times.parse(payload.get("createdAt") or payload.get("created_at")),
        workspace_id=_workspace(payload),
        payload=payload,
    )


def carries_secrets(event_type: str) -> bool:
    """Whether a body of this type is stored encrypted; the older spelling without `video.` counts as the same type."""
    return family_of(event_type) not in _OPEN


def _subject(payload: dict[str, Any]) -> str:
    """The id of the object the event is about, by the table of subjects (documented and observed).

    Uploads tell data.uploadId, live streams object.id or data.streamId. Under data.id the events of a track, subtitle,
    watermark and of the AI have the id of something else than the media, so for them it never counts.
    """
    family, data = family_of(_printable(payload.get("type"))), _part(payload, "data")
    named = _part(payload, "object").get("id")
    if family in _OF_UPLOADS:
        told = data.get("uploadId") or named or data.get("id")
    elif family.startswith(_OF_PARTS):
        told = named or data.get("mediaId")
    else:
        told = named or data.get("mediaId") or data.get("id") or data.get("uploadId") or data.get("streamId")
    named = _identifier(told)
    # an object of FastPix never has such an id: the event names nothing, rather than something we made up
    return named if _fits(named, OBJECT_ID_LENGTH) else ""


def _workspace(payload: dict[str, Any]) -> str:
    for name in ("workspace", "Workspace", "environment"):
        told = _part(payload, name).get("id")
        if isinstance(told, str) and told.strip():
            return told.strip()
    return ""


def _part(payload: dict[str, Any], name: str) -> dict[str, Any]:
    part = payload.get(name)
    return part if isinstance(part, dict) else {}


def _identifier(told: object) -> str:
    """An id as text; "" for what cannot be one."""
    return str(told) if isinstance(told, str | int) and not isinstance(told, bool) else ""


def _fits(identifier: str, length: int) -> bool:
    """Whether a column (length, no half surrogate) and an address (no NUL, line break or ".." part) can hold it."""
    return len(identifier) <= length and identifier.isprintable() and not {".", ".."} & set(identifier.split("/"))


def _kept(event_id: str) -> str:
    """The event's id, or its sha256 where it does not fit: one odd event must not break the pages that link to it."""
    if _fits(event_id, EVENT_ID_LENGTH):
        return event_id
    return hashlib.sha256(event_id.encode("utf-8", "surrogatepass")).hexdigest()


def _printable(told: object) -> str:
    """Text without what PostgreSQL (NUL) or UTF-8 (half a surrogate pair) cannot hold."""
    if not isinstance(told, str):
        return ""
    return told if told.isascii() and "\0" not in told else told.replace("\0", "").encode("utf-8", "replace").decode()
