"""What the frame's scripts do, in a real browser, on pages that need neither FastPix nor a workspace."""

import subprocess
import time

import imageio_ffmpeg
import pytest

from tests.web import pages

pytestmark = [pytest.mark.flow, pytest.mark.urls("tests.web.pages"), pytest.mark.django_db(transaction=True)]

SENTENCE = "FastPix did not answer in 8 s."


@pytest.fixture
def tab(page, live_server):
    page.expected_errors += ["no-picture.png", "502", "500"]
    page.goto(f"{live_server.url}/full/")
    until(page, "!!window.htmx && document.readyState === 'complete'")
    return page


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Eight seconds of HLS."""
    folder = tmp_path_factory.mktemp("films")
    source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=8", "-f", "lavfi", "-i", "sine=d=8"]
    coded = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest"]
    hls = ["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", str(folder / "film.m3u8")]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", *source, *coded, *hls], check=True)
    pages.film.folder = folder
    return folder


@pytest.fixture(autouse=True)
def _nothing_asked_yet():
    pages.film.asked, pages.film.refuse, pages.film.broken = [], 0, {}


def until(page, expression, seconds=15):
    """Wait until the expression holds. Playwright's own waiting evaluates text in the page, which the CSP refuses."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(100)


def focused(page):
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def test_a_dialog_starts_on_the_safe_choice_and_gives_the_focus_back(tab):
    tab.click("#ask")
    tab.wait_for_selector("#dialog[open]")
    assert focused(tab) == "Keep it"
    assert tab.get_by_role("dialog", name="Delete “Relay One”?").is_visible()
    tab.keyboard.press("Escape")
    assert not tab.locator("#dialog").is_visible()
    assert focused(tab) == "ask"


def test_a_crumb_shows_where_a_page_has_one(tab):
    assert not tab.locator(".fp-crumb").is_visible()
    tab.goto(f"{tab.url}?crumb=Library+/")
    assert tab.locator(".fp-crumb").is_visible()


def test_the_sheet_of_the_phone_leaves_the_tab_bar_at_hand(tab):
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.get_by_role("button", name="More").click()
    sheet = tab.get_by_role("dialog", name="More")
    bar = sheet.get_by_role("navigation", name="Sections")
    box = bar.bounding_box()
    assert round(box["y"] + box["height"]) == 844
    above = sheet.locator("xpath=./*[position() = last() - 1]").bounding_box()
    assert above["y"] + above["height"] <= box["y"], "nothing hides behind the tab bar"
    bar.get_by_role("button", name="More").click()
    assert not sheet.is_visible()
    assert focused(tab) == "More"


def test_an_error_inside_a_dialog_is_said_inside_it(tab):
    tab.click("#ask")
    tab.get_by_role("button", name="Delete for good").click()
    tab.locator("#dialog-error").get_by_text(SENTENCE).wait_for()
    assert tab.get_by_role("button", name="Keep it").is_visible()


def test_an_error_while_loading_stands_where_the_content_would_be(tab):
    tab.click("#load")
    tab.locator("#panel").get_by_text(SENTENCE).wait_for()
    assert not tab.locator("#dialog").is_visible()
    with tab.expect_response("**/answer/trouble/"):
        tab.locator("#panel").get_by_role("button", name="Try again").click()
    tab.locator("#panel").get_by_text(SENTENCE).wait_for()


@pytest.mark.parametrize(("button", "words"), [("#act", SENTENCE), ("#crash", "The console made a mistake")])
def test_an_error_after_an_act_leaves_the_content_and_opens_a_dialog(tab, button, words):
    tab.click(button)
    tab.locator("#dialog").get_by_text(words).wait_for()
    assert tab.inner_text("#panel") == "What we know"


def test_a_refresh_that_fails_leaves_what_is_known(tab):
    with tab.expect_response("**/answer/trouble/"):
        tab.evaluate("document.body.dispatchEvent(new CustomEvent('live:media'))")
    tab.wait_for_timeout(300)
    assert tab.inner_text("#panel") == "What we know"


def test_a_refresh_waits_for_the_answer_to_an_act_inside_it(tab):
    tab.click("#slow")
    with tab.expect_response("**/answer/fresh/"):
        tab.evaluate("document.body.dispatchEvent(new CustomEvent('live:region'))")
    tab.wait_for_timeout(300)
    assert tab.locator("#slow").count() == 1
    tab.locator("#dialog").get_by_text(SENTENCE).wait_for()
    tab.locator("#region").get_by_text("fresh").wait_for()


