"""The webhook secrets in memory, never older than a second, loaded outside the event loop."""

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db import Error
from django.db.models import ExpressionWrapper, F, TextField

from events_app.database_thread import DatabaseThread
from workspace_app.models import Workspace
from workspace_app.secrets_at_rest import SecretUnreadable, decrypt

log = logging.getLogger(__name__)

FRESH: Final = 1.0  # seconds that keys may serve
_APART: Final = 0.1  # seconds at least between two loads that refusals ask for
_PATIENCE: Final = 3.0  # seconds that a request waits for a load


class KeysUnknown(Exception):
    """The database does not tell which secrets are in force."""


@dataclass(frozen=True, slots=True)
class Key:
    """What judges the webhooks of one workspace. `remote_id` is "" until FastPix's own workspace id was learned."""

    workspace_id: int
    remote_id: str
    current: str
    previous: str
    previous_until: datetime | None

    def secrets(self) -> tuple[str, ...]:
        """The secrets in force now, current first; () while none was entered."""
        overlap = self.previous and self.previous_until is not None and datetime.now(UTC) < self.previous_until
        return tuple(filter(None, (self.current, self.previous if overlap else "")))


class Keys:
    """Finds the key of a slug without touching the database, but for one load a second."""

    def __init__(self, thread: DatabaseThread) -> None:
        self._thread = thread
        self._held: dict[str, Key] = {}
        self._read: dict[str, str] = {}
        self._as_of = float("-inf")
        self._loading: asyncio.Task[None] | None = None
        self._failed_at: float | None = None

    async def of(self, slug: str) -> Key | None:
        """The key of a workspace as it was within the last second; None for an unknown one. Raises KeysUnknown."""
        age = time.monotonic() - self._as_of
        if age > FRESH:
            await self._loaded()
        elif age > FRESH / 2:
            self._load()  # nobody has to wait for it
        return self._held.get(slug)

    async def since(self, slug: str, instant: float) -> Key | None:
        """The key as it was at `instant` (monotonic seconds) or later, for whoever is about to refuse.

        Strangers cannot make the database work: refusals that come close together share one load. Raises KeysUnknown.
        """
        while self._as_of < instant:
            await asyncio.sleep(max(0.0, self._as_of + _APART - time.monotonic()))
            if self._as_of < instant:
                await self._loaded()
        return self._held.get(slug)

    def _load(self) -> asyncio.Task[None]:
        if self._loading is None or self._loading.done():
            self._loading = asyncio.get_running_loop().create_task(self._fetch())
            self._loading.add_done_callback(self._note)
        return self._loading

    async def _loaded(self) -> None:
        if self._failed_at is not None and time.monotonic() - self._failed_at < _APART:
            raise KeysUnknown
        try:
            await asyncio.wait_for(asyncio.shield(self._load()), _PATIENCE)
        except (Error, TimeoutError) as error:
            raise KeysUnknown from error

    async def _fetch(self) -> None:
        as_of = time.monotonic()
        self._held, self._read = await self._thread.run(lambda: _keys(self._read))
        self._as_of = as_of

    def _note(self, load: asyncio.Task[None]) -> None:
        error = None if load.cancelled() else load.exception()
        if error and self._failed_at is None:
            log.warning("The webhook secrets cannot be read from the database: %s", error)
        self._failed_at = time.monotonic() if error else None


def _keys(read: dict[str, str]) -> tuple[dict[str, Key], dict[str, str]]:
    """Every workspace's key, and the secrets by their encrypted form; those in `read` are not decrypted again."""
    stored = ExpressionWrapper(F("webhook_secret"), output_field=TextField())
    stored_previous = ExpressionWrapper(F("webhook_secret_previous"), output_field=TextField())
    rows = Workspace.objects.annotate(stored=stored, stored_previous=stored_previous).values_list(
        "slug", "pk", "remote_id", "stored", "stored_previous", "webhook_secret_previous_until"
    )
    now_read: dict[str, str] = {"": ""}
    keys = {}
    for slug, pk, remote_id, current, previous, until in rows.order_by():
        for token in (current, previous):
            now_read[token] = read[token] if token in read else _plain(token, slug)
        keys[slug] = Key(pk, remote_id, now_read[current], now_read[previous], until)
    return keys, now_read


def _plain(token: str, slug: str) -> str:
    """The secret; "" for one that our keys cannot read, so that one broken workspace does not stop the others."""
    try:
        return decrypt(token.encode()).decode() if token else ""
    except SecretUnreadable:
        log.exception("The webhook secret of workspace %s cannot be read; enter it again.", slug)
        return ""
