"""Playlists in a real browser: made, filled by search, ordered by keyboard, mouse and finger, played through."""

import re
import time
import uuid

import pytest
from playwright.sync_api import expect

from tests.flows import acts
from tests.flows.at_fastpix import AtFastPix

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]
NAMES = ("lobby reel alpha", "lobby reel beta", "lobby reel gamma")


@pytest.fixture(scope="module")
def reels(stack, browser, tmp_path_factory):
    """Three short films in the library: name → media id."""
    page = browser.new_context().new_page()
    folder = tmp_path_factory.mktemp("reels")
    acts.sign_in(page, stack.url, *stack.admin)
    films = [acts.film(folder / f"{name}.mp4", seconds=2, seed=20 + n) for n, name in enumerate(NAMES)]
    acts.upload(page, stack.url, *films)
    found = {}
    for name in NAMES:
        page.goto(f"{stack.url}/w/sandbox/media/?q={name.replace(' ', '+')}")
        acts.says(acts.row(page, name), acts.READY)
        address = acts.row(page, name).get_by_role("link", name=name).get_attribute("href")
        found[name] = address.rstrip("/").rpartition("/")[2]
    page.context.close()
    return found


def titles(page):
    return [row.get_attribute("data-title") for row in page.locator("#playlist-items > li").all()]


def shows(page, count):
    """The list has come, with so many rows."""
    expect(page.locator("#playlist-items > li")).to_have_count(count, timeout=20_000)


def row(page, title):
    return page.locator("#playlist-items > li", has_text=title)


def until(check, wanted, *, seconds=20):
    """Wait, from outside the page, until `check()` answers `wanted`."""
    deadline = time.monotonic() + seconds
    while (found := check()) != wanted:
        assert time.monotonic() < deadline, f"{found} instead of {wanted}"
        time.sleep(0.1)


def drag(page, title, over):
    """Take a row by its handle and let it go over another."""
    start, end = row(page, title).locator("[data-handle]").bounding_box(), row(page, over).bounding_box()
    page.mouse.move(start["x"] + 8, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 8, end["y"] + 4, steps=8)
    page.mouse.up()


def test_a_playlist_is_made_filled_ordered_and_still_so_after_a_reload(page, stack, reels):
    alpha, beta, gamma = NAMES
    far = AtFastPix(stack)
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/media/")
    page.get_by_role("link", name="Playlists").first.click()
    page.get_by_role("link", name="Create").first.click()
    page.get_by_label("Name", exact=True).fill("Lobby programme")
    page.get_by_label("Reference ID").fill(f"lobby-{uuid.uuid4()}")
    page.get_by_role("button", name="Create", exact=True).click()
    expect(page.get_by_role("heading", name="Lobby programme", level=1)).to_be_visible(timeout=20_000)
    playlist = page.url.rstrip("/").rpartition("/")[2]

    page.get_by_role("button", name="Add media…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Search media").fill("lobby reel")
    for name in (beta, alpha, gamma):
        dialog.locator("#candidates li", has_text=name).get_by_role("checkbox").check()
    expect(dialog.get_by_text("Chosen: 3, in this order")).to_be_visible()
    dialog.get_by_role("button", name="Add", exact=True).click()
    shows(page, 3)
    assert titles(page) == [beta, alpha, gamma]
    assert far.held(playlist) == [reels[beta], reels[alpha], reels[gamma]]

    mark = page.locator("#playlist-items").get_attribute("data-mark")
    row(page, beta).get_by_role("link").focus()
    page.keyboard.press("Alt+ArrowDown")
    until(lambda: far.held(playlist), [reels[alpha], reels[beta], reels[gamma]])
    expect(page.locator("#playlist-items")).not_to_have_attribute("data-mark", mark)
    page.keyboard.press("Alt+ArrowDown")  # on the list as it came back: the focus stayed
    expect(page.locator("#playlist-said")).to_have_text(f"{beta} is now 3 of 3.")
    mark = page.locator("#playlist-items").get_attribute("data-mark")
    until(lambda: far.held(playlist), [reels[alpha], reels[gamma], reels[beta]])
    expect(page.locator("#playlist-items")).not_to_have_attribute("data-mark", mark)
    drag(page, beta, alpha)
    assert titles(page) == [beta, alpha, gamma]
    row(page, gamma).get_by_role("button", name="Move up").click()
    until(lambda: far.held(playlist), [reels[beta], reels[gamma], reels[alpha]])
    page.reload()
    shows(page, 3)
    assert titles(page) == [beta, gamma, alpha]


def test_what_is_removed_can_be_taken_back_to_its_place(page, stack, reels):
    alpha, beta, gamma = NAMES
    far = AtFastPix(stack)
    playlist = far.playlist(*reels.values())
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/playlists/{playlist}/")
    row(page, alpha).get_by_role("checkbox").check()
    row(page, beta).get_by_role("checkbox").check()
    page.get_by_role("button", name="Remove from playlist", exact=True).click()
    shows(page, 1)
    assert far.held(playlist) == [reels[gamma]]
    page.get_by_role("button", name="Undo").click()
    shows(page, 3)
    assert titles(page) == [alpha, beta, gamma]
    assert far.held(playlist) == [*reels.values()]


