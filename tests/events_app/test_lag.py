from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from events_app import lag
from tests.events_app.test_backlog import heap, put
from tests.people import make_workspace


@pytest.fixture
def _workers_live():
    for queue in ("events", "calls", "transfers"):
        cache.set(f"heartbeat:{queue}", int(timezone.now().timestamp()), 300)
    yield
    cache.clear()


def test_where_nothing_waits_there_is_no_lag(workspace):
    put(workspace, 1, state="projected", received_at=timezone.now() - timedelta(hours=1))
    assert lag.measure() == lag.Lag(0, None)
    assert not lag.measure().behind


def test_it_tells_how_many_wait_and_since_when(workspace):
    now = timezone.now()
    put(workspace, 1, received_at=now)
    assert lag.measure() == lag.Lag(1, now)
    put(make_workspace("elsewhere"), 2, received_at=now - timedelta(minutes=2))
    assert lag.measure() == lag.Lag(2, now - timedelta(minutes=2))
    assert lag.measure().behind


def test_an_event_that_failed_and_waits_for_its_next_try_is_no_lag(workspace):
    now = timezone.now()
    put(workspace, 1, received_at=now - timedelta(minutes=2), tries=3, next_try_at=now + timedelta(minutes=4))
    assert lag.measure() == lag.Lag(0, None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_workers_live")
def test_ten_thousand_waiting_events_are_a_warning_of_readyz_and_no_refusal(client):
    """RELIABILITY 41: `/readyz` warns of a backlog of 10,000; the pages still work, so it stays ready."""
    workspace = make_workspace()
    heap(workspace, range(9_999), lambda number: f"o-{number}", received_at=timezone.now() + timedelta(hours=1))
    assert client.get("/readyz").json()["warnings"] == []
    put(workspace, 9_999, received_at=timezone.now() + timedelta(hours=1))
    answer = client.get("/readyz")
    [warning] = answer.json()["warnings"]
    assert (answer.status_code, answer.json()["ready"]) == (200, True)
    assert warning.startswith("10000 or more events wait to be projected, the oldest since 20")


def test_the_events_page_says_how_many_wait_and_since_when(viewer, workspace):
    """RELIABILITY 41: a person sees the lag."""
    page = reverse("events:event_list", args=[viewer.slug])
    put(workspace, 1, state="projected")
    assert 'id="events-waiting"' not in viewer.get(page).content.decode()
    heap(workspace, range(100, 350), lambda number: f"o-{number}")
    assert "250 events wait to be projected" in viewer.get(page).content.decode()


def test_it_is_known_in_a_few_queries_however_much_there_is(workspace):
    heap(workspace, range(300), lambda number: f"o-{number}")
    with CaptureQueriesContext(connection) as queries:
        lag.measure()
    assert len(queries) == 3
