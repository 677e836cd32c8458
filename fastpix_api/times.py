"""FastPix's spellings of an instant, all read in one place."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

# Before and after lies nothing that happened (Go writes "0001-01-01T00:00:00Z" for none), and the ends of time, where
# zones and databases cannot follow
_YEARS: Final = range(1971, 9000)

_INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[T ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,12}))?"
    r"\s?(Z|z|[+-][0-9]{2}:?[0-9]{2})?"
)


def parse(text: object) -> datetime | None:
    """An ISO instant as UTC, cut (not rounded) to microseconds; None for anything else.

    Recorded: webhooks carry nanoseconds and `Z`, media and streams microseconds, the view list has no zone and means
    UTC, the error list has a space for the `T`.
    """
    found = _INSTANT.fullmatch(text.strip()) if isinstance(text, str) else None
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    micro = int((found[7] or "0")[:6].ljust(6, "0"))
    try:
        instant = datetime(year, month, day, hour, minute, second, micro, UTC) - _offset(found[8])
    except (ValueError, OverflowError):
        return None
    return instant if instant.year in _YEARS else None


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -size if zone[0] == "-" else size


def http_date(text: str | None) -> datetime | None:
    """The instant of a Date or Retry-After header, UTC; None when it is missing or not a date."""
    try:
        instant = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)


def retry_after(text: str | None, *, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, counted from `now`; None when it is missing or garbage."""
    asked = (text or "").strip()
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        return float(asked)
    instant = http_date(asked) if asked else None
    return max(0.0, (instant - now).total_seconds()) if instant else None
