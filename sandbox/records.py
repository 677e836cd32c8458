"""Media, playback IDs and uploads as kept in the store."""

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sandbox import ai_results, errors
from sandbox.store import Store
from sandbox.times import now

FINAL = ("Ready", "Failed")


@dataclass
class Media:
    """One media.

    Created → Downloading → Downloaded (both for a URL only) → Validating → In Queue → Processing → Ready; any → Failed.
    """

    id: str
    status: str
    created_at: str
    updated_at: str
    settings: dict[str, Any]
    source_media_id: str | None = None
    probe: dict[str, Any] = field(default_factory=dict)
    failed_reason: str = ""


def media(store: Store, media_id: str) -> Media:
    """The media, else Refusal 404."""
    found = media_or_none(store, media_id)
    if found is None:
        raise errors.media_missing()
    return found


def media_or_none(store: Store, media_id: str) -> Media | None:
    """The media of this id, if there is one."""
    row = store.one("SELECT * FROM media WHERE id = ?", [media_id])
    return media_of(row) if row else None


def media_of(row: sqlite3.Row) -> Media:
    """The media a row holds."""
    return Media(
        id=row["id"],
        status=row["status"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        settings=json.loads(row["settings"]),
        source_media_id=row["source_media_id"],
        probe=json.loads(row["probe"] or "{}"),
        failed_reason=row["failed_reason"],
    )


def add_media(store: Store, media_id: str, settings: dict[str, Any], source_media_id: str | None = None) -> Media:
    """Insert a media as Created with its first playback ID of the asked policy."""
    created = now()
    with store.together():
        store.run(
            "INSERT INTO media (id, status, created_at, updated_at, source_media_id, settings) "
            "VALUES (?, 'Created', ?, ?, ?, ?)",
            [media_id, created, created, source_media_id, json.dumps(settings)],
        )
        add_playback_id(store, media_id, settings["accessPolicy"], settings["accessRestrictions"])
        ai_results.ask(store, media_id, settings.get("ai", {}))
    return media(store, media_id)


def save(store: Store, item: Media) -> None:
    """Write what may change of a media and advance its updatedAt."""
    item.updated_at = now()
    store.run(
        "UPDATE media SET status = ?, updated_at = ?, settings = ?, probe = ?, failed_reason = ? WHERE id = ?",
        [
            item.status,
            item.updated_at,
            json.dumps(item.settings),
            json.dumps(item.probe),
            item.failed_reason,
            item.id,
        ],
    )


@dataclass(frozen=True)
class PlaybackId:
    """One way to play a media, with its policy and its rules."""

    id: str
    media_id: str
    policy: str
    restrictions: dict[str, Any]

    def described(self) -> dict[str, Any]:
        return {"id": self.id, "accessPolicy": self.policy, "accessRestrictions": self.restrictions}


def add_playback_id(store: Store, media_id: str, policy: str, restrictions: dict[str, Any]) -> PlaybackId:
    """Insert a playback ID; the first of a media is the one its thumbnail is named by."""
    added = PlaybackId(str(uuid4()), media_id, policy, restrictions)
    store.run(
        "INSERT INTO playback_ids (id, media_id, policy, restrictions) VALUES (?, ?, ?, ?)",
        [added.id, media_id, policy, json.dumps(restrictions)],
    )
    return added


def playback_ids(store: Store, media_id: str) -> list[PlaybackId]:
    """Those of a media, oldest first."""
    rows = store.all("SELECT * FROM playback_ids WHERE media_id = ? ORDER BY seq", [media_id])
    return [_playback_id_of(row) for row in rows]


def first_playback_ids(store: Store, media_ids: list[str]) -> dict[str, str]:
    """The oldest playback ID of each media that has one."""
    marks = ",".join("?" * len(media_ids))
    query = f"SELECT media_id, id FROM playback_ids WHERE media_id IN ({marks}) ORDER BY seq DESC"  # noqa: S608 - marks
    return {row["media_id"]: row["id"] for row in store.all(query, media_ids)}


def playback_id_or_none(store: Store, playback_id: str) -> PlaybackId | None:
    """The playback ID, if there is one."""
    row = store.one("SELECT * FROM playback_ids WHERE id = ?", [playback_id])
    return _playback_id_of(row) if row else None


def _playback_id_of(row: sqlite3.Row) -> PlaybackId:
    return PlaybackId(row["id"], row["media_id"], row["policy"], json.loads(row["restrictions"]))


@dataclass(frozen=True)
class Upload:
    """One upload address: waiting → completed (all bytes are here, the media exists), cancelled or gone (deleted)."""

    id: str
    status: str
    created_at: str
    expires_at: float
    cors_origin: str
    settings: dict[str, Any]
    query: str
    signature: str
    session: str
    size: int | None


def upload_or_none(store: Store, upload_id: str) -> Upload | None:
    """The upload of this id, if there is one."""
    row = store.one("SELECT * FROM uploads WHERE id = ?", [upload_id])
    return upload_of(row) if row else None


def upload_of(row: sqlite3.Row) -> Upload:
    """The upload a row holds."""
    values = {key: row[key] for key in row.keys() if key != "seq"}  # noqa: SIM118 - a Row iterates over values
    values["settings"] = json.loads(values["settings"])
    return Upload(**values)
