"""Every page, in both themes, at a desk and on a phone: no axe violation, valid HTML, nothing wider than the screen."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.flows import acts
from tests.flows.at_fastpix import AtFastPix

pytestmark = [pytest.mark.flow, pytest.mark.timeout(600)]

AXE = Path(__file__).parent.parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
RESULTS = Path(__file__).parent.parent.parent / "test-results"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
SIGNED_IN = {
    "library": "/w/sandbox/media/",
    "library, nothing found": "/w/sandbox/media/?q=nosuchthing",
    "jobs": "/w/sandbox/media/jobs/",
    "upload": "/w/sandbox/media/uploads/",
    "import by URL": "/w/sandbox/media/import/",
    "import folder": "/w/sandbox/media/server/",
    "playback security": "/w/sandbox/media/security/",
    "unused upload URLs": "/w/sandbox/media/uploads/unused/",
    "presets": "/w/sandbox/media/uploads/presets/",
    "add a preset": "/w/sandbox/media/uploads/presets/add/",
    "playlists": "/w/sandbox/playlists/",
    "playlists, nothing found": "/w/sandbox/playlists/?q=nosuchthing",
    "create a playlist": "/w/sandbox/playlists/create/",
    "streams": "/w/sandbox/live/",
    "analytics": "/w/sandbox/analytics/",
    "events": "/w/sandbox/events/",
    "events, filtered": "/w/sandbox/events/?type=sandbox.*&object=o-shown&flag=late&from=2026-01-01T10:00&state=failed",
    "events, nothing found": "/w/sandbox/events/?type=no.such.type",
    "event that failed": "/w/sandbox/events/shown-0/",
    "event no longer kept": "/w/sandbox/events/no-such-event/",
    "webhooks": "/w/sandbox/settings/endpoint/",
    "settings": "/w/sandbox/settings/",
    "members": "/w/sandbox/members/",
    "account": "/account/",
    "password": "/accounts/password/change/",
    "workspaces": "/workspaces/",
    "add a workspace": "/workspaces/add/",
    "not found": "/w/sandbox/media/no-such-media/",
}


@pytest.fixture(scope="module")
def film(stack, browser, tmp_path_factory):
    """A ready media's address, and one that failed, so that the pages have something to show."""
    page = browser.new_context().new_page()
    folder = tmp_path_factory.mktemp("films")
    broken = folder / "broken upload.mp4"
    broken.write_bytes(b"not a film" * 999)
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(folder / "shown on every page.mp4", seed=8), broken)
    failed = {"state": "failed", "late": True, "conflicting": True, "times": 2, "tries": 5, "error": "KeyError in x.py"}
    acts.events(stack, "shown", 1, **failed)
    page.goto(f"{stack.url}/w/sandbox/media/?q=shown+on")
    ready = acts.row(page, "shown on every page")
    acts.says(ready, acts.READY)
    address = ready.get_by_role("link").first.get_attribute("href")
    page.context.close()
    return address


@pytest.fixture(scope="module")
def playlist(stack, film):
    """The address of a playlist that holds the film."""
    media_id = film.rstrip("/").rpartition("/")[2]
    return f"/w/sandbox/playlists/{AtFastPix(stack).playlist(media_id, name='Shown on every page')}/"


def _look(page, name, theme, size):
    """Judge the page as it stands; returns its problems."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    problems = [
        f"{name} ({theme}, {size}): {one['id']}: {one['help']}: {[node['target'] for node in one['nodes'][:4]]}"
        for one in found["violations"]
    ]
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 0:
        problems.append(f"{name} ({theme}, {size}): {wide} px wider than the screen")
    RESULTS.mkdir(exist_ok=True)
    page.screenshot(path=str(RESULTS / f"{name.replace(' ', '-')}-{size}-{theme}.png"), full_page=True)
    return problems


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_breaks_accessibility_or_the_screen(browser, stack, film, playlist, theme, size):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    page = context.new_page()
    problems, sources = [], {}

    def visit(name, address):
        page.goto(stack.url + address)
        page.wait_for_load_state("load")
        page.wait_for_timeout(400)
        problems.extend(_look(page, name, theme, size))
        sources[name] = page.request.get(stack.url + address).text()

    visit("sign in", "/accounts/login/")
    acts.sign_in(page, stack.url, *stack.admin)
    for name, address in {
        **SIGNED_IN,
        "media": film,
        "playlist": playlist,
        "play a playlist": f"{playlist}play/",
    }.items():
        visit(name, address)
    page.goto(stack.url + film)
    page.get_by_role("button", name="Delete…").first.click()
    page.get_by_role("dialog").wait_for()
    problems += _look(page, "delete dialog", theme, size)
    page.goto(f"{stack.url}/w/sandbox/media/?q=shown+on")
    page.locator("[data-pick]").first.check()
    problems += _look(page, "library with a selection", theme, size)
    if size == "phone":
        page.get_by_role("button", name="Act on 1…").click()
    page.locator("#bulk-acts" if size == "phone" else "#media-bulk").get_by_role("button", name="Metadata…").click()
    page.get_by_role("dialog", name="Edit the metadata of 1 media").wait_for()
    problems += _look(page, "bulk edit dialog", theme, size)
    page.goto(stack.url + playlist)
    page.get_by_role("button", name="Add media…").click()
    page.get_by_role("dialog").get_by_text("shown on every page").wait_for()
    problems += _look(page, "add to playlist dialog", theme, size)
    page.goto(f"{stack.url}/w/sandbox/events/shown-0/")
    page.get_by_role("button", name="Replay…").click()
    page.get_by_role("dialog").wait_for()
    problems += _look(page, "replay dialog", theme, size)
    page.goto(f"{stack.url}/w/sandbox/events/?object=" + film.rstrip("/").rpartition("/")[2])
    page.get_by_role("link", name="video.media.ready").first.click()
    page.get_by_role("region", name="Payload text").wait_for()
    problems += _look(page, "event with a folded payload", theme, size)
    context.close()
    (RESULTS / f"sources-{size}-{theme}.json").write_text(json.dumps(sources))
    assert not problems, "\n".join(problems)


def test_every_page_is_valid_html(stack, browser, film, playlist, tmp_path, require):
    jar = os.environ.get("VNU_JAR", "")
    if not (shutil.which("java") and jar and Path(jar).exists()):
        require.missing("java", "HTML validity: install Java, fetch the vnu-jar package and set VNU_JAR to its vnu.jar")
    context = browser.new_context()
    page = context.new_page()
    acts.sign_in(page, stack.url, *stack.admin)
    parts = {"events of it": film.replace("/media/", "/events/of/"), "playlists, rows": SIGNED_IN["playlists"]}
    parts |= {"playlist, part": playlist, "play, part": f"{playlist}play/", "add, part": f"{playlist}candidates/"}
    for name, address in {**SIGNED_IN, "media": film, "playlist": playlist, **parts}.items():
        asked = {"HX-Request": "true"} if name in parts else {}
        text = re.sub(r"^\s*<title>.*?</title>", "", page.request.get(stack.url + address, headers=asked).text())
        if "<!doctype" not in text[:60].lower():
            text = f'<!doctype html><html lang="en"><head><title>part</title></head><body>{text}</body></html>'
        (tmp_path / f"{name.replace(' ', '-')}.html").write_text(text)
    (tmp_path / "sign-in.html").write_text(browser.new_context().request.get(f"{stack.url}/accounts/login/").text())
    context.close()
    run = subprocess.run(
        ["java", "-jar", jar, "--errors-only", "--format", "text", *map(str, sorted(tmp_path.glob("*.html")))],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
