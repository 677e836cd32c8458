from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events_app import deliveries
from tests.events_app.test_backlog import put
from tests.people import make_workspace


def came(workspace, number, *, seconds, ago=timedelta(), **fields):
    at = timezone.now() - ago
    return put(workspace, number, received_at=at, occurred_at=at - timedelta(seconds=seconds), **fields)


def test_the_newest_events_tell_the_delay_and_the_pace(workspace):
    for number, seconds in enumerate((0.4, 0.6, 0.8, 250)):
        came(workspace, number, seconds=seconds, ago=timedelta(minutes=number))
    put(workspace, 9, occurred_at=None)
    came(make_workspace("elsewhere"), 10, seconds=999)
    recent = deliveries.recent(workspace)
    assert recent.last.event_id == "e-9"
    assert (round(recent.median, 3), round(recent.slowest)) == (0.7, 250)
    assert recent.last_minute == 2
    assert not recent.full


def test_a_clock_that_is_ahead_makes_no_negative_delay(workspace):
    assert deliveries.delay(came(workspace, 1, seconds=-5)) == 0


def test_where_nothing_has_come_nothing_is_told(workspace, viewer):
    assert deliveries.recent(workspace) == deliveries.Recent()
    part = viewer.get(reverse("events:deliveries", args=["harbor"])).content.decode()
    assert "No event has arrived yet" in part


def test_no_more_than_the_newest_are_read_and_never_their_bodies(workspace):
    for number in range(deliveries.RECENT + 20):
        came(workspace, number, seconds=1)
    with CaptureQueriesContext(connection) as seen:
        assert deliveries.recent(workspace).full
    assert len(seen) == 2
    assert not [query for query in seen if '"body"' in query["sql"] or "LIMIT" not in query["sql"]]


def test_what_waits_is_counted_with_the_age_of_the_oldest(workspace):
    assert deliveries.waiting(workspace) == deliveries.Waiting(0, None)
    first = put(workspace, 1, received_at=timezone.now() - timedelta(hours=2))
    put(workspace, 2)
    put(workspace, 3, state="projected")
    assert deliveries.waiting(workspace) == deliveries.Waiting(2, first.received_at)


@pytest.mark.django_db
def test_the_part_stands_alone_and_names_the_last_delivery(workspace, viewer):
    came(workspace, 1, seconds=0.6, kind="video.media.ready", state="projected")
    part = viewer.get(reverse("events:deliveries", args=["harbor"])).content.decode()
    assert "<html" not in part
    for told in ("video.media.ready", "median 0.6 s", "none, all are projected"):
        assert told in part
