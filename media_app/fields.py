"""FastPix's media JSON in our columns; each field is read here and nowhere else."""

from collections.abc import Callable, Mapping
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from events_app.mirror import Said, Statement
from media_app import parts, values
from media_app.models import Media
from media_app.values import UNREAD


class Field(NamedTuple):
    """One field: FastPix's name, our column, how it is read, and what the column holds where it is unset."""

    key: str
    column: str
    read: Callable[[Any], Any]
    unset: Any


FIELDS: Final = (
    Field("title", "title", values.text(255), ""),
    Field("creatorId", "creator_id", values.text(255), ""),
    Field("duration", "duration_ms", values.milliseconds, None),
    Field("aspectRatio", "aspect_ratio", values.text(20), ""),
    Field("sourceResolution", "source_resolution", values.resolution, ""),
    Field("maxResolution", "max_resolution", values.resolution, ""),
    Field("mediaQuality", "media_quality", values.text(20), ""),
    Field("sourceAccess", "source_access", values.flag, False),
    Field("isAudioOnly", "is_audio_only", values.flag, False),
    Field("trial", "trial", values.flag, False),
    Field("thumbnail", "thumbnail", values.address(500), ""),
    Field("streamId", "stream_id", values.text(64), ""),
    Field("sourceMediaId", "source_media_id", values.text(64), ""),
    Field("metadata", "metadata", values.table, {}),
    Field("updatedAt", "updated_at", values.instant, None),
)
# What every media has from its first moment: a statement without it, or with null, never unsets it.
KEPT: Final = (
    Field("status", "status", values.word, None),
    Field("createdAt", "created_at", values.instant, None),
)
# Read elsewhere, without meaning for a media or told at its creation only, or secret (addresses: uploads, customers').
_NOT_EXTRA: Final = frozenset(
    (
        *("id", "workspaceId", "mediaId", "uploadId", "tracks", "playbackIds", "playback_ids", "failedReason"),
        *("inputs", "url", "timeout", "corsOrigin", "pushMediaSettings", "accessPolicy", "optimizeAudio"),
    )
)
_SETTABLE: Final = frozenset(("title", "creatorId", "metadata"))
_SETTABLE_EXTRA: Final = frozenset(("mp4Support",))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_KNOWN: Final = frozenset(field.key for field in FIELDS + KEPT) | _NOT_EXTRA


def read(said: Said) -> Statement:
    """What a statement says about a media. A whole answer unsets what it does not carry, every other leaves it."""
    whole = said.kind == "whole"
    columns = _columns(said.data, whole=whole)
    columns |= _failed_reason(said, columns)
    extra = {values.clean(key): values.tidy(value) for key, value in said.data.items() if key not in _KNOWN}
    merged = {"extra": extra} if extra and not whole else {}
    if whole:
        columns["extra"] = extra
    return Statement(columns, merged, parts.said_in(said.data, whole=whole))


def derive(media: Media, said: Said) -> None:
    """Set what follows from the other columns: the sort key and the words that search looks through."""
    known_since = media.created_at or (None if media.sort_key else said.at or said.heard_at)
    if known_since is not None:
        media.sort_key = microseconds(known_since)
    words = [media.title, media.creator_id, *_leaves(media.metadata), media.remote_id]
    media.search = "\n".join(word.lower() for word in words if word)


def leaves_out(media: Media, said: Said) -> bool:
    """Whether an event with the whole media lacks a field that people set and unset, and that we hold.

    Recorded: what was never set, or is off, is absent. A partial statement leaves it, so it takes a GET to tell.
    """
    columns = any(getattr(media, field.column) for field in FIELDS if field.key in _SETTABLE - said.data.keys())
    return columns or any(key in media.extra for key in _SETTABLE_EXTRA - said.data.keys())


def says_a_media(data: Mapping[str, Any], remote_id: str) -> bool:
    """Whether an event's data is a media itself, not a part of it or a result about it."""
    return data.get("id", remote_id) == remote_id and values.word(data.get("status")) is not UNREAD


def _columns(data: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for field in FIELDS:
        value = UNREAD if data.get(field.key) is None else field.read(data[field.key])
        if value is not UNREAD:
            columns[field.column] = value
        elif whole or (field.key in data and data[field.key] is None):
            columns[field.column] = copy(field.unset)
    for field in KEPT:
        value = field.read(data.get(field.key))
        if value is not UNREAD:
            columns[field.column] = value
    return columns


def _failed_reason(said: Said, columns: Mapping[str, Any]) -> dict[str, str]:
    """Only events tell why something failed; an event or a whole answer that it did not fail ends that."""
    if said.kind in ("event", "whole") and columns.get("status", Media.Status.FAILED) != Media.Status.FAILED:
        return {"failed_reason": ""}
    reason = said.data.get("failedReason") if said.kind == "event" else None
    return {"failed_reason": values.clean(reason)[:2000]} if isinstance(reason, str) else {}


def microseconds(at: datetime) -> int:
    """A moment as the sort key of what was created then."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    return [] if value is None or isinstance(value, bool) else [str(value)]
