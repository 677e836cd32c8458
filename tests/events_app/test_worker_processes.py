"""Real workers of the `events` queue: two processes on one backlog; killed, stopped, rung too often, given nonsense."""

import os
import random
import signal
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.utils import timezone
from redis import Redis

from events_app import replay
from events_app.mirror import Said
from events_app.models import WebhookEvent
from events_app.tasks import project_waiting
from fastpix_console.celery import app
from media_app.mirror import hear
from media_app.models import Media
from tests.events_app.test_backlog import put, state
from tests.events_app.worker_process import children, kill, wait_until, workers  # noqa: F401 - a fixture
from tests.media_app import told_lives
from tests.people import make_workspace
from workspace_app.models import TimelineEntry

pytestmark = pytest.mark.slow

WAITING = WebhookEvent.objects.filter(state="received")


def ring(times=1):
    for _ in range(times):
        project_waiting.apply_async((None,))


def drained():
    return not WAITING.exists()


def some_done():
    return WebhookEvent.objects.filter(state="projected").count() >= 100


@pytest.fixture
def harbor(workers, settings):  # noqa: F811 - the fixture
    """A workspace, once the workers can see it; nothing is left in the broker from elsewhere."""
    Redis.from_url(settings.REDIS_URL).flushdb()
    return make_workspace()


def settle(workspace):
    """What the asking worker does for marked rows: a GET each, of what FastPix holds by now."""
    for media in Media.objects.filter(workspace=workspace, unsettled=True):
        answer(media)


def answer(media):
    """A whole answer about a media, given while its events are still under way."""
    last = WebhookEvent.objects.filter(object_id=media.remote_id).order_by("-occurred_at").first()
    said = Said(
        kind="whole",
        data=told_lives.whole(media.remote_id, bytes(last.body)),
        at=datetime(2026, 5, 21, tzinfo=UTC),
        heard_at=timezone.now(),
        by="poll",
        read_version=media.version,
    )
    hear(media.workspace, media.remote_id, said)


def complaints(process):
    return [line for line in process.log.splitlines() if "could not be projected" in line or "deadlock" in line.lower()]


def test_two_processes_apply_each_event_once_and_in_the_order_of_its_media(workers, harbor):  # noqa: F811
    told_lives.fill(harbor, 80)
    worker = workers.start(processes=2)
    ring(8)
    wait_until(drained, worker, meanwhile=ring)
    assert told_lives.wrong_ends() == []
    assert complaints(worker) == []


def test_two_processes_and_answers_at_the_same_media_end_like_fastpix(workers, harbor):  # noqa: F811
    """Events in any order, some projected again and again, whole answers in between: no deadlock, no effect twice."""
    told_lives.fill(harbor, 60, shuffled=True)
    worker, rng = workers.start(processes=2), random.Random(3)

    def interfere():
        for media in rng.sample(list(Media.objects.all()), min(5, Media.objects.count())):
            answer(media)
        for event in WebhookEvent.objects.filter(state="projected").order_by("?")[:3]:
            if again.setdefault(event.pk, 0) < 2:
                again[event.pk] += 1
                replay.one(event)

    again = {}
    ring(4)
    wait_until(drained, worker, seconds=120, meanwhile=interfere)
    settle(harbor)
    assert told_lives.wrong_ends(in_order=False) == []
    assert again
    assert complaints(worker) == []


@pytest.mark.parametrize("whom", ["child", "parent"])
def test_what_a_killed_worker_was_at_is_done_once_by_the_next(workers, harbor, whom):  # noqa: F811
    """RELIABILITY 37: SIGKILL to the child in the middle of a block, or to the worker with all its children."""
    told_lives.fill(harbor, 200)
    worker = workers.start(processes=1)
    ring()
    wait_until(some_done, worker)
    if whom == "child":
        for pid in children(worker):
            os.kill(pid, signal.SIGKILL)
    else:
        kill(worker)
    assert not drained(), "it was killed in the middle"
    if whom == "parent":
        worker = workers.start(processes=1)
    wait_until(drained, worker, meanwhile=ring)
    assert told_lives.wrong_ends() == []


def test_a_worker_that_is_told_to_stop_ends_within_nine_seconds_and_leaves_the_rest_whole(workers, harbor):  # noqa: F811
    """RELIABILITY 38: SIGTERM in the middle of a backlog, larger than the turn a worker ends with."""
    told_lives.fill(harbor, 900)
    worker = workers.start(processes=2)
    ring(2)
    wait_until(some_done, worker)
    assert worker.stop(signal.SIGTERM, seconds=9) == 0
    assert not drained()
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {"received", "projected"}
    following = workers.start(processes=2)
    wait_until(drained, following, seconds=180, meanwhile=ring)
    assert told_lives.wrong_ends() == []


def test_two_schedules_by_mistake_have_no_effect_twice(workers, harbor):  # noqa: F811
    """RELIABILITY 39: both sweep, and nobody else rings."""
    worker = workers.start(processes=2)
    for number in (1, 2):
        workers.beat(number)
    told_lives.fill(harbor, 80)
    wait_until(drained, worker)
    assert told_lives.wrong_ends() == []


def test_poison_ends_where_people_see_it_and_the_worker_lives_on(workers, harbor):  # noqa: F811
    """RELIABILITY 40: tasks nobody knows, with wrong or huge arguments; an event whose projection always raises."""
    put(harbor, 1, kind="video.media.ready", object_id="a/b", body=b'{"type":"video.media.ready","id":"e-1"}')
    put(harbor, 2, kind="video.media.ready", object_id="m-2", body=b"[]")
    worker = workers.start(processes=1)
    app.send_task("events_app.no_such_task", queue="events")
    app.send_task("events_app.project_waiting", ("x", {}, [1]), queue="events")
    app.send_task("events_app.project_waiting", ("y" * 4_000_000,), queue="events")
    app.send_task("events_app.project_waiting", (2**80,), queue="events")
    told_lives.fill(harbor, 10)
    ring()
    wait_until(drained, worker)
    assert told_lives.wrong_ends() == []
    assert [state(number).state for number in (1, 2)] == ["failed", "failed"]
    assert "names no media" in state(1).error
    assert worker.popen.poll() is None
    assert "no_such_task" in worker.log
    assert TimelineEntry.objects.filter(object_id="m-2").count() == 0


def test_rings_that_pile_up_behind_a_backlog_do_not_hold_up_the_rest_of_the_queue(workers, harbor):  # noqa: F811
    """A ring that nobody heard in time is dropped, or signs of life would wait behind a thousand of them."""
    assert project_waiting.expires
    told_lives.fill(harbor, 20)
    for _ in range(300):
        project_waiting.apply_async((None,), expires=-1)
    app.send_task("workspace_app.beat_events")
    worker = workers.start(processes=1)
    wait_until(lambda: cache.get("heartbeat:events"), worker)
    assert WAITING.count() == 100, "no dropped ring was followed"
    ring()
    wait_until(drained, worker)
