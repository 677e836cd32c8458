"""Open pages when something goes away: many tabs, a killed web process, Redis, a session. On a stack of its own."""

import json
import re
import sqlite3
import time
from contextlib import closing, suppress

import pytest
import requests
from playwright.sync_api import Error, expect

from tests.flows import acts
from tests.redis_server import Server
from tests.stack import Stack

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]
# What the console of a browser says while there is no server
AWAY = ["/push/", "ERR_", "502", "503", "htmx:sendError", "htmx:afterRequest"]
SIGN_IN = re.compile(r"/accounts/login/\?next=")


class Console(Stack):
    """A stack whose Redis the tests can take away, with one media at its sandbox."""

    def __init__(self, folder):
        self.redis = Server()
        super().__init__(folder, REDIS_URL=self.redis.url)
        self.start()
        kept = json.loads((self.data_dir / "sandbox-credentials.json").read_text())
        self._far = requests.Session()
        self._far.auth = (kept["token_id"], kept["secret_key"])
        source = {"type": "video", "url": "http://127.0.0.1:9/nothing"}
        body = {"inputs": [source], "accessPolicy": "public", "title": "first title"}
        self.media_id = self._ask("POST", "", json=body)["id"]

    def _ask(self, method, path, **options):
        answer = self._far.request(method, f"{self.sandbox_url}/v1/on-demand{path}", timeout=10, **options)
        answer.raise_for_status()
        return answer.json()["data"]

    def rename(self, title):
        """Somebody elsewhere gives the media a title; a webhook tells of it."""
        self._ask("PATCH", f"/{self.media_id}", json={"title": title})

    def forget_sessions(self):
        """Every session ends, as if it had expired."""
        with closing(sqlite3.connect(self.data_dir / "console.sqlite3", timeout=20)) as database, database:
            database.execute("DELETE FROM django_session")

    def stop(self, *number):
        super().stop(*number)
        self.redis.stop()


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    started = Console(tmp_path_factory.mktemp("push"))
    yield started
    started.stop()


@pytest.fixture
def library(page, console):
    """A tab with the library open and listening."""
    page.expected_errors += AWAY
    acts.sign_in(page, console.url, *console.admin)
    return listening(page, console)


def listening(page, console):
    page.goto(f"{console.url}/w/sandbox/media/")
    shows(page, "live")
    return page


def shows(page, state, *, within=10):
    expect(page.locator("body")).to_have_attribute("data-connection", state, timeout=within * 1000)


def lists(page, console, title, *, within=10):
    expect(page.locator(f"#media-{console.media_id}")).to_contain_text(title, timeout=within * 1000)


def test_fifteen_tabs_load_share_one_stream_and_all_show_a_change(library, context, console):
    """RELIABILITY 42: browsers open six connections to one host; fifteen streams would leave none for pages."""
    library.close()
    streams = []
    context.on("request", lambda request: request.url.endswith("/push/") and streams.append(request))
    tabs = [listening(context.new_page(), console) for _ in range(15)]
    assert len(streams) == 1
    console.rename("seen by fifteen")
    for tab in tabs:
        lists(tab, console, "seen by fifteen")


def test_a_change_fetches_its_row_alone_and_a_row_that_no_longer_fits_goes(library, console):
    console.rename("a title")
    lists(library, console, "a title")
    asked = []
    library.on("request", lambda request: asked.append(request.url))
    console.rename("a wanted title")
    lists(library, console, "a wanted title")
    assert [url for url in asked if url.endswith(f"/w/sandbox/media/?only={console.media_id}")]
    assert f"{console.url}/w/sandbox/media/" not in asked
    library.goto(f"{console.url}/w/sandbox/media/?q=wanted")
    shows(library, "live")
    lists(library, console, "a wanted title")
    console.rename("another")
    expect(library.get_by_text("Nothing matches")).to_be_visible(timeout=10_000)


def test_a_killed_web_process_is_found_again_and_what_changed_meanwhile_is_shown(library, console):
    """RELIABILITY 43: SIGKILL, the supervisor starts another; the page is back within 10 s of it and missed nothing."""
    console.kill("web")
    console.rename("while nobody listened")
    shows(library, "reconnecting")
    expect(library.get_by_text("Reconnecting")).to_be_visible()
    console.process.wait_for(f"{console.url}/healthz", seconds=60)
    shows(library, "live")
    lists(library, console, "while nobody listened")
    console.rename("and heard again")
    lists(library, console, "and heard again")


def test_without_redis_the_page_says_that_it_polls_does_so_and_goes_back_by_itself(library, browser, console):
    other = browser.new_context().new_page()
    acts.sign_in(other, console.url, *console.admin)
    other.goto(f"{console.url}/w/sandbox/media/{console.media_id}/")
    console.redis.stop()
    try:
        shows(library, "polling", within=20)
        expect(library.get_by_text("Polling")).to_be_visible()
        console.rename("found by asking")
        other.expected_errors += AWAY
        other.get_by_role("button", name="Check now").click()
        lists(library, console, "found by asking", within=25)
    finally:
        console.redis.start()
    shows(library, "live", within=20)
    expect(library.get_by_text("Up to date")).to_be_visible()
    console.process.wait_for(f"{console.url}/readyz", seconds=60)
    console.rename("pushed again")
    lists(library, console, "pushed again", within=20)
    other.context.close()


def test_an_act_after_the_session_ended_leads_the_whole_page_to_sign_in(library, console):
    """RELIABILITY 47: not a sign-in form inside the list."""
    redirects = []
    library.on("response", lambda answer: redirects.append(answer.headers.get("hx-redirect")))
    console.forget_sessions()
    with suppress(Error):  # a refresh of the page's own may be first
        library.get_by_role("searchbox").fill("anything", timeout=5_000)
    library.wait_for_url(SIGN_IN)
    expect(library.get_by_role("button", name="Sign in")).to_be_visible()
    assert any(redirects)
    assert library.locator("#media-rows").count() == 0
    library.get_by_label("E-mail").fill(console.admin[0])
    library.get_by_label("Password", exact=True).fill(console.admin[1])
    library.get_by_role("button", name="Sign in").click()
    expect(library.get_by_role("heading", name="Media", level=1)).to_be_visible()


def test_an_idle_page_notices_that_its_session_ended(library, console):
    """RELIABILITY 44 and 47: the stream ends within 30 s, and the page that comes back is led to sign-in."""
    ended = []
    library.on("requestfinished", lambda request: request.url.endswith("/push/") and ended.append(time.monotonic()))
    time.sleep(3)  # the look at everything that follows the connection must be over, or it notices
    console.forget_sessions()
    gone = time.monotonic()
    library.expected_errors.append("401")
    library.wait_for_url(SIGN_IN, timeout=60_000)
    assert ended
    assert ended[0] - gone < 30