def test_no_answer_at_all_is_said_too(tab):
    tab.expected_errors += ["ERR_", "htmx:"]
    tab.context.set_offline(True)
    tab.click("#load")
    tab.locator("#panel").get_by_text("The console did not answer").wait_for()


def test_a_toast_is_text_and_an_error_stays(tab):
    """RELIABILITY 48: what others wrote is text."""
    tab.click("#toast")
    toast = tab.locator("#toasts .toast-fp")
    toast.wait_for()
    assert toast.locator(".toast-text").inner_text() == "<img src=x onerror=alert(1)>"
    assert toast.get_attribute("role") == "alert"
    toast.get_by_role("button", name="Close").click()
    assert toast.count() == 0


def test_keys_work_outside_fields_and_can_be_switched_off(tab):
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.type") == "search"
    tab.keyboard.press("?")
    assert tab.input_value("[data-search]") == "?"
    tab.locator("#main").focus()
    tab.keyboard.press("?")
    tab.get_by_role("dialog", name="Keys").wait_for()
    tab.get_by_label("Single letters act on this device").uncheck()
    tab.keyboard.press("Escape")
    tab.locator("#main").focus()
    tab.keyboard.press("?")
    assert not tab.locator("#keys").is_visible()


def test_the_theme_follows_the_system_until_it_is_switched(tab):
    tab.emulate_media(color_scheme="dark")
    theme = "document.documentElement.dataset.bsTheme"
    until(tab, f"{theme} === 'dark'")
    tab.get_by_role("button", name="Switch theme").first.click()
    assert tab.evaluate(theme) == "light"
    tab.reload()
    assert tab.evaluate(theme) == "light"


def test_copying_says_so(tab, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.click("#copy")
    until(tab, "document.getElementById('said').textContent === 'Copied'")
    assert tab.evaluate("navigator.clipboard.readText()") == "a91c-4e02"


def test_ages_tick_with_the_page_open(tab):
    tab.evaluate("document.querySelector('time').dateTime = new Date(Date.now() - 125000).toISOString()")
    until(tab, "document.querySelector('time').textContent === '2 min ago'")


def test_a_picture_that_does_not_come_leaves_its_icon(tab):
    until(tab, "!document.querySelector('.thumb img')")
    assert tab.locator(".thumb svg").is_visible()


def test_nothing_is_fetched_before_play_is_pressed_and_then_it_plays_with_its_token(tab, films):
    tab.wait_for_timeout(300)
    assert pages.film.asked == []
    tab.get_by_role("button", name="Play Harbor & <Sons>").click()
    until(tab, "document.querySelector('video')?.currentTime > 1")
    assert pages.film.asked[0] == "/film/film.m3u8?token=a%20token%2Fwith%2Bsigns"
    tab.keyboard.press("k")
    assert tab.evaluate("document.querySelector('video').paused")


@pytest.mark.parametrize(
    ("status", "words"), [(403, "FastPix refused to play this"), (503, "The video does not arrive")]
)
def test_what_does_not_arrive_is_said_and_trying_again_plays(tab, films, status, words):
    tab.expected_errors += [str(status)]
    pages.film.refuse = status
    tab.get_by_role("button", name="Play Harbor & <Sons>").click()
    tab.get_by_role("heading", name=words).wait_for()
    pages.film.refuse = 0
    tab.locator(".player").get_by_role("button", name="Try again").click()
    until(tab, "document.querySelector('video')?.currentTime > 0.5")


def test_a_decoder_that_failed_once_is_started_again_and_plays_on(tab, films):
    pages.film.broken = {"film1.ts": 1}
    tab.get_by_role("button", name="Play Harbor & <Sons>").click()
    until(tab, "document.querySelector('video')?.currentTime > 4.5", seconds=30)
    assert tab.locator(".player-trouble").is_hidden()
    # the player asks once more; hls.js by itself may have asked again before that
    assert pages.film.asked.count("/film/film1.ts") in {2, 3}


def test_a_film_that_cannot_be_decoded_is_said_after_one_more_try(tab, films):
    pages.film.broken = {"film1.ts": 99}
    tab.get_by_role("button", name="Play Harbor & <Sons>").click()
    tab.get_by_role("heading", name="This browser cannot decode the video").wait_for()
    assert pages.film.asked.count("/film/film1.ts") == 2
