"""Many media at once: selected by a range, deleted while the worker is killed; edited, one failing and tried again."""

import json
import re
from collections import Counter

import pytest
import requests
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]
SOON = 30_000  # ms; for what a worker does at once
# A killed worker's lease runs for 30 s, the sweep comes each 15 s; beside everything else the stories run
AFTER_A_DEATH = 90_000


class Far:
    """The sandbox of the stack, as somebody elsewhere uses it."""

    def __init__(self, stack):
        kept = json.loads((stack.data_dir / "sandbox-credentials.json").read_text())
        self._url = stack.sandbox_url
        self._session = requests.Session()
        self._session.auth = (kept["token_id"], kept["secret_key"])

    def put(self, title, **settings):
        source = {"type": "video", "url": "http://127.0.0.1:9/nothing"}
        return self.ask("POST", "", json={"inputs": [source], "accessPolicy": "public", "title": title, **settings})

    def ask(self, method, path, *, status=None, **options):
        answer = self._session.request(method, f"{self._url}/v1/on-demand{path}", timeout=20, **options)
        assert answer.status_code == status if status else answer.ok, answer.text
        return answer.json().get("data")

    def switch(self, **values):
        requests.post(f"{self._url}/_sandbox/switches", json=values, timeout=5).raise_for_status()

    def deletions(self):
        """Media id → how many deletions the sandbox told of."""
        events = requests.get(f"{self._url}/_sandbox/state", timeout=20).json()["events"]
        return Counter(event["object_id"] for event in events if event["type"] == "video.media.deleted")


@pytest.fixture
def far(stack):
    far = Far(stack)
    yield far
    far.switch(api="up")


@pytest.fixture
def library(page, stack):
    """Opens the library on what is looked for, listening."""
    page.expected_errors += ["/push/", "ERR_"]
    acts.sign_in(page, stack.url, *stack.admin)

    def look_for(words, count):
        page.goto(f"{stack.url}/w/sandbox/media/?q={words.replace(' ', '+')}")
        expect(page.locator("body")).to_have_attribute("data-connection", "live", timeout=SOON)
        expect(page.locator("[data-pick]")).to_have_count(count, timeout=SOON)

    return look_for


def select_range(page, first, last):
    page.locator("[data-pick]").nth(first).click()
    page.locator("[data-pick]").nth(last).click(modifiers=["Shift"])


def in_bar(page, name):
    return page.locator("#media-bulk").get_by_role("button", name=name)


def test_thirteen_are_deleted_once_each_while_their_worker_is_killed(page, stack, far, library):
    """RELIABILITY 37, as a person meets it: the page tells how far it is and of the end, without being reloaded."""
    media = [far.put(f"doomed reel {number}")["id"] for number in range(14)]
    library("doomed reel", 14)
    select_range(page, 0, 12)
    expect(page.locator("#media-bulk")).to_contain_text("13 selected")
    kept = page.locator("[data-pick]").nth(13).get_attribute("value")
    in_bar(page, "Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete 13 media?")
    expect(dialog).to_contain_text("13 playback IDs stop working")
    far.switch(api="slow:1")
    dialog.get_by_role("button", name="Delete for good").click()
    line = page.locator("#job-progress")
    expect(line).to_contain_text("Delete 13 media", timeout=SOON)
    expect(page.locator("#media-bulk")).to_be_hidden()
    line.get_by_role("link", name="Show").click()
    state = page.locator("#job-state")
    page.evaluate("window.neverReloaded = true")
    expect(state).to_contain_text(re.compile(r"\b[2-9] of 13 done"), timeout=SOON)
    stack.kill("transfers")
    far.switch(api="up")
    expect(state).to_contain_text("13 of 13 done", timeout=AFTER_A_DEATH)
    expect(state.get_by_role("status")).to_contain_text("Done")
    expect(page.locator("#job-items tbody tr")).to_have_count(13)
    expect(page.locator("#job-items tbody")).not_to_contain_text("Waiting", timeout=SOON)
    assert page.evaluate("window.neverReloaded")

    told = far.deletions()
    assert {one: told[one] for one in media} == {one: int(one != kept) for one in media}
    for one in media:
        far.ask("GET", f"/{one}", status=200 if one == kept else 404)
    library("doomed reel", 1)
    assert page.locator("[data-pick]").get_attribute("value") == kept


def test_the_one_that_fails_says_why_and_is_tried_again_alone(page, far, library):
    page.expected_errors.append("422")
    full = {f"key {number}": "x" for number in range(10)}
    media = [far.put(f"tagged reel {number}", metadata={"season": "1"})["id"] for number in range(3)]
    crowded = far.put("tagged reel crowded", metadata=full)["id"]
    library("tagged reel", 4)
    page.locator("[data-pick-page]").click()
    in_bar(page, "Metadata…").click()
    dialog = page.get_by_role("dialog", name="Edit the metadata of 4 media")
    dialog.get_by_role("button", name="Edit them").click()
    expect(dialog).to_contain_text("Nothing to change yet")
    dialog.get_by_label("Pairs to set").fill("show=Harbour news")
    dialog.get_by_role("button", name="Edit them").click()
    line = page.locator("#job-progress")
    expect(line).to_contain_text("3 of 4 done, 1 failed", timeout=SOON)
    line.get_by_role("link", name="Show").click()
    failed = page.locator("#job-items tr", has_text="tagged reel crowded")
    expect(failed).to_contain_text("11 pairs. FastPix keeps 10 and drops the rest.")
    for one in media:
        assert far.ask("GET", f"/{one}")["metadata"] == {"season": "1", "show": "Harbour news"}
    assert far.ask("GET", f"/{crowded}")["metadata"] == full

    fewer = {key: value for key, value in full.items() if key != "key 3"}
    far.ask("PATCH", f"/{crowded}", json={"metadata": fewer})
    page.get_by_role("button", name="Try the 1 failed again").click()
    expect(page.locator("#job-state")).to_contain_text("4 of 4 done", timeout=SOON)
    assert far.ask("GET", f"/{crowded}")["metadata"] == {**fewer, "show": "Harbour news"}
    page.mouse.move(5, 5)
    expect(failed).to_contain_text("Done", timeout=SOON)


def test_what_is_selected_stays_through_a_refresh_and_ends_with_escape(page, far, library):
    for number in range(3):
        far.put(f"steady reel {number}")
    library("steady reel", 3)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    bar = page.locator("#media-bulk")
    expect(bar).to_contain_text("3 selected")
    expect(page.locator("#said")).to_have_text("3 selected")
    page.get_by_role("heading", name="Media", level=1).click()
    far.put("steady reel late")
    expect(page.locator("[data-pick]")).to_have_count(4, timeout=SOON)
    expect(page.locator("[data-pick]:checked")).to_have_count(3)
    page.reload()
    expect(page.locator("[data-pick]:checked")).to_have_count(3, timeout=SOON)
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(page.locator("[data-pick]:checked")).to_have_count(0)


def test_at_phone_width_the_acts_are_in_a_sheet(browser, stack, far):
    far.put("pocket reel")
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/media/?q=pocket+reel")
    page.locator("[data-pick]").first.tap(timeout=SOON)
    page.get_by_role("button", name="Act on 1…").tap()
    page.locator("#bulk-acts").get_by_role("button", name="Delete…").tap()
    dialog = page.get_by_role("dialog", name="Delete 1 media?")
    expect(dialog.get_by_role("button", name="Keep them")).to_be_focused()
    dialog.get_by_role("button", name="Delete for good").tap()
    expect(page.locator("#job-progress")).to_contain_text("1 of 1 done", timeout=SOON)
    context.close()
