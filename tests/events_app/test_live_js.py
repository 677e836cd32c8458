"""live.js in a real browser: one stream for all tabs, and no change is missed."""

import time

import pytest
import redis
import requests
from django.conf import settings
from playwright.sync_api import expect

from events_app import push
from tests.events_app.edge_process import EdgeProcess
from tests.people import make_client, make_workspace

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.flow]


@pytest.fixture
def server(transactional_db, tmp_path):
    running = EdgeProcess(tmp_path, "tests.events_app.live_page:application")
    yield running
    running.process.stop()


@pytest.fixture
def tabs(context, server):
    """Opens tabs of one person who may see harbor and bay."""
    harbor = make_workspace()
    client = make_client("viewer@example.com", harbor)
    make_workspace("bay").members.create(user=client.user, role="viewer")
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": server.url}])

    def tab(slug="harbor", path=""):
        page = context.new_page()
        page.goto(f"{server.url}/{slug}/{path}")
        return page

    return tab


def ring(slug, *topics):
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.publish(push.CHANNEL, "\n".join((slug, *topics)))


def connection(page, state, seconds=10):
    expect(page.locator("body")).to_have_attribute("data-connection", state, timeout=seconds * 1000)


def heard(page, words):
    expect(page.locator("body")).to_have_attribute("data-heard", words)


def streams(server):
    return int(requests.get(f"{server.url}/streams", timeout=5).text)


def test_ten_tabs_share_one_stream_and_all_hear(tabs, server):
    """Row 42."""
    pages = [tabs() for _ in range(10)]
    other = tabs("bay")
    for page in (*pages, other):
        connection(page, "live")
        heard(page, "refresh")
    assert streams(server) == 1
    ring("harbor", "media", "media:1")
    for page in pages:
        heard(page, "refresh media media:1")
    ring("bay", "uploads")
    heard(other, "refresh uploads")
    heard(pages[0], "refresh media media:1")


def test_when_the_listening_tab_is_closed_another_takes_over_and_all_look_again(tabs, server):
    first, second, third = tabs(), tabs(), tabs()
    for page in (first, second, third):
        connection(page, "live")
    first.close()
    for page in (second, third):
        heard(page, "refresh refresh")
    ring("harbor", "media")
    for page in (second, third):
        heard(page, "refresh refresh media")
    assert streams(server) == 1


def test_a_hidden_tab_catches_up_when_it_is_seen(tabs):
    page = tabs()
    connection(page, "live")
    heard(page, "refresh")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    ring("harbor", "media")
    ring("harbor", "media", "uploads")
    time.sleep(0.6)
    heard(page, "refresh")
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    heard(page, "refresh media uploads")


def test_a_restarted_server_is_found_again_and_nothing_is_missed(tabs, server, tmp_path):
    """Row 43."""
    page, second = tabs(), tabs()
    for one in (page, second):
        one.expected_errors.append("/push/")
        one.expected_errors.append("ERR_")
        connection(one, "live")
        heard(one, "refresh")
    server.process.stop()
    for state in ("reconnecting", "polling"):
        for one in (page, second):
            connection(one, state, 12)
    again = EdgeProcess(tmp_path, "tests.events_app.live_page:application", port=server.port)
    try:
        for one in (page, second):
            connection(one, "live")
            assert one.locator("body").get_attribute("data-heard").endswith("refresh refresh")
    finally:
        again.process.stop()


def test_without_locks_each_tab_listens_while_it_is_seen(tabs, server):
    page, second = tabs(path="bare"), tabs(path="bare")
    for one in (page, second):
        connection(one, "live")
    assert streams(server) == 2
    second.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    time.sleep(0.5)
    assert streams(server) == 1
    ring("harbor", "media")
    heard(page, "refresh media")
