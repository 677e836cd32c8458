"""Events into the database, durably: all that wait at the same moment share one commit."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection, transaction

from events_app.database_thread import DatabaseThread
from events_app.models import WebhookEvent
from workspace_app.secrets_at_rest import encrypt

log = logging.getLogger(__name__)

BATCH: Final = 512
WAITING: Final = 1000  # rows in memory; what comes beyond is told to come again

_TABLE: Final = WebhookEvent._meta.db_table
# One text for PostgreSQL and SQLite. A repeat is counted by the same statement that finds it; the first body stays.
_INSERT: Final = f"""
INSERT INTO {_TABLE} (workspace_id, event_id, type, object_id, occurred_at, body, encrypted, sha256,
                      times, conflicting, late, state, error, tries)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1, FALSE, FALSE, 'received', '', 0)
ON CONFLICT (workspace_id, event_id) DO UPDATE SET
    times = {_TABLE}.times + 1,
    last_received_at = excluded.received_at,
    conflicting = ({_TABLE}.conflicting OR {_TABLE}.sha256 <> excluded.sha256)
"""  # noqa: S608  a table's name cannot be a parameter, and this one is our own


_BODY: Final = WebhookEvent._meta.get_field("body")


class Row(NamedTuple):
    """One event to be written; the first two are its key. `secret` bodies are encrypted on their way in."""

    workspace_id: int
    event_id: str
    type: str
    object_id: str
    occurred_at: datetime | None
    body: bytes
    secret: bool
    sha256: str


class Full(Exception):
    """More rows wait than may."""


class Writer:
    """Collects rows on the event loop, writes them in its thread, one transaction at a time."""

    def __init__(self, thread: DatabaseThread, committed: Callable[[set[int]], None]) -> None:
        self._thread = thread
        self._committed = committed
        self._waiting: list[tuple[Row, asyncio.Future[bool]]] = []
        self._draining: asyncio.Task[None] | None = None
        self._failing = False

    def add(self, row: Row) -> asyncio.Future[bool]:
        """Queue a row; the future says whether it is durable in the database. Raises Full."""
        if len(self._waiting) >= WAITING:
            raise Full
        loop = asyncio.get_running_loop()
        written: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((row, written))
        if self._draining is None or self._draining.done():
            self._draining = loop.create_task(self._drain())
        return written

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            # by key: two web processes that write the same events take the row locks in the same order
            batch.sort(key=lambda waiting: waiting[0][:2])
            rows = [row for row, _ in batch]
            durable = await self._written(rows)
            for (_, written), kept in zip(batch, durable, strict=True):
                if not written.done():
                    written.set_result(kept)
            if any(durable):
                self._committed({row.workspace_id for row, kept in zip(rows, durable, strict=True) if kept})

    async def _written(self, rows: list[Row]) -> list[bool]:
        try:
            durable = await self._thread.run(lambda: write(rows))
        except (Error, ValueError) as error:
            if not self._failing:
                log.warning("Webhook events cannot be written, FastPix is asked to send them again: %s", error)
            durable = [False] * len(rows)
        self._failing = not any(durable)
        return durable


def write(rows: list[Row]) -> list[bool]:
    """Write the rows in one transaction; says of each whether it is durable.

    A row that the database refuses does not take its neighbours with it: then each is written by itself.
    Raises OperationalError or InterfaceError when there is no database to write to.
    """
    values = [_values(row) for row in rows]
    try:
        _insert(values)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError, OverflowError):
        return [_alone(one) for one in values]
    return [True] * len(rows)


def _alone(values: tuple[Any, ...]) -> bool:
    try:
        _insert([values])
    except (Error, ValueError, OverflowError):
        log.exception("The webhook event %s of workspace %s was refused by the database.", values[1], values[0])
        return False
    return True


def _insert(values: list[tuple[Any, ...]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_INSERT, values)


def _values(row: Row) -> tuple[Any, ...]:
    body = encrypt(row.body) if row.secret else row.body
    return (
        *row[:4],
        connection.ops.adapt_datetimefield_value(row.occurred_at),
        _BODY.get_db_prep_value(body, connection),
        row.secret,
        row.sha256,
    )
