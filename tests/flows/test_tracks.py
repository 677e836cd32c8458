"""Tracks as a person has them: added, written down, seen and heard in the player, downloaded, replaced, deleted."""

import re
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]

CUE = "The tide is coming in"
VTT = f"WEBVTT\n\n00:00.000 --> 00:09.000\n{CUE}\n"
SHOWN = """[...document.querySelector('[data-player] video').textTracks].filter(({mode}) => mode === 'showing')
  .flatMap(({activeCues}) => [...activeCues]).map(({text}) => text)"""
READY = re.compile("Ready")
SLOW = 20_000  # ms; FastPix is asked twice for an act, beside everything else the stories run


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The address of a server with cues.vtt, song.m4a and notes.txt, which is no subtitle file."""
    folder = tmp_path_factory.mktemp("tracks")
    (folder / "cues.vtt").write_text(VTT)
    (folder / "notes.txt").write_text("only words")
    tone = ["-f", "lavfi", "-i", "sine=frequency=880:duration=6", "-c:a", "aac", str(folder / "song.m4a")]
    subprocess.run([acts.ffmpeg(), "-hide_banner", "-loglevel", "error", "-y", *tone], check=True)

    class Files(SimpleHTTPRequestHandler):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, directory=str(folder), **kwargs)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def film(stack, browser, tmp_path_factory):
    """The address of a film's page; each story gives it tracks of its own."""
    page = browser.new_context().new_page()
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path_factory.mktemp("film") / "many tongues.mp4", seconds=8, seed=11))
    page.goto(f"{stack.url}/w/sandbox/media/?q=many+tongues")
    acts.says(acts.row(page, "many tongues"), acts.READY)
    address = acts.row(page, "many tongues").get_by_role("link").first.get_attribute("href")
    page.context.close()
    return stack.url + address


def add(page, *, kind, url, language, name=""):
    page.get_by_role("button", name="Add track…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile(f"^{kind}")).check()
    dialog.get_by_label("URL of the file").fill(url)
    dialog.get_by_label("Language", exact=True).select_option(language)
    dialog.get_by_label(re.compile("^Name in the player")).fill(name)
    dialog.get_by_role("button", name="Add", exact=True).click()


def row(page, words):
    return page.locator("#tracks tr", has_text=words)


def until(page, expression, what):
    """The first true value of the expression; asked from outside, because the page's CSP lets nothing wait inside."""
    for _ in range(150):
        if found := page.evaluate(expression):
            return found
        page.wait_for_timeout(200)
    raise AssertionError(what)


def test_subtitles_are_added_and_a_cue_is_seen_in_the_player(page, stack, film, files):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(film)
    add(page, kind="Subtitles", url=f"{files}/cues.vtt", language="de")
    expect(page.get_by_role("dialog")).not_to_be_visible(timeout=SLOW)
    acts.says(row(page, "Subtitles, German"), READY)
    expect(page.locator("#timeline")).to_contain_text("Track added")
    acts.plays(page)
    captions = page.locator("[data-player]").get_by_label("Captions")
    expect(captions).to_be_visible()
    captions.select_option("German")
    assert until(page, SHOWN, "no cue is shown") == [CUE]
    captions.select_option("Captions off")
    assert page.evaluate(SHOWN) == []
    with page.expect_download() as kept:
        row(page, "Subtitles, German").get_by_role("link", name=re.compile("^Download German")).click()
    assert kept.value.suggested_filename.endswith(".de.vtt")
    assert CUE in kept.value.path().read_text()


def test_subtitles_are_written_down_from_the_sound_and_shown(page, stack, film):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(film)
    row(page, "Audio, default").get_by_role("button", name=re.compile("^Generate subtitles")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Language", exact=True).select_option("en-US")
    dialog.get_by_role("button", name="Generate", exact=True).click()
    expect(dialog).not_to_be_visible(timeout=SLOW)
    acts.says(row(page, "English (United States)"), READY)
    acts.plays(page)
    page.locator("[data-player]").get_by_label("Captions").select_option("English (United States)")
    assert until(page, SHOWN, "no cue is shown")[0].strip()


def test_a_second_sound_is_chosen_and_heard(page, stack, film, files):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(film)
    add(page, kind="Audio", url=f"{files}/song.m4a", language="it", name="Commentary")
    acts.says(row(page, "Audio, Commentary"), READY)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    acts.plays(page)
    sound = page.locator("[data-player]").get_by_label("Audio", exact=True)
    expect(sound.locator("option:checked")).to_have_text("default")
    track = row(page, "Audio, Commentary").get_attribute("id").removeprefix("track-")
    assert not [url for url in asked if f"/audio/{track}/seg" in url]
    sound.select_option("Commentary")
    for _ in range(200):
        if any(f"/audio/{track}/seg" in url for url in asked):
            break
        page.wait_for_timeout(200)
    else:
        raise AssertionError("its segments are not played")
    expect(sound.locator("option:checked")).to_have_text("Commentary")


def test_a_track_is_replaced_and_deleted_after_its_consequence_was_named(page, stack, film, files):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(film)
    add(page, kind="Subtitles", url=f"{files}/cues.vtt", language="pl")
    acts.says(row(page, "Subtitles, Polish"), READY)
    track = row(page, "Subtitles, Polish").get_attribute("id")
    row(page, "Subtitles, Polish").get_by_role("button", name="Replace Polish…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("URL of the file").fill(f"{files}/cues.vtt")
    dialog.get_by_label(re.compile("^Name in the player")).fill("Polish, corrected")
    dialog.get_by_role("button", name="Replace", exact=True).click()
    acts.says(row(page, "Polish, corrected"), READY)
    assert row(page, "Polish, corrected").get_attribute("id") == track
    row(page, "Polish, corrected").get_by_role("button", name="Delete Polish, corrected…").click()
    expect(dialog).to_contain_text("Players no longer offer these subtitles")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    dialog.get_by_role("button", name="Delete for good").click()
    expect(row(page, "Polish, corrected")).to_have_count(0, timeout=SLOW)
    kept = row(page, "Audio, default").get_by_role("button", name="Delete default…")
    expect(kept).to_have_attribute("aria-disabled", "true")
    expect(kept).to_have_attribute("title", re.compile("came with the file itself"))


def test_what_fastpix_cannot_take_is_said_beside_the_field_or_the_track(page, stack, film, files):
    page.expected_errors.append("422")
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(film)
    dialog = page.get_by_role("dialog")
    add(page, kind="Subtitles", url="ftp://example.com/a.vtt", language="fr")
    expect(dialog.get_by_label("URL of the file")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("URL of the file").fill(f"{files}/notes.txt")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).not_to_be_visible(timeout=SLOW)
    acts.says(row(page, "Subtitles, French"), acts.FAILED)
    expect(row(page, "Subtitles, French").locator(".reason.sub")).not_to_be_empty()
    add(page, kind="Subtitles", url=f"{files}/cues.vtt", language="fr-CA", name="French")
    expect(dialog.get_by_text("Another track of this media has this name")).to_be_visible()
    page.keyboard.press("Escape")
