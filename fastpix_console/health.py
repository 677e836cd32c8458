"""Two questions a machine asks: does this process live (/healthz), can the installation do its work (/readyz).

Both are public and say nothing about hosts, names or versions. /readyz answers within seconds whatever is away: every
check runs on a thread of its own with a limit, because a driver may wait minutes for a host that swallows packets.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

QUEUES = ("events", "calls", "transfers")
STALE = 60  # seconds; workers write a sign of life every 10 (workspace_app.tasks)
LIMIT = 3.0  # seconds in all for one answer

# Few on purpose: where a store hangs, later askers queue behind the stuck threads and are told so, no thread piles up
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="readyz")


class Trouble(Exception):
    """Why a check does not pass, as a sentence."""


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all: no store is asked, so a restart is the right cure when it fails."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when everything needed for work is there, else 503; each check with its reason.

    `warnings` are sentences about what works and needs a person all the same: they change no status.
    """
    deadline = time.monotonic() + LIMIT
    asked: dict[str, Future[Any]] = {
        "database": _threads.submit(_on_own_connection, database),
        "broker": _threads.submit(broker),
        "migrations": _threads.submit(_on_own_connection, migrations),
        "workers": _threads.submit(workers),
    }
    behind = _threads.submit(_on_own_connection, backlog)
    said = {name: _outcome(future, deadline) for name, future in asked.items()}
    checks: dict[str, Any] = {name: _entry(said[name]) for name in ("database", "broker", "migrations")}
    heard = said["workers"]
    checks["workers"] = {
        queue: _entry(heard if isinstance(heard, str) else (heard or {}).get(queue, "")) for queue in QUEUES
    }
    ready = all(check["ok"] for name, check in checks.items() if name != "workers")
    ready = ready and all(check["ok"] for check in checks["workers"].values())
    warning = _outcome(behind, deadline)
    return JsonResponse(
        {"ready": ready, "checks": checks, "warnings": [warning] if warning else []}, status=200 if ready else 503
    )


healthz.access = readyz.access = "public"  # type: ignore[attr-defined]  # the walk over all addresses reads it


def database() -> None:
    """Raises Trouble when the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        raise Trouble("The database does not answer.") from None


def broker() -> None:
    """Raises Trouble when the Redis server does not answer."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except (redis.RedisError, OSError):
        raise Trouble("The Redis server does not answer.") from None


def migrations() -> None:
    """Raises Trouble when migrations wait to be applied."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        raise Trouble("Unknown while the database does not answer.") from None
    if waiting:
        raise Trouble(f"{len(waiting)} migrations wait; run `python manage.py migrate`.")


def backlog() -> None:
    """Raises Trouble when events wait for their projection in great number, or for long."""
    from events_app import lag  # noqa: PLC0415 - the preparation reads this module before there are models

    try:
        behind = lag.measure()
    except DatabaseError:
        return  # that is told already
    if behind.oldest_at is not None and behind.behind:
        count = f"{behind.waiting} or more" if behind.many else str(behind.waiting)
        raise Trouble(
            f"{count} events wait to be projected, the oldest since {behind.oldest_at:%Y-%m-%d %H:%M:%S} UTC."
        )


def workers() -> dict[str, str]:
    """For each queue the reason why its workers count as away; "" when one was heard from within STALE seconds."""
    try:
        beats = cache.get_many([f"heartbeat:{queue}" for queue in QUEUES])
    except (redis.RedisError, OSError):
        raise Trouble("Unknown while the Redis server does not answer.") from None
    return {queue: _silence(queue, beats.get(f"heartbeat:{queue}")) for queue in QUEUES}


def _silence(queue: str, beat: int | None) -> str:
    if beat is None:
        return f"No sign of life from a worker of queue {queue} yet."
    age = int(time.time() - beat)
    return f"The last sign of life from queue {queue} is {age} s old." if age > STALE else ""


def _on_own_connection(check: Callable[[], None]) -> None:
    """Run `check` on this thread's own connection and give it back: pool threads live as long as the process."""
    try:
        check()
    finally:
        connection.close()


def _outcome(future: Future[Any], deadline: float) -> Any:
    """What a check returned, or its reason for failing as text."""
    try:
        return future.result(timeout=max(0.0, deadline - time.monotonic()))
    except Trouble as reason:
        return str(reason)
    except TimeoutError:
        future.cancel()
        return f"No answer within {LIMIT:.0f} s."


def _entry(reason: str | None) -> dict[str, Any]:
    return {"ok": not reason, "reason": reason or ""}
