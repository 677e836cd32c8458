"""live.js in a real browser: one stream for all tabs, and no change is missed."""

import contextlib
import socket
import socketserver
import threading
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

    def tab(slug="harbor", path="", url=server.url):
        page = context.new_page()
        page.goto(f"{url}/{slug}/{path}")
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
    """RELIABILITY 42; with the whole product in tests/flows/test_push."""
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
    """RELIABILITY 43: an outage of 15 s."""
    page, second = tabs(), tabs()
    for one in (page, second):
        one.expected_errors.append("/push/")
        one.expected_errors.append("ERR_")
        connection(one, "live")
        heard(one, "refresh")
    server.process.stop()
    stopped = time.monotonic()
    for state in ("reconnecting", "polling"):
        for one in (page, second):
            connection(one, state, 12)
    time.sleep(max(0, stopped + 15 - time.monotonic()))
    again = EdgeProcess(tmp_path, "tests.events_app.live_page:application", port=server.port)
    try:
        for one in (page, second):
            connection(one, "live")
            assert one.locator("body").get_attribute("data-heard").endswith("refresh refresh")
    finally:
        again.process.stop()


def bump(server):
    requests.get(f"{server.url}/bump", timeout=5)
    ring("harbor", "media")


def test_a_change_while_a_region_is_fetched_is_fetched_too(tabs, server):
    """The answer on its way was made before the change, and takes away the region that heard of it."""
    page = tabs(path="region/500")
    connection(page, "live")
    with page.expect_request("**/region/500"):
        bump(server)
    bump(server)
    expect(page.locator("#region")).to_have_text("2 in 500")


def test_a_filters_answer_is_shown_although_the_list_was_fetched_anew_meanwhile(tabs, server):
    page = tabs(path="region/0")
    connection(page, "live")
    with page.expect_request("**/region/600"):
        page.get_by_role("button", name="Filter").click()
    bump(server)
    expect(page.locator("#region")).to_have_text("1 in 0")
    expect(page.locator("#region")).to_have_text("1 in 600")


def test_a_line_that_a_proxy_cut_is_opened_again_and_what_came_meanwhile_is_seen(tabs, server):
    """RELIABILITY 43: a proxy's idle cut."""
    with proxy(server.port) as (port, cut):
        page = tabs(url=f"http://127.0.0.1:{port}")
        page.expected_errors.append("ERR_")
        connection(page, "live")
        heard(page, "refresh")
        cut()
        ring("harbor", "media")
        connection(page, "reconnecting")
        connection(page, "live")
        heard(page, "refresh refresh")


@contextlib.contextmanager
def proxy(port):
    """A TCP proxy before the server; yields its port and what cuts every open line."""
    lines = []

    def pump(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    class Line(socketserver.BaseRequestHandler):
        def handle(self):
            with socket.create_connection(("127.0.0.1", port)) as upstream:
                lines.extend((self.request, upstream))
                threading.Thread(target=pump, args=(self.request, upstream)).start()
                pump(upstream, self.request)

    def cut():
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Line) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address[1], cut
        cut()
        server.shutdown()


def test_another_sites_page_is_refused_and_hears_nothing(tabs, server, context):
    """RELIABILITY 46: a real page of another site, with the person's cookie in the same browser."""
    connection(tabs(), "live")
    other = context.new_page()
    other.expected_errors += ["ERR_FAILED", "CORS"]
    answers = []
    network = context.new_cdp_session(other)  # to the page itself the browser does not tell the status
    network.on("Network.responseReceivedExtraInfo", lambda told: answers.append(told["statusCode"]))
    network.send("Network.enable")
    ready_state = other.evaluate(
        """(url) => new Promise((resolve) => {
          const source = new EventSource(url, { withCredentials: true });
          source.onopen = source.onmessage = () => resolve("heard");
          source.onerror = () => resolve(source.readyState);
        })""",
        f"{server.url}/push/",
    )
    assert (ready_state, answers) == (2, [403])
    assert streams(server) == 1


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
