"""The intake while what it stands on is away: the database, Redis, its own process. Real parts, killed for real."""

import contextlib
import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

import psycopg
import pytest
import requests
from django.db import connection, connections

from events_app.models import WebhookEvent
from fastpix_api import webhooks
from fastpix_console.up.plan import CELERY
from tests import redis_server
from tests.events_app.edge_client import SECRET, event
from tests.events_app.edge_process import EdgeProcess, environment
from tests.people import make_workspace
from tests.requirement import POSTGRES
from tests.stack import Process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def workspace(transactional_db):
    return make_workspace()


@pytest.fixture
def start(workspace, tmp_path):
    """Starts an edge process; it ends with the test."""
    with contextlib.ExitStack() as cleanup:

        def start_one(**options):
            server = EdgeProcess(tmp_path, **options)
            cleanup.callback(server.process.stop)
            return server

        yield start_one


@pytest.fixture
def start_worker(tmp_path):
    """Starts the events worker and the schedule that sweeps; they end with the test."""
    with contextlib.ExitStack() as cleanup:

        def start_both(redis_url):
            schedule = ("beat", "--pidfile=", "--schedule", tmp_path / "schedule", "--loglevel", "WARNING")
            worker = ("worker", "-Q", "events", "-n", f"events-{os.getpid()}@test", "--concurrency", "1")
            variables = environment(REDIS_URL=redis_url, C_FORCE_ROOT=1)
            for argv in ((*worker, "--loglevel", "WARNING"), schedule):
                process = Process((*CELERY, *argv), tmp_path / f"{argv[0]}.log", variables)
                cleanup.callback(process.stop)

        yield start_both


class Redis:
    """A Redis on a port where nobody answered before."""

    def __init__(self):
        self.port = redis_server.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process = None

    def start(self):
        argv = [redis_server.binary(), "--port", str(self.port), "--save", "", "--loglevel", "warning"]
        self._process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        if self._process:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def redis():
    server = Redis()
    yield server
    server.stop()


def post(server, body, seconds=30):
    raw = json.dumps(body).encode()
    headers = {webhooks.HEADER: webhooks.sign(raw, SECRET)}
    return requests.post(f"{server.url}/webhooks/harbor/", data=raw, headers=headers, timeout=seconds)


def unhandled(event_id, kind="video.nobody.projects"):
    return event(event_id, kind=kind)


def settled(seconds=60):
    """Wait until nothing is `received` any more; returns each event's (id, state, tries)."""
    until = time.monotonic() + seconds
    while WebhookEvent.objects.filter(state="received").exists() and time.monotonic() < until:
        time.sleep(0.2)
    return sorted(WebhookEvent.objects.values_list("event_id", "state", "tries"))


@contextlib.contextmanager
def no_database():
    """This test's database is away: SQLite's files lie elsewhere, PostgreSQL has cut everybody and takes nobody."""
    name = str(connection.settings_dict["NAME"])
    connections.close_all()
    if connection.vendor == "sqlite":
        files = [Path(name + end) for end in ("", "-wal", "-shm")]
        moved = [(file, file.with_name(f"{file.name}.away")) for file in files if file.exists()]
        for here, away in moved:
            here.rename(away)
        yield
        for file in files:
            file.unlink(missing_ok=True)
        for here, away in moved:
            away.rename(here)
        return
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        yield
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def test_without_the_database_events_are_asked_to_come_again_and_then_taken(start):
    """RELIABILITY 15: 503 with Retry-After, no 200; nothing needs to be restarted afterwards."""
    if connection.vendor == "postgresql":
        server = start()
        assert post(server, event("before")).status_code == 200
    with no_database():
        server = server if connection.vendor == "postgresql" else start()
        answers = [post(server, event(f"meanwhile-{number}")) for number in range(3)]
        assert [answer.status_code for answer in answers] == [503] * 3
        assert [answer.headers["retry-after"] for answer in answers] == ["5"] * 3
    until = time.monotonic() + 20
    while post(server, event("meanwhile-0")).status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert "meanwhile-0" in WebhookEvent.objects.values_list("event_id", flat=True)
    assert not WebhookEvent.objects.filter(event_id__in=["meanwhile-1", "meanwhile-2"]).exists()


def test_events_that_came_without_redis_are_projected_once_it_is_back(start, start_worker, redis):
    """RELIABILITY 16: the row stays received, the sweep finds it."""
    server = start(REDIS_URL=redis.url)
    assert [post(server, unhandled(f"e-{number}")).status_code for number in range(3)] == [200] * 3
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {"received"}
    redis.start()
    start_worker(redis.url)
    assert settled() == [(f"e-{number}", "unhandled", 0) for number in range(3)]


def test_a_redis_that_takes_everything_and_says_nothing_delays_no_answer(start):
    """RELIABILITY 16: worse than one that is away."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.listen(50)
        server = start(REDIS_URL=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        assert post(server, event("first")).status_code == 200
        started = time.monotonic()
        assert [post(server, event(f"e-{number}")).status_code for number in range(10)] == [200] * 10
        assert time.monotonic() - started < 10
    assert WebhookEvent.objects.count() == 11


def test_a_process_that_dies_between_commit_and_wake_up_leaves_work_for_the_sweep(start, start_worker, redis):
    """RELIABILITY 17: it is projected, once."""
    redis.start()
    server = start(app="tests.events_app.dying_edge:application", REDIS_URL=redis.url)
    with pytest.raises(requests.RequestException):
        post(server, unhandled("e-1"))
    assert WebhookEvent.objects.get().state == "received"
    start_worker(redis.url)
    assert settled() == [("e-1", "unhandled", 0)]


def test_fifty_senders_of_one_event_over_real_sockets_make_one_row(start):
    """RELIABILITY 6: on this run's database; tests/second_database runs it on the other."""
    server = start()
    answers = []
    crowd = [threading.Thread(target=lambda: answers.append(post(server, event()).status_code)) for _ in range(50)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert answers == [200] * 50
    assert WebhookEvent.objects.get().times == 50
