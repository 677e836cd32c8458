"""How much workers may ask a workspace: FastPix publishes no limits, so they stay modest and give way to people."""

import math
import time
from contextlib import suppress
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

from fastpix_api import FastPix, FastPixError, Forbidden, Patience, RateLimited, Unauthorized
from workspace_app.fastpix import client_for, person_asked
from workspace_app.models import Workspace

A_MINUTE: Final = 60
A_MINUTE_SANDBOX: Final = 600
# What may wait (the rolling look at final media) takes at most this share of it.
SPARE: Final = 0.25
# A person's order about many media takes at most this share: what it changes must be asked about meanwhile.
ORDERED: Final = 0.75
_SILENCE, _REFUSAL, _CROWD = 10, 60, 30


def asking_client(workspace: Workspace) -> FastPix:
    """A worker's client: one try of at most 8 s, past an open breaker. The row it asks about is what retries."""
    return client_for(workspace, patience=Patience.PAGE, insist=True)


def spare(workspace: Workspace) -> bool:
    """`spend` for work that can wait: out of a small share, and not within seconds of a person's own call."""
    return not person_asked(workspace) and _of_share(workspace, "spare", SPARE)


def ordered(workspace: Workspace) -> bool:
    """`spend` for a bulk job, which a person waits for but which must leave something to the others."""
    return _of_share(workspace, "ordered", ORDERED)


def minutes(workspace: Workspace, calls: int) -> int:
    """About how many minutes a bulk job of so many calls takes, were nothing else asked; at least 1."""
    return max(1, math.ceil(calls / (_a_minute(workspace) * ORDERED)))


def spend(workspace: Workspace) -> bool:
    """Take one request out of this minute's budget; False when it is spent or FastPix wants to be left alone."""
    key = f"asks:{workspace.pk}:{int(time.time()) // 60}"
    try:
        if cache.get(_quiet(workspace)):
            return False
        cache.add(key, 0, 120)
        return cache.incr(key) <= _a_minute(workspace)
    except (RedisError, ValueError):  # ValueError: evicted between the two
        return True


def leave_alone(workspace: Workspace, error: FastPixError) -> None:
    """Stop asking for a while after an error that the next request would meet too."""
    seconds = float(_SILENCE)
    if isinstance(error, RateLimited):
        seconds = min(max(error.retry_after or _CROWD, 1), 300)
    elif isinstance(error, Unauthorized | Forbidden):
        seconds = _REFUSAL
    with suppress(RedisError):
        cache.set(_quiet(workspace), type(error).__name__, int(seconds))


def _of_share(workspace: Workspace, name: str, share: float) -> bool:
    key = f"asks:{workspace.pk}:{int(time.time()) // 60}:{name}"
    try:
        cache.add(key, 0, 120)
        taken = cache.incr(key)
    except (RedisError, ValueError):
        return False
    return taken <= _a_minute(workspace) * share and spend(workspace)


def _a_minute(workspace: Workspace) -> int:
    return A_MINUTE_SANDBOX if workspace.sandbox else A_MINUTE


def _quiet(workspace: Workspace) -> str:
    return f"asks:{workspace.pk}:quiet"
