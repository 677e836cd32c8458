"""Webhooks late, twice, reversed or lost; FastPix down; a viewer who tries an editor's act."""

import pytest
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]


@pytest.mark.parametrize("weather", ["doubled", "reordered", "dropped"])
def test_the_page_ends_ready_whatever_happens_to_the_webhooks(page, stack, switch, tmp_path, weather):
    switch(webhooks=weather)
    acts.sign_in(page, stack.url, *stack.admin)
    title = f"weather {weather}"
    acts.upload(page, stack.url, acts.film(tmp_path / f"{title}.mp4", seconds=2, seed=6))
    page.goto(f"{stack.url}/w/sandbox/media/?q=weather+{weather}")
    acts.says(acts.row(page, title), acts.READY, within=150_000)
    acts.row(page, title).get_by_role("link", name=title).click()
    acts.plays(page)


def test_pages_still_open_while_fastpix_is_down_and_say_so(page, stack, switch, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path / "before the storm.mp4", seconds=2, seed=7))
    acts.says(page.locator("[data-uploads]"), acts.READY)
    switch(api="down")
    page.goto(f"{stack.url}/w/sandbox/media/?q=before+the+storm")
    acts.row(page, "before the storm").get_by_role("link", name="before the storm").click()
    expect(page.get_by_role("heading", name="before the storm", level=1)).to_be_visible()
    page.expected_errors.append("502")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("dialog")).to_contain_text("FastPix has trouble of its own", timeout=20_000)
    expect(page.get_by_role("dialog")).to_contain_text("What this console holds is untouched")
    page.goto(f"{stack.url}/w/sandbox/media/?q=before+the+storm")
    expect(acts.row(page, "before the storm")).to_be_visible()
    expect(page.locator("main .note")).to_contain_text("FastPix did not answer at")
    switch(api="up")
    acts.row(page, "before the storm").get_by_role("link", name="before the storm").click()
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("FastPix answered just now.")).to_be_visible(timeout=20_000)
    page.goto(f"{stack.url}/w/sandbox/media/")
    expect(page.locator("main .note")).to_have_count(0)


def test_a_viewer_sees_but_cannot_do_what_an_editor_can(page, stack, browser, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/members/")
    page.locator("form", has_text="Make the link").get_by_label("E-mail").fill("vera@example.com")
    page.locator("form", has_text="Make the link").get_by_label("Role").select_option("viewer")
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("#invitation-link").inner_text()
    other = browser.new_context().new_page()
    other.goto(link)
    other.get_by_label("Name").fill("Vera Viewer")
    other.get_by_label("Password", exact=True).fill("a long enough pass phrase")
    other.get_by_role("button", name="Join").click()
    expect(other.get_by_role("heading", name="Media", level=1)).to_be_visible()
    expect(other.get_by_role("link", name="Upload", exact=True)).to_have_count(0)
    refused = other.goto(f"{stack.url}/w/sandbox/media/uploads/")
    assert refused is not None
    assert refused.status == 403
    other.context.close()
