"""The cache may be away: whoever can do without it says what to believe then."""

from collections.abc import Callable
from typing import TypeVar

from redis.exceptions import RedisError

T = TypeVar("T")


def or_else(ask: Callable[[], T], otherwise: T) -> T:
    """What `ask` finds in the cache; `otherwise` when the cache is away, or the key ran out under our hands."""
    try:
        return ask()
    except (RedisError, OSError, ValueError):
        return otherwise
