"""The walk against a real sandbox over HTTP: what it says in lists and by id is what the mirror compares."""

import time

import pytest
from django.core.cache import cache

from media_app import budget, importing, reconcile, sweeping
from media_app.models import ImportRun, Media, SweepRun
from tests.people import make_workspace
from tests.stack import Sandbox
from workspace_app.models import TimelineEntry

MANY = 120


@pytest.fixture(scope="module")
def own_sandbox(tmp_path_factory):
    """A sandbox whose library nobody else counts on; its webhooks are dropped."""
    alone = Sandbox(tmp_path_factory.mktemp("own"))
    alone.switch(webhooks="dropped")
    yield alone
    alone.stop()


@pytest.fixture
def harbor(db, own_sandbox):
    cache.clear()
    keys = {"token_id": own_sandbox.token_id, "secret_key": own_sandbox.secret_key}
    return make_workspace("harbor", api_url=own_sandbox.api_url, **keys)


def fill(fastpix):
    """MANY media that nobody can fetch, so that they are final soon; returns their ids, oldest first."""
    nowhere = [{"type": "video", "url": "http://127.0.0.1:9/none.mp4"}]
    ids = [fastpix.media.create(inputs=nowhere, title=f"Film {number}").data["id"] for number in range(MANY)]
    deadline = time.monotonic() + 90
    while fastpix.media.get(ids[-1]).data["status"] not in ("Failed", "failed"):
        assert time.monotonic() < deadline, "the sandbox did not give up on its sources"
        time.sleep(0.2)
    return ids


def words(fastpix):
    pages = (fastpix.media.list(limit=50, offset=page).data for page in (1, 2, 3))
    return {item["status"].lower() for page in pages for item in page}


def settle(workspace):
    while reconcile.ask_unsettled():
        continue


def test_edits_and_deletions_whose_webhooks_were_dropped_are_found(harbor):
    fastpix = budget.asking_client(harbor)
    ids = fill(fastpix)
    deadline = time.monotonic() + 60
    while words(fastpix) != {"failed"} and time.monotonic() < deadline:
        time.sleep(0.5)
    importing.order(harbor)
    assert importing.import_existing(harbor) is None
    assert Media.objects.filter(status="failed").count() == MANY

    sweeping.sweep(harbor)
    assert not Media.objects.filter(unsettled=True).exists(), "the list and the import say the same"
    lost, edited = [ids[0], ids[49], ids[50], ids[77], ids[-1]], ids[33]
    for name in lost:
        fastpix.media.delete(name)
    fastpix.media.update(edited, title="Another title")

    # an answer's Date has whole seconds: a walk in the second in which the last media was made cannot miss it yet
    time.sleep(1.1)
    for _turn in range(5):
        SweepRun.objects.update(next_try_at=None)
        sweeping.sweep(harbor)
        settle(harbor)
    assert set(Media.objects.filter(gone=True).values_list("remote_id", flat=True)) == set(lost)
    assert Media.objects.get(remote_id=edited).title == "Another title"
    assert set(TimelineEntry.objects.filter(verb="missed").values_list("object_id", flat=True)) >= set(lost)
    assert not TimelineEntry.objects.filter(verb="missing_stopped").exists()
    assert ImportRun.objects.get().added == MANY
