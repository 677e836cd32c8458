"""The stream that a browser listens to: who may, what it hears, and when it ends."""

import time

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from events_app import push
from events_app.push_feed import REFRESH, Listener
from events_app.push_stream import Push
from tests import redis_server
from tests.people import make_client, make_workspace
from workspace_app.models import Member, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace(transactional_db):
    return make_workspace()


@pytest.fixture
def viewer(workspace):
    return make_client("viewer@example.com", workspace)


def settled(stream):
    """The stream's own subscription is there, so that nothing said from now on can be missed."""
    time.sleep(0.3)
    return stream


@pytest.fixture
def stream(edge, viewer):
    edge.send("GET", "/")  # the first request subscribes
    time.sleep(0.3)
    return settled(edge.listen(viewer))


def test_a_signed_in_browser_gets_a_stream(stream):
    assert stream.response.status == 200
    assert stream.response.headers["content-type"].startswith("text/event-stream")
    assert stream.response.headers["cache-control"] == "no-store"
    assert stream.heard(b"retry: ").endswith(b"\n\n")


def test_a_stranger_gets_none(edge, workspace):
    assert edge.listen().response.status == 401
    assert edge.listen(headers=[(b"cookie", b'session="\x00;;=\xff')]).response.status == 401


@pytest.mark.parametrize(
    "header",
    [
        (b"sec-fetch-site", b"cross-site"),
        (b"sec-fetch-site", b"same-site"),
        (b"origin", b"https://evil.example"),
        (b"origin", b"null"),
    ],
)
def test_another_sites_page_may_not_listen(edge, viewer, header):
    """RELIABILITY 46: what a browser says of another site's page is believed."""
    assert edge.listen(viewer, headers=[header]).response.status == 403


def test_streams_are_for_get(edge, viewer):
    answer = edge.send("POST", "/push/")
    assert (answer.status, answer.headers["allow"]) == (405, "GET")


def test_a_ring_reaches_the_page_as_words(stream, workspace):
    push.ring(workspace, "media", "media:m-1", "media")
    assert b"data: harbor/media\ndata: harbor/media:m-1\n\n" in stream.heard(b"m-1\n\n")


def test_nothing_is_said_before_the_commit_or_after_a_rollback(stream, workspace):
    with transaction.atomic():
        push.ring(workspace, "media")
        stream.heard(b"retry")
        assert stream.silent(0.4)
    stream.heard(b"harbor/media\n")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        push.ring(workspace, "uploads")
        raise ZeroDivisionError
    assert stream.silent(0.4)


def test_only_members_hear_a_workspace(edge, stream, workspace):
    """RELIABILITY 46: another workspace's events stay there."""
    elsewhere = make_workspace("elsewhere")
    stranger = settled(edge.listen(make_client("stranger@example.com", elsewhere)))
    push.ring(elsewhere, "media:secret")
    push.ring(workspace, "media:ours")
    heard = stream.heard(b"ours")
    assert b"secret" not in heard
    assert b"ours" not in stranger.heard(b"secret")
    assert stranger.silent(0.3)


def test_one_stream_carries_all_workspaces_of_a_person(edge, viewer, workspace):
    second = make_workspace("second")
    Member.objects.create(workspace=second, user=viewer.user, role="viewer")
    stream = settled(edge.listen(viewer))
    push.ring(workspace, "media")
    push.ring(second, "media")
    heard = b""
    while not (b"harbor/media\n" in heard and b"second/media\n" in heard):
        heard += stream.parts.get(timeout=3)


def test_a_burst_is_told_once_a_round(stream, workspace):
    stream.heard(b"retry")
    started = time.monotonic()
    for _ in range(50):
        push.ring(workspace, "media")
    push.ring(workspace, "end")
    heard = stream.heard(b"harbor/end")
    rounds = 2 + (time.monotonic() - started) / 0.1
    assert heard.count(b"harbor/media\n") <= rounds


def test_a_page_that_does_not_read_is_told_to_refresh(viewer, workspace):
    listener = Listener("key", frozenset({"harbor"}))
    for number in range(Listener.BOUND + 1):
        listener.push(b"data: harbor/media:%d\n\n" % number)
    assert listener.waiting == [REFRESH]


def test_a_heartbeat_keeps_the_connection(start_edge, viewer):
    stream = start_edge(push=Push(heartbeat=0.2)).listen(viewer)
    assert b": " in stream.heard(b"event: beat")


@pytest.mark.parametrize("end", ["logout", "expiry", "password", "switched off", "role"])
def test_a_stream_ends_with_what_it_stands_on(start_edge, viewer, end):
    """RELIABILITY 44, with a shorter round; with the real one in test_edge_process."""
    stream = start_edge(push=Push(recheck=0.2)).listen(viewer)
    assert not stream.ended.wait(0.6)
    if end == "logout":
        viewer.logout()
    elif end == "expiry":
        Session.objects.update(expire_date="2020-01-01T00:00:00Z")
    elif end == "password":
        viewer.user.set_password("another correct horse")
        viewer.user.save()
    elif end == "switched off":
        User.objects.filter(pk=viewer.user.pk).update(is_active=False)
    else:
        Member.objects.all().delete()
    assert stream.ended.wait(2)


def test_a_session_without_a_person_hears_nothing(edge, viewer):
    session = viewer.session
    del session[SESSION_KEY]
    session.save()
    assert edge.listen(viewer).response.status == 401


def test_a_closed_page_is_forgotten(edge, stream):
    assert not stream.ended.is_set()
    stream.hang_up()
    assert stream.ended.wait(2)


def test_streams_end_when_the_server_stops(edge, stream):
    """RELIABILITY 45, inside; with a real server in test_edge_process."""
    edge.loop.call_soon_threadsafe(edge.life.put_nowait, {"type": "lifespan.shutdown"})
    assert stream.ended.wait(2)


@pytest.fixture
def own_redis(settings):
    server = redis_server.Server()
    settings.REDIS_URL = server.url
    push._redis.cache_clear()
    yield server
    server.stop()
    push._redis.cache_clear()


def test_pages_hear_that_redis_is_away_and_refresh_when_it_is_back(own_redis, edge, viewer, workspace):
    """RELIABILITY 43: an outage of Redis."""
    edge.send("GET", "/")
    time.sleep(0.3)
    stream = settled(edge.listen(viewer))
    assert b"away" not in stream.heard(b"retry")
    own_redis.stop()
    stream.heard(b"event: away")
    started = time.monotonic()
    push.ring(workspace, "media")
    assert time.monotonic() - started < 1
    late = edge.listen(viewer)
    late.heard(b"event: away")
    own_redis.start()
    stream.heard(b"event: refresh", seconds=8)
    late.heard(b"event: refresh")
    push.ring(workspace, "media:again")
    stream.heard(b"harbor/media:again")


def test_the_first_ring_after_a_restart_is_heard(own_redis, edge, viewer, workspace):
    """The pooled connection of the ringing process is dead then, and one ring must still be enough."""
    stream = settled(edge.listen(viewer))
    push.ring(workspace, "media:before")
    stream.heard(b"media:before")
    own_redis.stop()
    stream.heard(b"event: away")
    own_redis.start()
    stream.heard(b"event: refresh", seconds=8)
    push.ring(workspace, "media:after")
    stream.heard(b"media:after")
