"""The sandbox's memory: one SQLite file, used from the event loop's thread only, so no statement waits for another."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS media (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL, source_media_id TEXT,
  settings TEXT NOT NULL, probe TEXT NOT NULL DEFAULT '', failed_reason TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS media_seq ON media (seq);
CREATE INDEX IF NOT EXISTS media_clips ON media (source_media_id);
CREATE INDEX IF NOT EXISTS media_created ON media (status, created_at, updated_at);
CREATE INDEX IF NOT EXISTS media_updated ON media (status, updated_at, created_at);
CREATE TABLE IF NOT EXISTS playback_ids (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, media_id TEXT NOT NULL,
  policy TEXT NOT NULL, restrictions TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS playback_ids_of_media ON playback_ids (media_id);
CREATE TABLE IF NOT EXISTS uploads (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
  created_at TEXT NOT NULL, expires_at REAL NOT NULL, cors_origin TEXT NOT NULL, settings TEXT NOT NULL,
  query TEXT NOT NULL, signature TEXT NOT NULL, session TEXT NOT NULL DEFAULT '', size INTEGER);
CREATE INDEX IF NOT EXISTS uploads_waiting ON uploads (seq) WHERE status = 'waiting';
CREATE TABLE IF NOT EXISTS signing_keys (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL, public_pem TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS playlists (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, reference_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL, name TEXT NOT NULL, description TEXT, most INTEGER NOT NULL, rules TEXT NOT NULL,
  created_at TEXT NOT NULL, updated_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS playlist_media (
  playlist_id TEXT NOT NULL, place INTEGER NOT NULL, media_id TEXT NOT NULL, PRIMARY KEY (playlist_id, place));
CREATE INDEX IF NOT EXISTS playlists_of_media ON playlist_media (media_id);
CREATE TABLE IF NOT EXISTS ai (
  media_id TEXT NOT NULL, feature TEXT NOT NULL, asked TEXT NOT NULL, status TEXT NOT NULL,
  data TEXT NOT NULL DEFAULT '', PRIMARY KEY (media_id, feature));
CREATE INDEX IF NOT EXISTS ai_preparing ON ai (media_id) WHERE status = 'preparing';
CREATE TABLE IF NOT EXISTS tracks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, media_id TEXT NOT NULL, kind TEXT NOT NULL,
  url TEXT NOT NULL, language_code TEXT NOT NULL, language_name TEXT NOT NULL, title TEXT NOT NULL,
  status TEXT NOT NULL, heard_in TEXT NOT NULL, wanted INTEGER NOT NULL, made INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS tracks_of_media ON tracks (media_id);
CREATE INDEX IF NOT EXISTS tracks_preparing ON tracks (seq) WHERE status = 'preparing';
CREATE TABLE IF NOT EXISTS mp4_preparing (media_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS drm_configurations (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, object_id TEXT NOT NULL,
  body BLOB NOT NULL, created_at TEXT NOT NULL, recorded REAL NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL DEFAULT 0, aside INTEGER NOT NULL DEFAULT 0,
  answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS events_waiting ON events (state, seq);
CREATE INDEX IF NOT EXISTS events_aside ON events (next_at) WHERE state = 'waiting' AND aside = 1;
CREATE TABLE IF NOT EXISTS plays (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, playback_id TEXT NOT NULL, media_id TEXT NOT NULL, viewer TEXT NOT NULL,
  started REAL NOT NULL, ended REAL NOT NULL, played_ms INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS plays_open ON plays (playback_id, viewer, ended);
"""


class Store:
    """Statements as plain SQL; a write outside `together` commits by itself."""

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "sandbox.sqlite3", isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    def run(self, sql: str, values: Sequence[object] = ()) -> int:
        """Execute one statement; returns how many rows it touched."""
        return self._db.execute(sql, values).rowcount

    def many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """Execute one statement for each row of values, inside `together`."""
        self._db.executemany(sql, rows)

    def one(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()

    def count(self, sql: str, values: Sequence[object] = ()) -> int:
        return int(self._db.execute(sql, values).fetchone()[0])

    @contextmanager
    def together(self) -> Iterator[None]:
        """All writes inside stand or fall as one; inner uses join the outer one. Must not span an await."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def fact(self, key: str, default: str = "") -> str:
        row = self.one("SELECT value FROM facts WHERE key = ?", [key])
        return str(row["value"]) if row else default

    def keep(self, key: str, value: str) -> None:
        self.run("INSERT INTO facts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", [key, value])

    def close(self) -> None:
        self._db.close()
