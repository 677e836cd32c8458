"""Tracks beside those of the file, as kept in the store."""

import sqlite3
from dataclasses import dataclass
from typing import Any

from sandbox.store import Store

TEXT = "text.vtt"  # name of the file in a subtitle track's folder


@dataclass(frozen=True)
class Track:
    """One audio or subtitle track: preparing → available | failed; any → preparing when it is replaced or renamed.

    `wanted` and `made` number its files: it is fetched while wanted is ahead, and plays as `made` (0: nothing yet). A
    row with the id of the file's own sound gives that another name (wanted 0) or another file. `heard_in` is the audio
    track that generated subtitles were written down from, empty for others.
    """

    id: str
    media_id: str
    kind: str
    url: str
    language_code: str
    language_name: str
    title: str
    status: str
    heard_in: str = ""
    wanted: int = 1
    made: int = 0

    @property
    def folder(self) -> str:
        """Name of the folder, inside the media's, of the files it plays from."""
        return f"track-{self.id}-{self.made}"

    def answered(self) -> dict[str, Any]:
        """As the operations on tracks answer it (recorded); what it has not is left out."""
        named = {"languageCode": self.language_code, "languageName": self.language_name, "title": self.title}
        answer = {"id": self.id, "type": self.kind, "url": self.url} | named
        return {name: value for name, value in answer.items() if value}

    def described(self, available: str) -> dict[str, str]:
        """As the media shows it (recorded); `available` is the word for that status."""
        status = available if self.status == "available" else self.status
        named = {"languageCode": self.language_code, "languageName": self.language_name}
        return {"id": self.id, "type": self.kind, "status": status} | named


def put(store: Store, track: Track) -> None:
    """Insert a track, or write what may change of one; its place among the others stays."""
    store.run(
        "INSERT INTO tracks (id, media_id, kind, url, language_code, language_name, title, status, heard_in, wanted, "
        "made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET url = excluded.url, "
        "language_code = excluded.language_code, language_name = excluded.language_name, title = excluded.title, "
        "status = excluded.status, heard_in = excluded.heard_in, wanted = excluded.wanted, made = excluded.made",
        [
            track.id,
            track.media_id,
            track.kind,
            track.url,
            track.language_code,
            track.language_name,
            track.title,
            track.status,
            track.heard_in,
            track.wanted,
            track.made,
        ],
    )


def drop(store: Store, track_id: str) -> None:
    """Forget a track."""
    store.run("DELETE FROM tracks WHERE id = ?", [track_id])


def one_or_none(store: Store, track_id: str) -> Track | None:
    """The track of this id, if there is one."""
    row = store.one("SELECT * FROM tracks WHERE id = ?", [track_id])
    return _track_of(row) if row else None


def of_media(store: Store, media_id: str) -> list[Track]:
    """Those of a media, newest first, as the recordings list them."""
    rows = store.all("SELECT * FROM tracks WHERE media_id = ? ORDER BY seq DESC", [media_id])
    return [_track_of(row) for row in rows]


def _track_of(row: sqlite3.Row) -> Track:
    return Track(**{name: row[name] for name in row.keys() if name != "seq"})  # noqa: SIM118 - a Row iterates over values
