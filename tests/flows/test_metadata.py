"""Title, creator and metadata: edited by keyboard, by two people at once, and while somebody deletes the media."""

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(180)]


@pytest.fixture
def media(stack):
    """The id of a media with a title and two pairs; its source answers nobody, which is no hindrance to editing."""
    source = {"type": "video", "url": "http://127.0.0.1:9/nothing.mp4"}
    held = {"title": f"Harbour {uuid.uuid4().hex[:6]}", "metadata": {"project": "reef", "licence": "CC BY"}}
    return acts.fastpix(stack, "POST", "/on-demand", json={"inputs": [source], "accessPolicy": "public", **held})["id"]


def look(page, stack, media):
    """The media's page, once the console has heard of it and FastPix has given up on its source."""
    page.expected_errors.append("422")
    acts.arrives(page, f"{stack.url}/w/sandbox/media/{media}/")
    acts.says(page.locator("#media-state"), acts.FAILED)


def edit(page):
    """The editor, open."""
    page.get_by_role("button", name="Edit…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Title")).to_be_focused()
    return dialog


def held(stack, media):
    told = acts.fastpix(stack, "GET", f"/on-demand/{media}")
    return told["title"], told["metadata"]


def test_pairs_are_added_changed_and_taken_out_by_keyboard(page, stack, media):
    acts.sign_in(page, stack.url, *stack.admin)
    look(page, stack, media)
    dialog = edit(page)
    page.keyboard.press("Control+a")
    page.keyboard.type("Harbour at dawn")
    for _ in range(4):  # the creator, the first pair's key, its value, its button
        page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Remove project")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Put project back")).to_be_focused()
    expect(dialog.locator("del", has_text="project: reef")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("CC0")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="Add a pair")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("series")
    page.keyboard.press("Tab")
    page.keyboard.type("Tides")
    expect(dialog.locator("ins", has_text="licence: CC0")).to_be_visible()
    expect(dialog.get_by_text("2 of 10 pairs")).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()
    expect(page.get_by_role("button", name="Edit…")).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour at dawn")
    expect(page.locator("#timeline del", has_text="CC BY")).to_be_visible()
    assert held(stack, media) == ("Harbour at dawn", {"licence": "CC0", "series": "Tides"})


def test_more_than_ten_pairs_cannot_be_added_and_the_reason_is_said(page, stack, media):
    acts.sign_in(page, stack.url, *stack.admin)
    look(page, stack, media)
    dialog = edit(page)
    add = dialog.get_by_role("button", name="Add a pair")
    for number in range(8):
        add.click()
        page.keyboard.type(f"key {number}")
    expect(add).to_have_attribute("aria-disabled", "true")
    expect(dialog.get_by_text("FastPix keeps 10 pairs. Remove one to add another.")).to_be_visible()
    add.click(force=True)
    expect(dialog.locator("[data-pair]")).to_have_count(10)
    page.mouse.click(5, 5)  # a slip beside the dialog costs nothing
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Give it a value, or remove the pair.").first).to_be_visible()
    expect(dialog.locator("[data-pair]")).to_have_count(10)


def test_two_people_edit_the_same_media_and_nothing_is_lost(browser, stack, page, media):
    acts.sign_in(page, stack.url, *stack.admin)
    second = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    acts.sign_in(second, stack.url, *acts.person(stack, "ben@example.com"))
    look(page, stack, media)
    look(second, stack, media)
    hers, his = edit(page), edit(second)
    hers.get_by_label("Title").fill("Her title")
    hers.get_by_label("Value of licence").fill("CC0")
    his.get_by_label("Title").fill("His title")
    his.get_by_label("Value of project").fill("atoll")
    hers.get_by_role("button", name="Save").click()
    expect(second.locator("#details")).to_contain_text("Her title")  # told by push, his editor stays as it is
    expect(his.get_by_label("Title")).to_have_value("His title")
    his.get_by_role("button", name="Save").click()
    asked = his.get_by_role("group", name=re.compile("^Title changed by "))
    expect(asked).to_contain_text("Her title")
    expect(his.locator("ins", has_text="CC0").first).to_be_visible()
    assert held(stack, media) == ("Her title", {"project": "reef", "licence": "CC0"})
    asked.get_by_label("As you wrote it").check()
    his.get_by_role("button", name="Save").click()
    expect(his).not_to_be_visible()
    expect(page.locator("#details")).to_contain_text("atoll")
    assert held(stack, media) == ("His title", {"project": "atoll", "licence": "CC0"})
    second.context.close()


def test_what_was_changed_elsewhere_is_shown_after_saving_beside_ones_own(page, stack, media):
    acts.sign_in(page, stack.url, *stack.admin)
    look(page, stack, media)
    dialog = edit(page)
    acts.fastpix(stack, "PATCH", f"/on-demand/{media}", json={"metadata": {"project": "reef", "licence": "CC0"}})
    dialog.get_by_label("Creator").fill("desk")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("kept beside your changes")).to_be_visible()
    expect(dialog.locator(".diff", has_text="licence").locator("del")).to_have_text("CC BY")
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator("#details")).to_contain_text("desk")
    assert held(stack, media)[1] == {"project": "reef", "licence": "CC0"}


def test_a_change_is_taken_back_from_the_timeline(page, stack, media):
    acts.sign_in(page, stack.url, *stack.admin)
    look(page, stack, media)
    title = held(stack, media)[0]
    dialog = edit(page)
    dialog.get_by_label("Title").fill("A mistake")
    page.keyboard.press("Enter")
    page.locator("#timeline").get_by_role("button", name="Revert…").click()
    expect(dialog.get_by_label("Title")).to_have_value(title)
    expect(dialog.locator("del", has_text="A mistake")).to_be_visible()
    assert dialog.locator("del").first.evaluate("(was) => getComputedStyle(was).unicodeBidi") == "isolate", (
        "what turns the direction of writing stays within its text"
    )
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_an_item_deleted_elsewhere_while_its_editor_is_open(page, stack, media):
    acts.sign_in(page, stack.url, *stack.admin)
    look(page, stack, media)
    dialog = edit(page)
    dialog.get_by_label("Title").fill("Many words nobody writes twice")
    acts.fastpix(stack, "DELETE", f"/on-demand/{media}")
    expect(page.locator("#media-state")).to_contain_text("FastPix no longer has this media")  # by push
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Nothing was saved")
    expect(dialog.get_by_label("Title")).to_have_value("Many words nobody writes twice")
    expect(dialog.get_by_role("button", name="Save")).to_have_attribute("aria-disabled", "true")
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Edit…")).to_have_attribute("aria-disabled", "true")
