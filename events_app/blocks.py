"""Several statements in one transaction: what they read ahead in one go, and what they leave to be told in one go."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import transaction

from events_app import push
from workspace_app.models import TimelineEntry, Workspace

Read = TypeVar("Read")


class Block:
    """One transaction's statements about some objects of a workspace. Who opens it closes it, inside the transaction.

    `written`: rows written so far, apart from the events' own. After a rollback it is of no use any more.
    """

    def __init__(self, workspace: Workspace, object_ids: Iterable[str]) -> None:
        self.workspace = workspace
        self.object_ids = list(dict.fromkeys(object_ids))
        self.written = 0
        self._read: dict[str, Any] = {}
        self._entries: list[TimelineEntry] = []
        self._topics: list[str] = []
        self._after: list[Callable[[], None]] = []

    def once(self, name: str, read: Callable[[], Read]) -> Read:
        """What `read` returned the first time that it was asked for under this name."""
        if name not in self._read:
            self._read[name] = read()
        found: Read = self._read[name]
        return found

    def tell(self, entry: TimelineEntry) -> None:
        """Append to the history when the block is closed, in the order of telling."""
        self._entries.append(entry)
        self.written += 1

    def ring(self, *topics: str) -> None:
        """Tell open pages after the commit that these topics changed; each is told once."""
        self._topics += topics

    def after(self, then: Callable[[], None]) -> None:
        """Call this once after the commit, however often it is asked for."""
        if then not in self._after:
            self._after.append(then)

    def close(self) -> None:
        """Write the history, and leave the rest for after the commit."""
        if self._entries:
            TimelineEntry.objects.bulk_create(self._entries)
        push.ring(self.workspace, *self._topics)
        for then in self._after:
            transaction.on_commit(then)
