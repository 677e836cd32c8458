"""In-video AI: asked for on the page, its results arriving there, a chapter that plays from where it begins."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(240)]


def video_is_at(page, least, most):
    """The film's own clock comes between these seconds."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        # asked from outside: the page's CSP refuses a condition that waits inside it
        at = page.evaluate("document.querySelector('[data-player] video')?.currentTime ?? -1")
        if least <= at <= most:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the film stands at {at}")


def test_a_summary_and_chapters_are_asked_for_and_a_chapter_plays_from_its_start(page, stack, tmp_path):
    page.expected_errors.append("422")  # the length that is refused
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path / "harbour chapters.mp4", seconds=8, seed=11))
    acts.open_media(page, "harbour chapters.mp4")
    acts.says(page.locator("#media-state"), acts.READY)
    summary, chapters = page.locator("#ai-summary"), page.locator("#ai-chapters")
    expect(summary).to_contain_text("Not asked for")

    summary.get_by_role("button", name="Ask…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Length in words").fill("20")
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(dialog).to_contain_text("greater than or equal to 30")
    dialog.get_by_label("Length in words").fill("40")
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(dialog).not_to_be_visible()
    expect(summary).to_contain_text(re.compile("waiting for FastPix|keeps to one subject"))
    chapters.get_by_role("button", name="Ask").click()
    expect(chapters).to_contain_text(re.compile("waiting for FastPix|this part is about"))
    page.reload()

    expect(summary).to_contain_text("harbour chapters runs for", timeout=acts.ENCODING)
    expect(chapters.get_by_role("link")).to_have_count(2, timeout=acts.ENCODING)
    second = chapters.get_by_role("link").nth(1)
    expect(second).to_contain_text("0:04")
    second.press("Enter")
    video_is_at(page, 4, 8.5)
    chapters.get_by_role("link").first.click()
    video_is_at(page, 0, 3.5)

    with page.expect_download() as coming:
        page.get_by_role("link", name="Download chapters").click()
    text = coming.value.path().read_text()
    assert text.startswith("WEBVTT\n")
    assert "00:00:04.000 --> 00:00:08" in text
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy as WebVTT").click()
    expect(page.locator("#said")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == text.strip()
