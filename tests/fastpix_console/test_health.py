"""/healthz says that the process lives; /readyz says whether it can work, and why not, within seconds."""

import logging
import socket
import time

import pytest
from django.core.cache import cache
from django.db import connection, connections

from fastpix_console import health
from tests.redis_server import free_port

pytestmark = pytest.mark.django_db(transaction=True)

NOW = "2026-01-01 00:00:00+00:00"


@pytest.fixture(autouse=True)
def _workers_live():
    for queue in health.QUEUES:
        cache.set(f"heartbeat:{queue}", int(time.time()), 300)
    yield
    cache.clear()


@pytest.fixture
def silent_port():
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield server.getsockname()[1]


def ready(client):
    """(status, checks) of /readyz, with the workers' entries beside the others."""
    answer = client.get("/readyz")
    checks = answer.json()["checks"]
    assert answer.json()["ready"] is (answer.status_code == 200)
    workers = checks.pop("workers")
    return answer.status_code, {**checks, **workers}


def reasons(checks):
    """Name → reason of the checks that do not pass."""
    return {name: check["reason"] for name, check in checks.items() if not check["ok"]}


def test_a_living_process_says_so_to_anybody(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/healthz").status_code == 405


def test_a_living_process_says_so_without_a_database(client, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "/nonexistent/folder/console")
    connections.close_all()
    assert client.get("/healthz").status_code == 200


def test_everything_well_is_200_with_every_check_named(client):
    status, checks = ready(client)
    assert (status, reasons(checks)) == (200, {})
    assert set(checks) == {"database", "broker", "migrations", "events", "calls", "transfers"}


def test_a_database_that_is_away_is_named(client, monkeypatch):
    connections.close_all()
    if connection.vendor == "postgresql":
        monkeypatch.setitem(connection.settings_dict, "PORT", free_port())
    else:
        monkeypatch.setitem(connection.settings_dict, "NAME", "/nonexistent/folder/console.sqlite3")
    status, checks = ready(client)
    assert status == 503
    assert set(reasons(checks)) == {"database", "migrations"}
    assert reasons(checks)["database"] == "The database does not answer."


def test_a_redis_that_is_away_is_named_and_the_workers_are_unknown(client, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": settings.REDIS_URL}}
    status, checks = ready(client)
    assert status == 503
    assert set(reasons(checks)) == {"broker", *health.QUEUES}
    assert reasons(checks)["calls"] == "Unknown while the Redis server does not answer."


def test_a_redis_that_never_answers_does_not_hold_the_answer_up(client, settings, silent_port):
    settings.REDIS_URL = f"redis://127.0.0.1:{silent_port}/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": settings.REDIS_URL}}
    started = time.monotonic()
    status, checks = ready(client)
    assert time.monotonic() - started < health.LIMIT + 1
    assert status == 503
    assert "broker" in reasons(checks)


def test_an_installation_that_is_not_ready_does_not_fill_its_log(client, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    heard = []
    listener = logging.Handler()
    listener.emit = heard.append
    log = logging.getLogger("django.request")
    log.addHandler(listener)
    try:
        assert client.get("/readyz").status_code == 503
        assert heard == []
        assert client.get("/no-such-page").status_code == 404
        assert len(heard) == 1, "all else is still told"
    finally:
        log.removeHandler(listener)


def test_a_worker_nobody_heard_from_for_a_minute_is_named(client):
    cache.set("heartbeat:calls", int(time.time()) - 90, 300)
    cache.delete("heartbeat:transfers")
    status, checks = ready(client)
    assert status == 503
    assert reasons(checks) == {
        "calls": "The last sign of life from queue calls is 90 s old.",
        "transfers": "No sign of life from a worker of queue transfers yet.",
    }


def test_a_migration_that_waits_is_named(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'media_app'")
        status, checks = ready(client)
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('media_app', '0001_initial', %s)", [NOW]
        )
    assert status == 503
    assert list(reasons(checks)) == ["migrations"]
    assert "wait; run `python manage.py migrate`." in reasons(checks)["migrations"]


def test_neither_tells_a_host_a_name_or_a_password(client, settings):
    settings.REDIS_URL = "redis://:hunter2@127.0.0.1:1/0"
    text = client.get("/readyz").content.decode()
    assert "hunter2" not in text
    assert "127.0.0.1" not in text
