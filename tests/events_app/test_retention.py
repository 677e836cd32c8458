"""Events grow old: which are deleted, which never, and what one that comes again afterwards may still do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events_app import backlog, retention
from events_app.models import WebhookEvent
from media_app.models import Media
from tests.events_app.edge_client import event
from tests.events_app.test_backlog import put
from tests.people import make_workspace
from workspace_app import timeline
from workspace_app.models import Workspace

State = WebhookEvent.State
OLD = timedelta(days=91)


def kept():
    return list(WebhookEvent.objects.order_by("pk").values_list("event_id", flat=True))


def put_old(workspace, number, **fields):
    return put(workspace, number, **({"received_at": timezone.now() - OLD, "state": State.PROJECTED} | fields))


def test_what_is_older_than_the_workspace_keeps_is_deleted(workspace):
    put_old(workspace, 1)
    put(workspace, 2, state=State.PROJECTED, received_at=timezone.now() - timedelta(days=89))
    put(workspace, 3, state=State.PROJECTED)
    assert retention.prune() is False
    assert kept() == ["e-2", "e-3"]


@pytest.mark.parametrize("state", [State.FAILED, State.UNHANDLED])
def test_failed_and_unhandled_ones_are_kept_no_longer_than_others(workspace, state):
    put_old(workspace, 1, state=state)
    retention.prune()
    assert kept() == []


def test_one_that_waits_is_never_deleted_however_old(workspace):
    put_old(workspace, 1, state=State.RECEIVED)
    put_old(workspace, 2, state=State.RECEIVED, tries=3)
    put_old(workspace, 3)
    retention.prune()
    assert kept() == ["e-1", "e-2"]


def test_one_that_came_again_lately_stays(workspace):
    put_old(workspace, 1, times=2, last_received_at=timezone.now() - timedelta(days=1))
    put_old(workspace, 2, times=2, last_received_at=timezone.now() - OLD)
    retention.prune()
    assert kept() == ["e-1"]


def test_each_workspace_keeps_its_own_as_long_as_it_wants(workspace):
    for_ever, a_week = make_workspace("archive", keep_events_days=0), make_workspace("brief", keep_events_days=7)
    for number, place in enumerate((workspace, for_ever, a_week)):
        put(place, number, state=State.PROJECTED, received_at=timezone.now() - timedelta(days=8))
    put_old(for_ever, 9)
    retention.prune()
    assert kept() == ["e-0", "e-1", "e-9"]


def test_no_statement_deletes_more_than_a_block_and_the_rest_is_left_for_the_next_turn(workspace):
    for number in range(retention.BLOCK * 2 + 5):
        put_old(workspace, number)
    assert retention.prune(seconds=0) is True
    assert WebhookEvent.objects.count() == retention.BLOCK * 2 + 5
    with CaptureQueriesContext(connection) as seen:
        assert retention.prune() is False
    deletes = [query["sql"] for query in seen if query["sql"].startswith("DELETE")]
    assert len(deletes) == 3
    assert kept() == []


@pytest.mark.django_db(transaction=True)
def test_an_event_that_comes_again_after_it_was_deleted_is_late_and_changes_nothing(start_edge):
    """RELIABILITY 8: replay of an old body whose id was pruned: no state change, marked late."""
    workspace = make_workspace(remote_id="ws-1")
    edge = start_edge()
    told = event(createdAt=(timezone.now() - OLD).isoformat())
    assert edge.post(told).status == 200
    WebhookEvent.objects.update(received_at=timezone.now() - OLD)
    backlog.project(workspace.pk)
    Media.objects.update(title="what somebody called it since", event_at=datetime(2026, 11, 1, tzinfo=UTC))
    before, entries = Media.objects.values().get(), timeline.of(workspace, "media", told["object"]["id"]).count()
    retention.prune()
    assert kept() == []

    assert edge.post(told).status == 200
    backlog.project(workspace.pk)
    again, after = WebhookEvent.objects.get(), Media.objects.values().get()
    assert (again.state, again.late) == (State.PROJECTED, True)
    told_to_ask = {"version", "unsettled", "ask_at", "asks"}  # a mark: FastPix is asked, which settles it
    assert {k: v for k, v in after.items() if k not in told_to_ask} == {
        k: v for k, v in before.items() if k not in told_to_ask
    }
    assert timeline.of(workspace, "media", told["object"]["id"]).count() == entries


def test_nothing_is_late_only_because_it_is_old(workspace):
    """An event made long ago, delivered at last, is the newest its object has."""
    body = (
        b'{"type":"video.media.ready","id":"e-1","object":{"type":"media","id":"m-1"},'
        b'"data":{"id":"m-1","status":"Ready","title":"A"},"createdAt":"2020-05-20T09:06:49Z"}'
    )
    put(
        workspace,
        1,
        kind="video.media.ready",
        object_id="m-1",
        body=body,
        occurred_at=datetime(2020, 5, 20, tzinfo=UTC),
    )
    backlog.project(workspace.pk)
    assert WebhookEvent.objects.get().late is False
    assert Media.objects.get().title == "A"


def test_the_beat_deletes(workspace, settings):
    put_old(workspace, 1)
    entry = settings.CELERY_BEAT_SCHEDULE["delete events that are older than they are kept"]
    assert entry["task"] == "events_app.prune_events"
    from events_app.tasks import prune_events

    prune_events()
    assert kept() == []


def test_events_are_kept_for_ninety_days_unless_a_workspace_says_otherwise(db):
    assert Workspace(name="x", slug="x").keep_events_days == 90
