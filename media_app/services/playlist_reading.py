"""FastPix's playlists as pages show them: its words, joined with our media rows for title, picture and how it plays.

No playlist has a row here. FastPix sends no events about playlists, so a row could only be as old as the last time
somebody looked; FastPix is asked each time instead.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from fastpix_api import Answer, times
from media_app import values
from media_app.models import Media
from media_app.services import library, playing
from workspace_app import signing_keys
from workspace_app.models import Workspace


@dataclass(frozen=True)
class Item:
    """One media of a playlist. `media` is our row, None where this console does not hold it; `status` is `gone` where
    the row is a tombstone. `hindrance`: why it cannot play here, "" where it can; then `source` is how it plays.
    """

    remote_id: str
    title: str
    status: str
    duration_ms: int | None
    media: Media | None
    thumbnail: str
    source: playing.Source | None
    hindrance: str

    @property
    def name(self) -> str:
        """What to call it in a sentence."""
        return self.title or self.remote_id


@dataclass(frozen=True)
class Days:
    """Both days belong to it, written as FastPix holds them: 2026-01-31."""

    first: str
    last: str


@dataclass(frozen=True)
class Rule:
    """What fills a smart playlist."""

    newest_first: bool
    created: Days | None
    updated: Days | None


@dataclass(frozen=True)
class Playlist:
    """A playlist as FastPix just answered; lists tell neither `items` nor description, rule and updated_at."""

    remote_id: str
    name: str
    smart: bool
    reference_id: str
    description: str
    count: int
    created_at: datetime | None
    updated_at: datetime | None
    rule: Rule | None
    items: Sequence[Item]
    known_at: datetime
    known_by: str = "call"
    unsettled: bool = False

    @property
    def media_ids(self) -> list[str]:
        """The ids of its media in their order."""
        return [item.remote_id for item in self.items]

    @property
    def mark(self) -> str:
        """Which media in which order: two marks are the same as long as nobody changed that."""
        return hashlib.sha256(" ".join(self.media_ids).encode()).hexdigest()[:16]

    @property
    def duration_ms(self) -> int:
        """The length of all media whose length is known."""
        return sum(item.duration_ms or 0 for item in self.items)

    @property
    def playable(self) -> list[Item]:
        """What plays here, in order."""
        return [item for item in self.items if not item.hindrance]


def read(workspace: Workspace, answer: Answer) -> Playlist:
    """The playlist of an answer that holds it whole."""
    return _playlist(answer.data, _items(workspace, answer.data.get("mediaList")), answer.answered_at)


def read_listed(answer: Answer) -> list[Playlist]:
    """The playlists of a list."""
    return [_playlist(one, (), answer.answered_at) for one in answer.data]


def media_ids(answer: Answer) -> list[str]:
    """The ids of the media of a playlist, without looking for our rows."""
    return [one["id"] for one in _listed(answer.data.get("mediaList"))]


def _playlist(data: Mapping[str, Any], items: Sequence[Item], known_at: datetime) -> Playlist:
    smart = _text(data.get("type")).lower() == "smart"
    count = values.count(data.get("mediaCount"))
    return Playlist(
        remote_id=_text(data.get("id")),
        name=_text(data.get("name")),
        smart=smart,
        reference_id=_text(data.get("referenceId")),
        description=_text(data.get("description")),
        count=len(items) if count is values.UNREAD else count,
        created_at=times.parse(data.get("createdAt")),
        updated_at=times.parse(data.get("updatedAt")),
        rule=_rule(data) if smart else None,
        items=items,
        known_at=known_at,
    )


def _rule(data: Mapping[str, Any]) -> Rule:
    spans = data.get("metadata")
    told: Mapping[str, Any] = spans if isinstance(spans, dict) else {}
    newest_first = _text(data.get("playOrder")).upper().endswith("DESC")
    return Rule(newest_first, _days(told.get("createdDate")), _days(told.get("updatedDate")))


def _days(span: object) -> Days | None:
    return Days(_text(span.get("startDate")), _text(span.get("endDate"))) if isinstance(span, dict) else None


def _listed(items: object) -> list[dict[str, Any]]:
    told = items if isinstance(items, list) else []
    return [one for one in told if isinstance(one, dict) and isinstance(one.get("id"), str)]


def _items(workspace: Workspace, listed: object) -> list[Item]:
    told = _listed(listed)
    rows = Media.objects.filter(workspace=workspace, remote_id__in=[one["id"] for one in told])
    held = {media.remote_id: media for media in rows.prefetch_related("playback_ids")}
    for media in held.values():
        media.workspace = workspace  # the same for all: not one query each
    library.name_after_uploads([*held.values()])
    key_id = signing_keys.in_use(workspace)
    return [_item(one, held.get(one["id"]), key_id=key_id) for one in told]


def _item(told: Mapping[str, Any], media: Media | None, *, key_id: str) -> Item:
    length, status = values.milliseconds(told.get("duration")), values.word(told.get("status"))
    source = playing.source(media, key_id=key_id) if media and not media.gone else None
    own_status = "gone" if media and media.gone else media.status if media else ""
    return Item(
        remote_id=told["id"],
        title=(media.title if media else "") or _text(told.get("title")),
        status=own_status or ("" if status is values.UNREAD else status),
        duration_ms=media.duration_ms if media and media.duration_ms else None if length is values.UNREAD else length,
        media=media,
        thumbnail=playing.thumbnail(media, key_id=key_id) if media and not media.gone else "",
        source=source,
        hindrance=_hindrance(media, source),
    )


def _hindrance(media: Media | None, source: playing.Source | None) -> str:
    if media is None:
        return _("This console does not hold it yet. Import what exists in the library.")
    if media.gone:
        return _("Deleted at FastPix.")
    if media.status == Media.Status.FAILED:
        return _("FastPix could not process it.")
    if media.status != Media.Status.READY:
        return _("Not ready yet.")
    if source is None:
        return _("It has no public or private playback ID. DRM plays only in FastPix’s own player.")
    return "" if source.key else _("Private, and this console keeps no signing key to open it.")


def _text(value: object) -> str:
    return values.clean(value).strip() if isinstance(value, str) else ""
