"""`python -m fastpix_console.up.preparation`: brings stores and files up to date before the processes start.

One process instead of four commands, because loading Django is most of the time each would take. The last line on
stdout is the reason where it fails; lines beginning with SIGN_IN are for the supervisor to show once pages answer.
"""

import hashlib
import io
import os
import sys
from pathlib import Path

import django
import redis
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.cache import cache
from django.core.management import call_command, get_commands
from django.db import DatabaseError, connection

from fastpix_console import health
from fastpix_console.celery import app
from fastpix_console.up.plan import SIGN_IN


class NotReady(Exception):
    """A store the console needs cannot be used; the text is the sentence to show."""


def main() -> int:
    """Do every step in order; returns 1 with the reason printed where one cannot be done."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fastpix_console.settings")
    django.setup()
    try:
        check_database()
        check_broker()
        call_command("migrate", interactive=False, verbosity=0)
        collect_static()
        first_administrator()
        wake_workers()
    except NotReady as reason:
        print(reason, flush=True)
        return 1
    except DatabaseError as error:
        print(f"the database could not be brought up to date: {_reason(error)}", flush=True)
        return 1
    return 0


def check_database() -> None:
    """Raises NotReady when no connection can be made."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        name = "DATABASE_URL" if os.environ.get("DATABASE_URL") else "DATA_DIR"
        raise NotReady(f"the database of {name} cannot be used: {_reason(error)}") from error


def check_broker() -> None:
    """Raises NotReady when the Redis server does not answer within 3 s."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise NotReady(f"the Redis server of REDIS_URL does not answer: {_reason(error)}") from error


def collect_static() -> None:
    """Collect the static files where their sources changed since the last time: it is the slowest step."""
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    digest = _sources()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest)


def first_administrator() -> None:
    """Let workspace_app make the first administrator, or say by which one-time link a person becomes it."""
    if "prepare" not in get_commands():
        return
    said = io.StringIO()
    call_command("prepare", stdout=said)
    for line in said.getvalue().splitlines():
        print(f"{SIGN_IN}{_way_in(line)}", flush=True)


def wake_workers() -> None:
    """Leave a sign-of-life task in each queue, so that /readyz knows of the workers when they come, not 10 s later."""
    cache.delete_many([f"heartbeat:{queue}" for queue in health.QUEUES])
    for queue in health.QUEUES:
        app.send_task(f"workspace_app.beat_{queue}", queue=queue, expires=60)


def _way_in(line: str) -> str:
    """A line of `prepare` (`setup-token: <url>` or `sign-in: <e-mail>`) as a sentence for a person."""
    word, _, value = line.partition(": ")
    if word == "setup-token":
        return f"Set it up here, once, as its first administrator: {value}"
    if word == "sign-in" and value.strip():
        return f"Sign in as {value}"
    return "Sign in with your account" if word.startswith("sign-in") else line


def _sources() -> str:
    digest = hashlib.sha256(f"{settings.STORAGES['staticfiles']} {len(apps.app_configs)}".encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda item: item[0]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _reason(error: BaseException) -> str:
    """The driver's own words on one line; they name host and port, never the password."""
    return " ".join(str(error).split()) or type(error).__name__


if __name__ == "__main__":
    sys.exit(main())
