"""Settings of new media: a preset, a file sent with it, and upload URLs nobody used."""

import json
import re
import time

import pytest
import requests
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]


def at_fastpix(stack, path, method="GET", **body):
    """What the sandbox answers."""
    kept = json.loads((stack.data_dir / "sandbox-credentials.json").read_text())
    keys = kept["token_id"], kept["secret_key"]
    answer = requests.request(method, f"{stack.sandbox_url}/v1{path}", json=body or None, auth=keys, timeout=20)
    answer.raise_for_status()
    return answer.json()["data"]


def settled(stack, media_id):
    """The media once FastPix has done all it was asked for."""
    deadline = time.monotonic() + acts.ENCODING / 1000
    while time.monotonic() < deadline:
        media = at_fastpix(stack, f"/on-demand/{media_id}")
        subtitles = [one for one in media.get("tracks", []) if one["type"] == "subtitle"]
        if media.get("status") == "Ready" and subtitles and subtitles[0]["status"] == "available":
            return media
        time.sleep(0.5)
    raise AssertionError(media)


def unused_url(stack, **settings):
    """An upload URL that somebody asked for elsewhere."""
    body = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public"} | settings}
    return at_fastpix(stack, "/on-demand/upload", "POST", **body)["uploadId"]


def test_a_file_sent_with_a_preset_has_all_of_it(page, stack, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/media/uploads/presets/add/")
    page.get_by_label("Name", exact=True).fill("Members only")
    page.get_by_label("Who can play it").select_option("private")
    page.get_by_label("Maximum").select_option("480p")
    page.get_by_label("Files to download").select_option("audioOnly,capped_4k")
    page.get_by_label("Generate subtitles").select_option("en")
    page.get_by_text("Creator and metadata").click()
    page.get_by_label("Metadata").fill("show = Harbour\nno pair")
    page.get_by_role("button", name="Keep preset").click()
    expect(page.get_by_text("Line 2: A key and a value with = between them.")).to_be_visible()
    page.get_by_label("Metadata").fill("show = Harbour\nseason = 2")
    page.get_by_role("button", name="Keep preset").click()
    expect(page.get_by_role("row", name=re.compile("Members only"))).to_contain_text("Generate subtitles: English")

    page.goto(f"{stack.url}/w/sandbox/media/uploads/")
    page.get_by_label("Preset").select_option(label="Members only")
    expect(page.get_by_label("Who can play it")).to_have_value("private")
    page.get_by_label("Ask for each title first").check()
    page.set_input_files("#files", acts.film(tmp_path / "with a preset.mp4", seconds=3, seed=21))
    in_queue = page.locator("[data-uploads] tr", has_text="with a preset.mp4").first
    in_queue.get_by_label("Title").fill("Harbour at dawn, part 2")
    in_queue.get_by_role("button", name="Send with a preset.mp4").click()
    acts.says(in_queue, acts.SENT)
    expect(in_queue).to_contain_text("Members only", timeout=acts.ENCODING)
    acts.open_media(page, "with a preset.mp4")
    page.wait_for_url(re.compile(r"/media/[0-9a-f-]{36}/"))
    media = settled(stack, page.url.rstrip("/").rpartition("/")[2])
    assert {key: media["metadata"][key] for key in ("show", "season")} == {"show": "Harbour", "season": "2"}
    assert (media["title"], media["maxResolution"]) == ("Harbour at dawn, part 2", "480p")
    assert [one["accessPolicy"] for one in media["playbackIds"]] == ["private"]
    assert media["mp4Support"] == "audioOnly,capped_4k"
    assert [one["languageCode"] for one in media["tracks"] if one["type"] == "subtitle"] == ["en"]
    expect(page.locator("body")).to_contain_text("with a preset.mp4 · preset Members only")


def test_an_unused_upload_url_takes_a_file_and_another_is_cancelled(page, stack, tmp_path):
    taken, given_up = unused_url(stack, metadata={"show": "from the cms"}), unused_url(stack)
    film = acts.film(tmp_path / "late for its url.mp4", seconds=2, seed=22)
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/media/uploads/unused/")
    row = page.locator(f"#unused-{taken}")
    expect(row).to_contain_text("Elsewhere", timeout=20_000)
    expect(row).to_contain_text("Runs out in 3 h 59 min")
    with page.expect_file_chooser() as asked:
        row.get_by_role("button", name=re.compile("Send a file")).click()
    asked.value.set_files(film)
    acts.says(page.locator(".tray li", has_text="late for its url.mp4"), acts.SENT)
    page.locator(f"#unused-{given_up}").get_by_role("button", name=re.compile("^Cancel")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("can no longer send a file with it")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    dialog.get_by_role("button", name="Cancel the URL").click()
    expect(page.locator(f"#unused-{given_up}")).to_contain_text("Cancelled")
    assert {taken, given_up}.isdisjoint(one["uploadId"] for one in at_fastpix(stack, "/on-demand/uploads?limit=50"))
    media = at_fastpix(stack, f"/on-demand/{taken}")
    assert media["metadata"] == {"show": "from the cms"}
