"""FastPix or its storage in trouble while people work: pages open, one sentence says what to do, all ends well."""

import re

import pytest
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]

SENTENCE = {
    "limited:2": "FastPix has had too many requests from this workspace. Try again in 2 s.",
    "limited:none": "FastPix has had too many requests from this workspace. Try again in a minute.",
    "html": "FastPix sent an answer that cannot be read.",
    "html:502": "FastPix has trouble of its own (status 502).",
    "truncated": "FastPix sent an answer that cannot be read.",
}
RAW = re.compile(r"<h1|hotel|Traceback|JSON|undefined|\[object|Errno|HTTPConnection|None\b")


@pytest.fixture(scope="module")
def shown(stack, browser, tmp_path_factory):
    """The title of a media that is ready before any trouble."""
    page = browser.new_context().new_page()
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path_factory.mktemp("film") / "calm before.mp4", seconds=2, seed=8))
    acts.says(page.locator("[data-uploads]"), acts.READY)
    page.context.close()
    return "calm before"


def opens(page, stack, title):
    """From the library to the page of a media."""
    page.goto(f"{stack.url}/w/sandbox/media/?q={title.replace(' ', '+')}")
    acts.row(page, title).get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def nothing_raw(page):
    assert not RAW.search(page.locator("body").inner_text())


@pytest.mark.parametrize("position", SENTENCE)
def test_an_act_meets_the_trouble_in_one_sentence_and_the_pages_go_on(page, stack, switch, shown, position):
    """RELIABILITY 23, 24 and 28, as a person meets them."""
    acts.sign_in(page, stack.url, *stack.admin)
    page.expected_errors.append("502")
    switch(api=position)
    opens(page, stack, shown)
    page.get_by_role("button", name="Check now").click()
    told = page.get_by_role("dialog")
    expect(told).to_contain_text(SENTENCE[position], timeout=20_000)
    expect(told).to_contain_text(re.compile("What this console holds is untouched|Nothing was changed"))
    nothing_raw(page)
    told.get_by_role("button", name="Close").click()
    expect(page.get_by_role("heading", name=shown, level=1)).to_be_visible()
    switch(api="up")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("FastPix answered just now.")).to_be_visible(timeout=20_000)


def test_a_slow_fastpix_is_waited_for_while_pages_open_at_once(page, stack, switch, shown):
    """RELIABILITY 26: late, but there."""
    acts.sign_in(page, stack.url, *stack.admin)
    switch(api="slow:4")
    opens(page, stack, shown)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("FastPix answered just now.")).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("position", ["limited:none", "html", "truncated", "slow:3", "flaky:3", "reply_lost:2"])
def test_an_upload_in_trouble_says_so_and_goes_on_by_itself(page, stack, switch, tmp_path, position):
    """RELIABILITY 23, 25 and 28: the call that gives a file its address."""
    acts.sign_in(page, stack.url, *stack.admin)
    page.expected_errors.append("502")
    name = f"api {position.partition(':')[0]}.mp4"
    film = acts.film(tmp_path / name, seconds=2, seed=len(position))
    switch(api=position)
    page.goto(f"{stack.url}/w/sandbox/media/uploads/")
    page.locator("input[type=file]:not([webkitdirectory])").first.set_input_files(str(film))
    row = page.locator("[data-uploads] tr", has_text=name).first
    if position in SENTENCE:
        expect(row).to_contain_text(SENTENCE[position], timeout=30_000)
        nothing_raw(page)
        switch(api="up")
    acts.says(row, acts.SENT)
    switch(api="up")
    acts.says(row, acts.READY)


@pytest.mark.parametrize("position", ["drop:1", "reply_lost:1", "forgets:1", "partial:1", "flaky:3", "limited:1"])
def test_an_upload_survives_its_storage(page, stack, switch, tmp_path, position):
    """RELIABILITY 31: whatever storage does, the film that came out of it is encoded in the end."""
    acts.sign_in(page, stack.url, *stack.admin)
    page.expected_errors += ["503", "429", "net::ERR"]
    name = f"storage {position.partition(':')[0]}.mp4"
    film = acts.film(
        tmp_path / name, seconds=8, seed=len(position), picture="testsrc2=size=1280x720:rate=24,noise=alls=60"
    )
    switch(storage=position)
    page.goto(f"{stack.url}/w/sandbox/media/uploads/")
    page.locator("input[type=file]:not([webkitdirectory])").first.set_input_files(str(film))
    row = page.locator("[data-uploads] tr", has_text=name).first
    if position in {"limited:1", "partial:1"}:
        page.wait_for_timeout(3000)
        nothing_raw(page)
        switch(storage="up")
    acts.says(row, acts.SENT)
    acts.says(row, acts.READY)
