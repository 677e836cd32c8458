"""How events get into the table: together, exactly once, and without taking each other down."""

import asyncio
import json
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.conf import settings
from django.db import OperationalError, connection

from events_app import intake_writer
from events_app.database_thread import DatabaseThread
from events_app.intake_writer import Full, Row, Writer
from events_app.models import WebhookEvent
from tests.events_app.edge_client import event
from tests.people import make_workspace
from workspace_app.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace(transactional_db):
    return make_workspace()


def row(workspace_id, event_id="e-1", **more):
    values = {"type": "video.media.ready", "object_id": "m-1", "occurred_at": None, "body": b"{}", "secret": False}
    return Row(workspace_id, event_id, **(values | {"sha256": "a" * 64} | more))


def test_the_same_event_fifty_times_at_once_is_one_row(edge, workspace):
    """RELIABILITY 6: all are answered 200, one row; on PostgreSQL in tests/second_database."""
    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(lambda _: edge.post(event()).status, range(50)))
    assert answers == [200] * 50
    assert WebhookEvent.objects.get().times == 50


def test_two_processes_that_write_the_same_events_do_not_block_each_other(start_edge, workspace):
    pair = [start_edge(), start_edge()]
    with ThreadPoolExecutor(40) as crowd:
        answers = list(crowd.map(lambda n: pair[n % 2].post(event(f"e-{n % 30}")).status, range(240)))
    assert answers == [200] * 240
    assert sorted(WebhookEvent.objects.values_list("times", flat=True)) == [8] * 30


def test_a_poison_row_does_not_fail_its_neighbours(workspace, caplog):
    rows = [row(workspace.pk, f"e-{n}") for n in range(5)]
    rows[2] = row(workspace.pk + 1000, "poison")
    assert intake_writer.write(rows) == [True, True, False, True, True]
    assert WebhookEvent.objects.count() == 4
    assert "poison" in caplog.text


def test_a_key_twice_in_one_batch_is_counted(workspace):
    assert intake_writer.write([row(workspace.pk), row(workspace.pk), row(workspace.pk, sha256="b" * 64)]) == [True] * 3
    only = WebhookEvent.objects.get()
    assert (only.times, only.conflicting, only.sha256) == (3, True, "a" * 64)


def test_a_poison_row_harms_no_repeat_beside_it(workspace):
    rows = [row(workspace.pk), row(workspace.pk), row(workspace.pk + 1000, "poison"), row(workspace.pk, "e-2")]
    assert intake_writer.write(rows) == [True, True, False, True]
    assert dict(WebhookEvent.objects.values_list("event_id", "times")) == {"e-1": 2, "e-2": 1}


def test_waiting_rows_share_a_commit_and_a_wake_up(workspace):
    commits, hold = [], threading.Event()
    thread = DatabaseThread("test")
    writer = Writer(thread, commits.append)

    async def story():
        busy = asyncio.ensure_future(thread.run(hold.wait))
        first = writer.add(row(workspace.pk, "first"))
        await asyncio.sleep(0.05)
        rest = [writer.add(row(workspace.pk, f"e-{n}")) for n in range(20)]
        hold.set()
        return await asyncio.gather(busy, first, *rest)

    assert all(asyncio.run(story()))
    thread.close()
    assert commits == [{workspace.pk}] * 2
    assert WebhookEvent.objects.count() == 21


def test_too_many_waiting_rows_are_refused(workspace):
    hold = threading.Event()
    thread = DatabaseThread("test")
    writer = Writer(thread, lambda ids: None)

    async def story():
        busy = asyncio.ensure_future(thread.run(hold.wait))
        written = [writer.add(row(workspace.pk, f"e-{n}")) for n in range(intake_writer.WAITING)]
        with pytest.raises(Full):
            writer.add(row(workspace.pk, "one more"))
        hold.set()
        return await asyncio.gather(busy, *written)

    assert all(asyncio.run(story()))
    thread.close()
    assert WebhookEvent.objects.count() == intake_writer.WAITING


def test_a_database_that_cannot_take_it_is_said_so_and_nothing_is_lost_after(edge, workspace):
    """RELIABILITY 15: a table that is away; a whole database in test_intake_faults."""
    assert edge.post(event("before")).status == 200
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_app_webhookevent RENAME TO elsewhere")
    try:
        answer = edge.post(event("meanwhile"))
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE elsewhere RENAME TO events_app_webhookevent")
    assert edge.post(event("meanwhile")).status == 200
    assert WebhookEvent.objects.count() == 2


class Hog(threading.Thread):
    """Another writer of SQLite's file that rests for an instant only, as a worker between two events."""

    def __init__(self, *, seconds=0.003, rounds=None):
        super().__init__()
        self.seconds, self.most = seconds, rounds
        self.rounds, self.began, self.enough = 0, threading.Event(), threading.Event()

    def run(self):
        file = sqlite3.connect(connection.settings_dict["NAME"], timeout=20, isolation_level=None)
        while not self.enough.is_set() and self.rounds != self.most:
            file.execute("BEGIN IMMEDIATE")
            self.began.set()
            time.sleep(self.seconds)
            file.execute("COMMIT")
            self.rounds += 1
            time.sleep(0.00005)
        file.close()


@pytest.fixture
def start_hog():
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has one writer at a time")
    hogs = []

    def start(**options):
        hogs.append(Hog(**options))
        hogs[-1].start()
        assert hogs[-1].began.wait(10)
        return hogs[-1]

    yield start
    for hog in hogs:
        hog.enough.set()
        hog.join()


def test_a_worker_that_writes_all_the_time_does_not_starve_the_intake(workspace, start_hog):
    hog = start_hog()
    for number in range(25):
        assert intake_writer.write([row(workspace.pk, f"e-{number}")]) == [True]
        time.sleep(0.005)  # the other one takes the file again
    assert hog.is_alive()
    assert hog.rounds < 25 * 100
    assert WebhookEvent.objects.count() == 25


def test_a_file_that_stays_locked_is_given_up(workspace, start_hog, monkeypatch):
    monkeypatch.setattr(intake_writer, "LOCKED", 0.1)
    start_hog(rounds=1, seconds=1)
    with pytest.raises(OperationalError):
        intake_writer.write([row(workspace.pk)])


@pytest.mark.skipif(
    "sqlite" in settings.DATABASES["default"]["ENGINE"], reason="connections are cut on PostgreSQL only"
)
def test_connections_that_were_cut_are_made_anew(edge, workspace):
    assert edge.post(event("before")).status == 200
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert edge.post(event("after")).status == 200


def test_a_workspace_removed_meanwhile_loses_only_its_own(edge, workspace):
    other = make_workspace("other")
    assert edge.post(event("a"), slug="other").status == 200
    Workspace.objects.filter(pk=other.pk).delete()
    assert edge.post(event("b"), slug="other").status == 404
    assert edge.post(event("c")).status == 200


def test_a_commit_wakes_the_worker_once(edge, workspace):
    """RELIABILITY 1: one task."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete("events")
    assert edge.post(event()).status == 200
    _, message = broker.blpop("events", timeout=5)
    headers = json.loads(message)["headers"]
    assert headers["task"] == "events_app.project_waiting"
    assert headers["argsrepr"] == f"({workspace.pk},)"
    assert not broker.llen("events")
    broker.close()
