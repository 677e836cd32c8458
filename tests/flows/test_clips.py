"""A clip: marked in and out under the player, made, ready by itself, opened and played."""

import re

import pytest
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]


def stand_at(page, seconds):
    """Stop the film at a moment, as a person who drags its bar does."""
    page.evaluate(
        "at => { const video = document.querySelector('[data-player] video'); video.pause(); video.currentTime = at }",
        seconds,
    )


def test_a_clip_is_marked_made_and_played(page, stack, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path / "long reef.mp4", seconds=12, seed=12))
    acts.open_media(page, "long reef.mp4")
    acts.says(page.locator("#media-state"), acts.READY)
    create = page.get_by_role("button", name=re.compile("^Create clip"))
    expect(create).to_have_attribute("aria-disabled", "true", timeout=acts.ENCODING)
    acts.plays(page)
    stand_at(page, 3.4)
    page.keyboard.press("i")  # the player has the focus
    start, end = page.get_by_label("In", exact=True).first, page.get_by_label("Out", exact=True).first
    expect(start).to_have_value("0:03")
    stand_at(page, 7.2)
    page.get_by_role("button", name="Mark out").click()
    expect(end).to_have_value("0:08")
    expect(create).to_have_text("Create clip 0:03–0:08…")
    end.fill("0:02")
    expect(create).to_have_attribute("aria-disabled", "true")
    expect(create).to_have_attribute("title", re.compile("mark out after"))
    end.fill("0:10")
    end.press("ArrowDown")
    expect(end).to_have_value("0:09")
    create.click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("In", exact=True)).to_have_value("0:03")
    expect(dialog.get_by_label("Title")).to_have_value("long reef 0:03–0:09")
    dialog.get_by_label("Title").fill("What came back first")
    dialog.get_by_role("button", name="Create clip").click()
    expect(dialog).not_to_be_visible()
    clip = page.locator("#clips li", has_text="What came back first")
    expect(clip).to_contain_text("0:03–0:09")
    acts.says(clip, acts.READY)
    expect(clip.locator("img")).to_be_visible()

    clip.get_by_role("link", name="What came back first").click()
    expect(page.get_by_role("heading", name="What came back first", level=1)).to_be_visible()
    expect(page.locator("#clips")).to_contain_text("Cut out of long reef, 0:03–0:09")
    acts.plays(page)
    page.locator("#clips").get_by_role("link", name="long reef").click()
    expect(page.get_by_role("heading", name="long reef", level=1)).to_be_visible()
