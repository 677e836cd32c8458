"""When FastPix last probed a workspace's webhook address: it stores no event, but tells that the address is reached."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.cache import cache
from django.utils import timezone

from workspace_app.caching import or_else

LASTS: Final = timedelta(days=30)


def note(slug: str) -> None:
    """A probe was answered just now. Never raises: without a cache it is only not remembered."""
    or_else(lambda: cache.set(_key(slug), timezone.now().timestamp(), LASTS.total_seconds()), None)


def seen_at(slug: str) -> datetime | None:
    """When the last probe came; None when none is remembered."""
    seconds: float | None = or_else(lambda: cache.get(_key(slug)), None)
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds else None


def _key(slug: str) -> str:
    return f"webhook-probe:{slug}"
