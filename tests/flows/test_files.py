"""Files of a media: MP4 and M4A switched on, made, downloaded through the page and looked into; source and input."""

import re
import subprocess

import pytest
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]


def probed(path):
    """What ffmpeg says of a file: every line about the container and its streams."""
    told = subprocess.run([acts.ffmpeg(), "-hide_banner", "-i", str(path)], capture_output=True, text=True, check=False)
    return told.stderr


def saved(page, link, folder):
    """The file a link of the page brings, under the name it is given."""
    with page.expect_download(timeout=acts.ENCODING) as coming:
        link.click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_mp4_and_m4a_are_switched_on_downloaded_and_really_are_what_they_say(page, stack, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path / "take it home.mp4", seconds=5, seed=13))
    acts.open_media(page, "take it home.mp4")
    acts.says(page.locator("#media-state"), acts.READY)
    beside_player = page.locator("#player-download")
    expect(beside_player.get_by_role("button")).to_have_attribute("aria-disabled", "true", timeout=acts.ENCODING)
    page.locator("#file-mp4").get_by_role("button", name="Change…").click()
    page.get_by_role("dialog").get_by_label("MP4 and M4A", exact=True).check()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).not_to_be_visible()
    files = page.locator("#file-mp4")
    expect(files.get_by_role("link")).to_have_count(2, timeout=acts.ENCODING)

    film = saved(page, beside_player.get_by_role("link"), tmp_path)
    assert film.name == "take_it_home.mp4"
    told = probed(film)
    assert re.search(r"Duration: 00:00:0[45]", told), told
    assert re.search(r"Video: h264.*640x360", told), told
    assert "Audio: aac" in told
    sound = probed(saved(page, files.get_by_role("link", name="Download audio.m4a"), tmp_path))
    assert "Audio: aac" in sound
    assert "Video:" not in sound

    page.locator("#file-source").get_by_role("button", name="Switch on…").click()
    expect(page.get_by_role("dialog")).to_contain_text("The original file, as it was uploaded")
    page.get_by_role("dialog").get_by_role("button", name="Switch on").click()
    expect(page.locator("#file-source")).to_contain_text("Access on")
    original = saved(page, page.locator("#file-source").get_by_role("link", name="Download"), tmp_path)
    assert acts.sha256(original) == acts.sha256(tmp_path / "take it home.mp4")
    page.locator("#input-info").get_by_role("button", name="Ask FastPix").click()
    expect(page.locator("#input-facts")).to_contain_text("640 × 360")
    expect(page.locator("#input-facts")).to_contain_text("is not shown")
