"""Titles, file names and payloads that want to be code: they stay words on every page, and nobody runs them."""

import json
import uuid

import pytest
import requests
from playwright.sync_api import expect

from tests.flows import acts
from tests.flows.test_every_page import SIGNED_IN

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]

HOSTILE = "<img src=x onerror=alert(1)>\"'{{7*7}}`${8*8}`"
NAME = "<svg onload=alert(2)>'\"{{7*7}}.mp4"


def test_hostile_words_are_only_words_on_every_page(browser, stack, tmp_path):
    """RELIABILITY 48: what others wrote is text."""
    context = browser.new_context()
    page = context.new_page()
    opened = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/account/")
    page.get_by_label("Name").fill(HOSTILE)
    page.get_by_role("button", name="Save").first.click()
    film = acts.film(tmp_path / "plain.mp4", seconds=1, seed=9)
    page.goto(f"{stack.url}/w/sandbox/media/uploads/")
    chooser = page.locator("input[type=file]:not([webkitdirectory])").first
    chooser.set_input_files({"name": NAME, "mimeType": "video/mp4", "buffer": film.read_bytes()})
    acts.says(page.locator("[data-uploads]"), acts.READY)
    acts.open_media(page, NAME)
    detail = page.url
    for address in [stack.url + address for address in SIGNED_IN.values()] + [
        detail,
        f"{stack.url}/w/sandbox/media/?q=svg",
    ]:
        page.goto(address)
        page.wait_for_timeout(250)
        assert page.locator("svg[onload], img[onerror], [onerror], [onload]").count() == 0, address
        assert "49.mp4" not in page.content(), address
    page.goto(f"{stack.url}/w/sandbox/media/?q=svg")
    page.locator("#media-rows").get_by_role("button").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("<svg onload=alert(2)>")
    assert opened == []
    context.close()


def test_a_hostile_event_is_kept_and_shown_as_text(browser, stack, page):
    """RELIABILITY 48: what others wrote is text."""
    event = {
        "type": "video.media.<script>alert(3)</script>",
        "id": str(uuid.uuid4()),
        "object": {"type": "media", "id": "</script><img src=x onerror=alert(4)>"},
        "data": {"title": HOSTILE},
        "createdAt": "2026-05-20T10:00:00.123456789Z",
    }
    body = json.dumps(event).encode()
    refused = requests.post(f"{stack.url}/webhooks/sandbox/", data=body, timeout=5)
    assert refused.status_code == 401
    from fastpix_api.webhooks import sign

    kept = json.loads((stack.data_dir / "sandbox-credentials.json").read_text())
    secret = next(value for name, value in kept.items() if "WEBHOOK" in name.upper())
    taken = requests.post(
        f"{stack.url}/webhooks/sandbox/", data=body, headers={"FastPix-Signature": sign(body, secret)}, timeout=5
    )
    assert taken.status_code == 200
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/events/")
    expect(page.get_by_text("<script>alert(3)</script>").first).to_be_visible()
    page.get_by_text("<script>alert(3)</script>").first.click()
    page.wait_for_timeout(300)
    assert page.locator("img[onerror]").count() == 0
