"""Playlists as kept in the store, and which media each holds."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandbox import errors, times
from sandbox.store import Store

RANGES = {"createdDate": "created_at", "updatedDate": "updated_at"}  # of a smart playlist → column of a media


@dataclass
class Playlist:
    """One playlist; `rules` is {playOrder, metadata} of a smart one and empty of a manual one."""

    id: str
    reference_id: str
    kind: str
    name: str
    description: str | None
    most: int
    rules: dict[str, Any]
    created_at: str
    updated_at: str


def add(store: Store, playlist: Playlist) -> None:
    """Insert a playlist. Refusal 409 when its referenceId is taken."""
    if store.one("SELECT 1 FROM playlists WHERE reference_id = ?", [playlist.reference_id]):
        raise errors.reference_taken()
    store.run(
        "INSERT INTO playlists (id, reference_id, kind, name, description, most, rules, created_at, updated_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            playlist.id,
            playlist.reference_id,
            playlist.kind,
            playlist.name,
            playlist.description,
            playlist.most,
            json.dumps(playlist.rules),
            playlist.created_at,
            playlist.updated_at,
        ],
    )


def playlist(store: Store, playlist_id: str) -> Playlist:
    """The playlist, else Refusal 404."""
    row = store.one("SELECT * FROM playlists WHERE id = ?", [playlist_id])
    if row is None:
        raise errors.playlist_missing()
    return playlist_of(row)


def playlist_of(row: sqlite3.Row) -> Playlist:
    """The playlist a row holds."""
    values = {key: row[key] for key in row.keys() if key != "seq"}  # noqa: SIM118 - a Row iterates over values
    values["rules"] = json.loads(values["rules"])
    return Playlist(**values)


def save(store: Store, held: Playlist) -> None:
    """Write name and description, and advance updatedAt."""
    held.updated_at = times.now()
    store.run(
        "UPDATE playlists SET name = ?, description = ?, updated_at = ? WHERE id = ?",
        [held.name, held.description, held.updated_at, held.id],
    )


def delete(store: Store, held: Playlist) -> None:
    """Forget a playlist; its media stay."""
    with store.together():
        store.run("DELETE FROM playlist_media WHERE playlist_id = ?", [held.id])
        store.run("DELETE FROM playlists WHERE id = ?", [held.id])


def put(store: Store, held: Playlist, media_ids: Sequence[str]) -> None:
    """Make these the media of a manual playlist, in this order."""
    with store.together():
        store.run("DELETE FROM playlist_media WHERE playlist_id = ?", [held.id])
        rows = [(held.id, place, media_id) for place, media_id in enumerate(media_ids)]
        store.many("INSERT INTO playlist_media VALUES (?, ?, ?)", rows)
        save(store, held)


def media_ids(store: Store, held: Playlist) -> list[str]:
    """The media of a manual playlist in their order."""
    rows = store.all("SELECT media_id FROM playlist_media WHERE playlist_id = ? ORDER BY place", [held.id])
    return [row["media_id"] for row in rows]


def rows(store: Store, held: Playlist) -> list[sqlite3.Row]:
    """The media a playlist shows, in their order."""
    if held.kind == "manual":
        return store.all(
            "SELECT media.* FROM playlist_media JOIN media ON media.id = media_id WHERE playlist_id = ? ORDER BY place",
            [held.id],
        )
    condition, values = _fitting(held)
    way = held.rules["playOrder"].split()[1]
    order = f"ORDER BY created_at {way}, seq {way} LIMIT {held.most}"
    return store.all(f"SELECT * FROM media WHERE {condition} {order}", values)  # noqa: S608 - our own words


def count(store: Store, held: Playlist) -> int:
    """How many media a playlist shows."""
    if held.kind == "manual":
        return store.count("SELECT count(*) FROM playlist_media WHERE playlist_id = ?", [held.id])
    condition, values = _fitting(held)
    within = f"SELECT 1 FROM media WHERE {condition} LIMIT {held.most}"  # noqa: S608 - our own words
    return store.count(f"SELECT count(*) FROM ({within})", values)  # noqa: S608 - our own words


def _fitting(held: Playlist) -> tuple[str, list[str]]:
    """Only what is Ready is in a playlist (documented). Both days of a range belong to it, both ranges must fit.

    The narrower range is looked up in its index; the + keeps SQLite from taking the other one's.
    """
    spans: dict[str, Any] = held.rules["metadata"]
    narrowest = min(spans, key=lambda name: _days(spans[name]))
    conditions, values = ["status = 'Ready'"], []
    for name, span in spans.items():
        column = RANGES[name] if name == narrowest else f"+{RANGES[name]}"
        conditions.append(f"{column} >= ? AND {column} < ?")
        values += [span["startDate"], str(date.fromisoformat(span["endDate"]) + timedelta(days=1))]
    return " AND ".join(conditions), values


def _days(span: dict[str, str]) -> timedelta:
    return date.fromisoformat(span["endDate"]) - date.fromisoformat(span["startDate"])
