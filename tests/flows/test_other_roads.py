"""The other ways in: a URL, the server's folder; and the way out: deleting."""

import re

import pytest
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(240)]


def test_a_film_comes_in_by_its_address(page, stack):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/media/import/")
    page.get_by_label(re.compile("URL|Address", re.I)).first.fill(f"{stack.sandbox_url}/samples/demo.mp4")
    page.get_by_role("button", name=re.compile("Import")).click()
    page.goto(f"{stack.url}/w/sandbox/media/")
    acts.says(acts.row(page, "demo"), acts.READY)
    acts.row(page, "demo").get_by_role("link", name="demo").click()
    acts.plays(page)


def test_a_worker_sends_a_file_of_the_import_folder(page, stack, tmp_path):
    stack.import_dir.mkdir(parents=True, exist_ok=True)
    acts.film(stack.import_dir / "from the server.mp4", seed=3)
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/media/server/")
    page.get_by_role("checkbox", name=re.compile("from the server")).check()
    page.get_by_role("button", name=re.compile("Start|Upload|Send")).first.click()
    page.goto(f"{stack.url}/w/sandbox/media/")
    acts.says(acts.row(page, "from the server"), acts.READY)


def test_a_file_handed_to_the_console_is_sent_on_by_a_worker_and_leaves_no_copy(page, stack, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/media/uploads/")
    page.get_by_label("Way to FastPix").select_option("console")
    page.set_input_files("#files", acts.film(tmp_path / "by hand.mp4", seed=6))
    in_queue = page.locator("[data-uploads] tr", has_text="by hand.mp4").first
    acts.says(in_queue, acts.READY)
    assert list((stack.data_dir / "handed").iterdir()) == []
    acts.open_media(page, "by hand.mp4")
    acts.plays(page)


def test_a_private_film_plays_once_a_key_was_made(page, stack, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path / "members only.mp4", seed=4), policy="private")
    acts.open_media(page, "members only.mp4")
    page.get_by_role("button", name="Create a signing key").click(timeout=acts.ENCODING)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Keep the private key here, encrypted")).to_be_checked()
    dialog.get_by_role("button", name="Create signing key").click()
    dialog.get_by_role("button", name="Done").click()
    acts.plays(page)
    outside = page.request.get(page.locator("[data-player]").get_attribute("data-src") or "")
    assert outside.status == 401


def test_deleting_names_the_consequence_and_takes_the_row_away(page, stack, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path / "short lived.mp4", seconds=2, seed=5))
    acts.says(page.locator("[data-uploads]"), acts.READY)
    page.goto(f"{stack.url}/w/sandbox/media/?q=short+lived")
    acts.row(page, "short lived").get_by_role("button", name=re.compile("Delete")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("FastPix deletes it for good.")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    dialog.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Deleted “short lived”.")).to_be_visible()
    page.goto(f"{stack.url}/w/sandbox/media/?q=short+lived")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
