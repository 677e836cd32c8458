"""Real workers at bulk jobs, killed while FastPix's answer is on its way to them."""

import os
import signal
import time

import pytest
from django.core.cache import cache

from media_app.models import BulkItem, BulkJob, Media
from media_app.tasks import sweep_transfers
from media_app.tasks.transfers import wake
from tests.events_app.worker_process import children
from tests.media_app.bulk_shelf import order, proved, states, stock
from tests.media_app.tasks.test_transfers import kill, wait_until, worker  # noqa: F401 - a fixture
from workspace_app.models import TimelineEntry

pytestmark = pytest.mark.slow


@pytest.fixture
def docks(worker, harbor):  # noqa: F811 - the fixture
    """The workspace, with credentials that have proved themselves, on a database that workers see."""
    cache.clear()
    return proved(harbor)


class Beat:
    """The schedule's sweep, each 15 s as in the product."""

    def __init__(self):
        self.last = 0.0

    def __call__(self):
        if time.monotonic() - self.last >= 15:
            self.last = time.monotonic()
            sweep_transfers()


def ended(job):
    return BulkJob.objects.get(pk=job.pk).state == "done"


@pytest.mark.parametrize("whom", ["child", "parent"])
def test_a_worker_killed_before_it_could_write_the_answer_deletes_nothing_twice_and_loses_nothing(
    worker,  # noqa: F811 - the fixture
    docks,
    far,
    editor,
    whom,
):
    """RELIABILITY 37, for bulk jobs: SIGKILL to the child, or to the worker with all its children, between FastPix's
    deletion and our row; within a minute the job goes on."""
    media = stock(docks, far, 6)
    job = order(docks, editor.user, media)
    far.answering.clear()
    wake()
    process = worker()
    wait_until(lambda: far.changed, process, 30)
    if whom == "child":
        for pid in children(process):
            os.kill(pid, signal.SIGKILL)
    else:
        kill(process)
        process = worker()
    killed_at = time.monotonic()
    assert states(job).count("doing") == 1, "it said what it was about to do"
    assert Media.objects.filter(gone=True).count() == 0
    far.answering.set()
    wait_until(lambda: ended(job), process, 75, meanwhile=Beat())
    assert time.monotonic() - killed_at < 60
    assert states(job) == ["done"] * 6
    assert sorted(far.changed) == sorted(("DELETE", one.remote_id) for one in media)
    assert Media.objects.filter(gone=True).count() == 6
    assert TimelineEntry.objects.filter(verb="deleted").count() == 6


def test_an_edit_cut_off_by_a_killed_worker_is_compared_and_sent_once(worker, docks, far, editor):  # noqa: F811
    """RELIABILITY 37, for bulk jobs: SIGKILL between FastPix's change and our row."""
    media = stock(docks, far, 4)
    job = order(docks, editor.user, media, "edit", put={"show": "harbour"})
    far.answering.clear()
    wake()
    process = worker()
    wait_until(lambda: far.changed, process, 30)
    kill(process)
    far.answering.set()
    process = worker()
    wait_until(lambda: ended(job), process, 75, meanwhile=Beat())
    assert sorted(far.changed) == sorted(("PATCH", one.remote_id) for one in media)
    assert set(BulkItem.objects.values_list("state", flat=True)) == {"done"}
    assert all(one.metadata == {"show": "harbour"} for one in Media.objects.all())


def test_a_lost_message_and_an_empty_broker_only_delay_a_job(worker, docks, far, editor):  # noqa: F811
    """RELIABILITY 16 and 17, for bulk jobs: nobody was rung; the sweep finds the row."""
    job = order(docks, editor.user, stock(docks, far, 2))
    process = worker()
    wait_until(lambda: ended(job), process, 40, meanwhile=Beat())
    assert states(job) == ["done", "done"]
