"""How far projection is behind in the whole installation; events_app.deliveries tells it of one workspace."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from events_app import backlog

# No more than this many are counted.
MANY: Final = 10_000
# An event that has waited this long tells that the workers are too few, or away.
LONG: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Lag:
    """`waiting` events wait, MANY for that many or more; `oldest_at`: when the oldest of them came (None: none waits).

    An event that failed and waits for its next try does not count.
    """

    waiting: int
    oldest_at: datetime | None

    @property
    def many(self) -> bool:
        """Whether more may wait than were counted."""
        return self.waiting >= MANY

    @property
    def behind(self) -> bool:
        """Whether it is worth a person's attention."""
        return self.many or (self.oldest_at is not None and self.oldest_at < timezone.now() - LONG)


def measure() -> Lag:
    """How far projection is behind; the index of what waits tells it."""
    due = backlog.due()
    # workspace by workspace, as that index is
    workspaces = due.order_by("workspace_id").values_list("workspace_id", flat=True).distinct()
    came = due.order_by("pk").values_list("received_at", flat=True)
    firsts = [came.filter(workspace_id=pk).first() for pk in workspaces]
    return Lag(due[:MANY].count(), min((at for at in firsts if at is not None), default=None))
