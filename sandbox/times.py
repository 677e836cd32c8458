"""Moments as FastPix writes them."""

import time
from datetime import UTC, datetime


def now() -> str:
    """This moment, as in createdAt of media."""
    return written(datetime.now(UTC))


def written(moment: datetime) -> str:
    """UTC with microseconds and Z, as in createdAt of media (recorded)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now_nanoseconds() -> str:
    """UTC with nanoseconds and Z, as in createdAt of webhook envelopes (observed)."""
    moment = time.time_ns()
    whole, rest = divmod(moment, 1_000_000_000)
    return datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{rest:09d}Z"


def duration(seconds: float) -> str:
    """A length as HH:MM:SS (recorded); below one second with its fraction (documented as possible)."""
    return clock(round(seconds)) if seconds >= 1 else f"00:00:{seconds:06.3f}"


def clock(whole: int) -> str:
    """Whole seconds as HH:MM:SS."""
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
