"""The parts of a media that are rows of their own: tracks and playback IDs, always said and written as whole sets."""

import json
from collections.abc import Callable, Mapping, Sequence
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


def held_by(media: Sequence[Media]) -> dict[int, dict[str, dict[str, Part]]]:
    """The sets that media have now, by the media's key, set and remote id."""
    held: dict[int, dict[str, dict[str, Part]]] = {one.pk: {name: {} for name in _SETS} for one in media}
    for name, rows in _SETS.items():
        for row in rows._default_manager.filter(media__in=list(held)):
            columns = {column: getattr(row, column) for column in _COLUMNS[name]}
            held[row.media_id][name][row.remote_id] = columns
    return held


def add(said: Sequence[tuple[Media, Mapping[str, Mapping[str, Part]]]]) -> None:
    """Write the sets of media that have none yet."""
    for name, rows in _SETS.items():
        manager: models.Manager[Any] = rows._default_manager
        manager.bulk_create(
            rows(media=media, remote_id=key, **part) for media, sets in said for key, part in sets.get(name, {}).items()
        )


def replace(media: Media, name: str, held: Mapping[str, Part], said: Mapping[str, Part]) -> None:
    """Make one set of a media, as it is held, what FastPix said: rows that stay keep their place."""
    rows: models.Manager[Any] = _SETS[name]._default_manager
    if gone := held.keys() - said.keys():
        rows.filter(media=media, remote_id__in=gone).delete()
    if new := [key for key in said if key not in held]:
        rows.bulk_create(_SETS[name](media=media, remote_id=key, **said[key]) for key in new)
    for key in said.keys() & held.keys():
        if held[key] != said[key]:
            rows.filter(media=media, remote_id=key).update(**said[key])


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


def _track_words(track: Part) -> str:
    name, code = track.get("language_name"), track.get("language_code")
    language = f"{name} ({code})" if name and code else name or code
    size = f"{track['width']}×{track['height']}" if track.get("width") and track.get("height") else ""
    rate = f"{track['frame_rate']} fps" if track.get("frame_rate") else ""
    return " ".join(word for word in (track.get("type"), language, size, rate, track.get("status")) if word)


def _playback_words(playback: Part) -> str:
    rules = json.dumps(playback["restrictions"], ensure_ascii=False) if playback.get("restrictions") else ""
    return " ".join(word for word in (playback.get("access_policy"), playback.get("id"), rules) if word)


# How one of each set reads in the history.
WORDS: Final[dict[str, Callable[[Part], str]]] = {"tracks": _track_words, "playback_ids": _playback_words}
