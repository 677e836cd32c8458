"""How many deliveries the intake refused, and why: counted by day and cause in Redis, never a byte of their bodies."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

DAYS: Final = 8
_LASTS: Final = timedelta(days=DAYS)


class Cause(models.TextChoices):
    """Why a delivery was refused, as far as the intake can tell."""

    UNSIGNED = "unsigned", _("No signature")
    UNDECODED = "undecoded", _("Signed with the secret as text, without decoding its base64")
    OLD = "old", _("Signed with the secret before this one, which counts no more")
    SIGNATURE = "signature", _("Wrong signature: another secret, or a body changed on its way")
    ANOTHER = "another", _("Belongs to another FastPix workspace")
    LARGE = "large", _("Larger than 1 MiB")
    NOT_JSON = "not_json", _("Signed, but not a JSON object")


@dataclass(frozen=True)
class Count:
    """One cause: how often it came today and in all days kept, and when last."""

    cause: Cause
    today: int
    total: int
    last_at: datetime | None


def add(counts: Mapping[tuple[str, Cause], int]) -> None:
    """Add to today's counts, by workspace slug and cause. Never raises: without Redis they are not counted."""
    now = datetime.now(UTC)
    with suppress(RedisError):
        pipeline = _redis().pipeline(transaction=False)
        for (slug, cause), count in counts.items():
            key = _key(slug, now.date())
            pipeline.hincrby(key, cause.value, count)
            pipeline.hset(key, f"{cause.value}:at", str(now.timestamp()))
            pipeline.expire(key, _LASTS)
        pipeline.execute()


def of(slug: str) -> list[Count] | None:
    """What was refused in the last days, the most frequent cause first; None when Redis cannot say."""
    today = datetime.now(UTC).date()
    try:
        pipeline = _redis().pipeline(transaction=False)
        for back in range(DAYS):
            pipeline.hgetall(_key(slug, today - timedelta(days=back)))
        days: list[dict[bytes, bytes]] = pipeline.execute()
    except RedisError:
        return None
    counts = [_count(cause, days) for cause in Cause]
    return sorted((one for one in counts if one.total), key=lambda one: -one.total)


def _count(cause: Cause, days: list[dict[bytes, bytes]]) -> Count:
    each = [int(day.get(cause.value.encode(), 0)) for day in days]
    stamps = [float(day.get(f"{cause.value}:at".encode(), 0)) for day in days]
    last = max(stamps)
    return Count(cause, each[0], sum(each), datetime.fromtimestamp(last, tz=UTC) if last else None)


def _key(slug: str, day: date) -> str:
    return f"fp:rejected:{slug}:{day.isoformat()}"


@lru_cache(maxsize=1)
def _redis() -> Any:
    # One retry, at once: it is for the connection that a restarted Redis left behind
    return Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5, retry=Retry(NoBackoff(), 1)
    )
