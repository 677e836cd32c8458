"""From signing in to a film that plays, with nothing between but what a person does."""

import pytest
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(240)]


def test_a_dropped_film_uploads_becomes_ready_without_reload_and_plays(page, stack, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path / "harbour tour.mp4"))
    acts.says(page.locator("[data-uploads]"), acts.READY)
    acts.open_media(page, "harbour tour.mp4")
    expect(page.get_by_role("heading", name="harbour tour", level=1)).to_be_visible()
    acts.plays(page)


def test_the_library_and_a_second_tab_both_follow_by_themselves(context, stack, tmp_path):
    first, second = context.new_page(), context.new_page()
    acts.sign_in(first, stack.url, *stack.admin)
    second.goto(f"{stack.url}/w/sandbox/media/")
    acts.upload(first, stack.url, acts.film(tmp_path / "two tabs.mp4", seed=1))
    expect(acts.row(second, "two tabs")).to_be_visible(timeout=acts.ENCODING)
    acts.says(acts.row(second, "two tabs"), acts.READY)
    acts.row(second, "two tabs").get_by_role("link", name="two tabs").click()
    acts.plays(second)


def test_a_page_opened_before_it_is_ready_shows_the_player_when_it_is(page, stack, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path / "wait for me.mp4", seconds=8, seed=2))
    acts.open_media(page, "wait for me.mp4")
    expect(page.locator("[data-player]")).to_be_visible(timeout=acts.ENCODING)
    acts.says(page.locator("#media-state"), acts.READY)
    acts.plays(page)


def test_a_text_file_ends_as_failed_with_the_reason_on_the_page(page, stack, tmp_path):
    note = tmp_path / "not a film.mp4"
    note.write_text("These are words, not pictures.\n" * 500)
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, note)
    acts.says(page.locator("[data-uploads]"), acts.FAILED)
    page.goto(f"{stack.url}/w/sandbox/media/?status=failed")
    failed = acts.row(page, "not a film")
    acts.says(failed, acts.FAILED)
    failed.get_by_role("link", name="not a film").click()
    expect(page.locator("#media-state .reason")).not_to_be_empty()
