"""The parts of a media that are rows of their own: tracks and playback IDs, always said and written as whole sets."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import models

from media_app import values
from media_app.models import Media, PlaybackId, Track
from media_app.values import UNREAD

Part = Mapping[str, Any]
_SETS: Final[dict[str, type[Track] | type[PlaybackId]]] = {"tracks": Track, "playback_ids": PlaybackId}
_COLUMNS: Final = {
    "tracks": ("type", "status", "language_code", "language_name", "width", "height", "frame_rate"),
    "playback_ids": ("access_policy", "restrictions"),
}
_KEYS: Final = ("tracks", "playbackIds", "playback_ids")


def said_in(data: Mapping[str, Any], *, whole: bool) -> dict[str, dict[str, Part]]:
    """The sets FastPix said, by set and remote id; a whole answer without one says that it is empty.

    Older events spell playbackIds as playback_ids (documented); items without an id are of an upload and no parts yet.
    """
    playback = data.get("playbackIds", data.get("playback_ids"))
    said = {"tracks": _rows(data.get("tracks"), _track), "playback_ids": _rows(playback, _playback_id)}
    if whole:
        return {name: rows or {} for name, rows in said.items()}
    return {name: rows for name, rows in said.items() if rows is not None}


def held_by(media: Media) -> dict[str, dict[str, Part]]:
    """The sets a media has now, by set and remote id."""
    return {
        name: {
            row.remote_id: {column: getattr(row, column) for column in _COLUMNS[name]}
            for row in rows._default_manager.filter(media=media)
        }
        for name, rows in _SETS.items()
    }


def replace(media: Media, name: str, said: Mapping[str, Part]) -> None:
    """Make one set of a media what FastPix said: rows that stay keep their place."""
    rows: models.Manager[Any] = _SETS[name]._default_manager
    held = {row.remote_id: row for row in rows.filter(media=media)}
    rows.filter(media=media).exclude(remote_id__in=said).delete()
    rows.bulk_create(_SETS[name](media=media, remote_id=key, **said[key]) for key in said if key not in held)
    for key in said.keys() & held.keys():
        if any(getattr(held[key], column) != value for column, value in said[key].items()):
            rows.filter(pk=held[key].pk).update(**said[key])


def _rows(said: Any, read: Callable[[Mapping[str, Any]], Part]) -> dict[str, Part] | None:
    if not isinstance(said, list):
        return None
    named = [(values.text(64)(one.get("id")), one) for one in said if isinstance(one, dict)]
    return {key: read(one) for key, one in named if key is not UNREAD and key}


def _track(said: Mapping[str, Any]) -> Part:
    return {
        "type": _or(values.text(12)(said.get("type")), ""),
        "status": _track_status(said.get("status")),
        "language_code": _or(values.text(40)(said.get("languageCode")), ""),
        "language_name": _or(values.text(255)(said.get("languageName")), ""),
        "width": _or(values.count(said.get("width")), None),
        "height": _or(values.count(said.get("height")), None),
        "frame_rate": _or(values.text(20)(said.get("frameRate")), ""),
    }


def _track_status(said: Any) -> str:
    """Lists say `Ready` where a media by itself says `available` (recorded): one word for both."""
    status = _or(values.word(said), "")
    return "available" if status == "ready" else status


def _playback_id(said: Mapping[str, Any]) -> Part:
    return {
        "access_policy": _or(values.word(said.get("accessPolicy")), "public")[:12],
        "restrictions": _or(values.table(said.get("accessRestrictions")), {}),
    }


def _or(value: Any, unset: Any) -> Any:
    return unset if value is UNREAD else value