def test_a_move_is_not_lost_to_a_removal_right_after_it(page, stack, reels):
    alpha, beta, gamma = NAMES
    far = AtFastPix(stack)
    playlist = far.playlist(*reels.values())
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/playlists/{playlist}/")
    shows(page, 3)
    row(page, gamma).locator("[data-move='-1']").dispatch_event("click")
    row(page, alpha).get_by_role("button", name="Remove from playlist").dispatch_event("click")
    shows(page, 2)
    assert titles(page) == [gamma, beta]
    assert far.held(playlist) == [reels[gamma], reels[beta]]
    page.get_by_role("button", name="Undo").click()
    shows(page, 3)
    assert titles(page) == [alpha, gamma, beta]


def test_a_move_over_somebody_else_s_change_is_told_and_the_list_is_as_fastpix_has_it(page, stack, reels):
    alpha, beta, gamma = NAMES
    far = AtFastPix(stack)
    playlist = far.playlist(*reels.values())
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/playlists/{playlist}/")
    shows(page, 3)
    page.expected_errors.append("422")
    far.call("DELETE", f"/playlists/{playlist}/media", mediaIds=[reels[beta]])
    row(page, gamma).get_by_role("button", name="Move up").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "changed elsewhere meanwhile, so nothing was done. 1 media left it."
    )
    assert titles(page) == [alpha, gamma]
    assert far.held(playlist) == [reels[alpha], reels[gamma]]


def test_a_move_that_fastpix_does_not_take_goes_back_and_says_so(page, stack, reels):
    alpha, beta, gamma = NAMES
    playlist = AtFastPix(stack).playlist(*reels.values())
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/playlists/{playlist}/")
    shows(page, 3)
    page.expected_errors += ["net::ERR_FAILED", "htmx:afterRequest", "htmx:sendError"]
    page.route("**/items/reorder/", lambda route: route.abort())
    row(page, alpha).get_by_role("button", name="Move down").click()
    assert titles(page) == [beta, alpha, gamma]
    expect(page.get_by_role("dialog")).to_contain_text("The console did not answer", timeout=20_000)
    until(lambda: titles(page), [alpha, beta, gamma])


def test_what_is_selected_in_the_library_goes_into_a_playlist(page, stack, reels):
    alpha, _beta, gamma = NAMES
    far = AtFastPix(stack)
    name = f"From the library {uuid.uuid4()}"
    playlist = far.playlist(name=name)
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/media/?q=lobby+reel")
    for title in (alpha, gamma):
        acts.row(page, title).get_by_role("checkbox").check()
    page.locator("#media-bulk").get_by_role("button", name="Playlist…").click()
    page.get_by_role("dialog").get_by_role("button", name=name).click(timeout=20_000)
    expect(page.locator("#toasts")).to_contain_text("Added 2 media.", timeout=20_000)
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert sorted(far.held(playlist)) == sorted([reels[alpha], reels[gamma]])


def test_a_finger_moves_a_row(browser, stack, reels):
    alpha, beta, gamma = NAMES
    far = AtFastPix(stack)
    playlist = far.playlist(*reels.values())
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/playlists/{playlist}/")
    start = row(page, alpha).locator("[data-handle]").bounding_box()
    end = row(page, gamma).bounding_box()
    finger = context.new_cdp_session(page)
    x, y, goal = start["x"] + 8, start["y"] + 20, end["y"] + end["height"] - 6
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        point = {"x": x, "y": y + (goal - y) * step / 8}
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    until(lambda: far.held(playlist), [reels[beta], reels[gamma], reels[alpha]])
    context.close()


def test_a_playlist_plays_through_past_what_cannot_play(page, stack, reels, tmp_path):
    alpha, beta, _gamma = NAMES
    far = AtFastPix(stack)
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path / "locked reel.mp4", seconds=1, seed=30), policy="private")
    acts.open_media(page, "locked reel.mp4")
    acts.says(page.locator("#media-state"), acts.READY)
    locked = page.url.rstrip("/").rpartition("/")[2]
    playlist = far.playlist(reels[beta], locked, reels[alpha])

    page.goto(f"{stack.url}/w/sandbox/playlists/{playlist}/")
    page.get_by_role("link", name="Play", exact=True).click()
    current = page.locator("[data-play] [aria-current=true]")
    expect(current).to_have_text(beta, timeout=20_000)
    page.get_by_role("button", name=f"Play {beta}").click()
    expect(current).to_have_text(alpha, timeout=60_000)  # by itself, once the first has ended
    said = page.locator("[data-said]")
    keyless = page.locator("[data-play] li", has_text="locked reel").get_by_text("keeps no signing key").count()
    assert ("Skipped locked reel" in said.inner_text()) == bool(keyless)
    until(lambda: page.evaluate("document.querySelector('[data-play] video').currentTime > 0.5"), True, seconds=40)
    expect(said).to_have_text(re.compile("The playlist has ended"), timeout=60_000)

    page.get_by_role("button", name="Previous").focus()
    page.keyboard.press("Shift+P")
    expect(current).not_to_have_text(alpha)
