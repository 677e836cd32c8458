"""Who may watch: rules that refuse a page and let another play, tokens that open, keys that come and go."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from fastpix_api.playback_token import mint
from tests.flows import acts
from tests.flows.other_site import other_site

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]

OPEN_AGAIN = """
from workspace_app.fastpix import client_for
from workspace_app.models import Workspace
playback = client_for(Workspace.objects.get(slug="sandbox")).playback
for one in playback.list("{media_id}").data:
    playback.update_domains("{media_id}", one["id"], default_policy="allow")
    playback.update_user_agents("{media_id}", one["id"], default_policy="allow")
"""
PLAYS, REFUSED = re.compile("^plays$"), re.compile("^refused 403$")


@pytest.fixture(autouse=True)
def _patience():
    """A key pair takes a while to make on a busy machine."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def film(stack, browser, tmp_path_factory):
    """The address of a media's page; it is public and ready."""
    page = browser.new_context().new_page()
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path_factory.mktemp("film") / "who may watch.mp4", seed=9))
    acts.open_media(page, "who may watch.mp4")
    acts.says(page.locator("#media-state"), acts.READY)
    address = page.url
    page.context.close()
    return address


@pytest.fixture
def open_again(stack, film):
    """Afterwards everyone may play it: other stories show its picture, and a refused one is an error of their page."""
    yield
    acts.inside(stack, OPEN_AGAIN.format(media_id=film.rstrip("/").rpartition("/")[2]))


@pytest.fixture
def site():
    with other_site() as address:
        yield address


def choose(page, words, *, line=0):
    """Choose from the "…" menu of a playback ID, or of a signing key on its page."""
    page.get_by_role("button", name=re.compile("^More for (playback ID|key)")).nth(line).click()
    page.locator(".fp-menu.show").get_by_role("button", name=words).click()
    return page.get_by_role("dialog")


def allow(page, *domains):
    """Only these domains may play the first playback ID from now on."""
    dialog = choose(page, "Domain rules…")
    dialog.get_by_label("Who may play it").select_option("deny")
    dialog.get_by_label("Allowed").fill("\n".join(domains))
    dialog.get_by_role("button", name="Save rules").click()
    expect(dialog).to_be_hidden()


def status(address):
    return requests.get(address, timeout=20).status_code


def test_rules_refuse_a_page_they_should_and_let_the_allowed_one_play(page, context, stack, film, site, open_again):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(film)
    dialog = choose(page, "Share and embed")
    stream = dialog.locator("#piece-stream").inner_text()
    assert stream in dialog.locator("#piece-plain").inner_text()
    dialog.get_by_role("button", name="Close").click()
    allow(page, "Allowed.localhost")
    card = page.locator("#playback-ids")
    expect(card).to_contain_text("1 domain allowed")
    acts.says(page.locator("#media-state"), re.compile("Domain rules changed"))

    elsewhere = context.new_page()
    for tab in (elsewhere, page):
        tab.expected_errors.append("403")
    elsewhere.goto(site("other", stream))
    expect(elsewhere.locator("#said")).to_have_text(REFUSED)
    elsewhere.goto(site("allowed", stream))
    expect(elsewhere.locator("#said")).to_have_text(PLAYS, timeout=acts.ENCODING)

    # the console is a page like any other
    page.reload()
    page.get_by_role("button", name=re.compile("^Play ")).click()
    expect(page.get_by_role("heading", name="FastPix refused to play this")).to_be_visible(timeout=20_000)
    allow(page, "allowed.localhost", "127.0.0.1")
    expect(card).to_contain_text("2 domains allowed")
    page.reload()
    acts.plays(page)


def test_a_user_agent_that_is_denied_gets_nothing(page, stack, film, open_again):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(film)
    dialog = choose(page, "Share and embed")
    stream = dialog.locator("#piece-stream").inner_text()
    dialog.get_by_role("button", name="Close").click()
    dialog = choose(page, "User-agent rules…")
    dialog.get_by_label("Denied").fill("BadPlayer")
    dialog.get_by_role("button", name="Save rules").click()
    expect(page.locator("#playback-ids")).to_contain_text("1 user agent denied")
    at_home = {"Origin": "http://127.0.0.1:1"}
    answers = [
        requests.get(stream, headers=at_home | {"User-Agent": agent}, timeout=20).status_code
        for agent in ("BadPlayer/2", "badplayer/2", "GoodPlayer/1")
    ]
    assert answers == [403, 200, 200]


def test_a_token_of_a_kept_key_opens_the_stream_until_the_key_is_deleted(page, context, stack, film, site):
    acts.sign_in(page, stack.url, *stack.admin)
    page.goto(f"{stack.url}/w/sandbox/media/security/")
    page.get_by_role("button", name="Create signing key…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Keep the private key here, encrypted").check()
    dialog.get_by_role("button", name="Create signing key").click()
    with page.expect_download() as coming:
        dialog.get_by_role("button", name="Download .pem").click()
    pem = Path(coming.value.path()).read_text()
    key_id = dialog.locator("#key-id").inner_text()
    assert coming.value.suggested_filename == f"fastpix-{key_id}.pem"
    page.mouse.click(5, 5)  # beside the dialog, where a click closes others
    dialog.get_by_role("button", name="Done").click()
    row = page.locator("#signing-keys tr", has_text=key_id)
    expect(row).to_contain_text("Kept here, signs")

    page.goto(film)
    page.get_by_role("button", name="Add playback ID…").click()
    dialog.get_by_label("Who can play it").select_option("private")
    dialog.get_by_role("button", name="Add playback ID").click()
    card = page.locator("#playback-ids")
    expect(card).to_contain_text("anyone with the public link can watch")
    card.get_by_role("button", name="Mint token").last.click()
    dialog.get_by_label("Valid for").select_option("15 minutes")
    dialog.get_by_role("button", name="Mint token").click()
    stream = dialog.locator("#piece-stream").inner_text()
    picture = dialog.locator("#piece-picture").inner_text()
    bare = stream.partition("?")[0]
    name = bare.rpartition("/")[2].removesuffix(".m3u8")
    dialog.get_by_role("button", name="Close").click()

    expired = mint(pem, key_id, name, lifetime=timedelta(seconds=-60))
    of_another = mint(pem, key_id, "00000000-0000-4000-8000-00000000dead", lifetime=timedelta(minutes=5))
    assert [status(bare), status(f"{bare}?token={expired}"), status(f"{bare}?token={of_another}")] == [401] * 3
    assert [status(stream), status(picture)] == [200, 200]
    assert status(f"{bare}?token={mint(pem, key_id, name, lifetime=timedelta(minutes=5))}") == 200
    elsewhere = context.new_page()
    elsewhere.goto(site("anywhere", stream))
    expect(elsewhere.locator("#said")).to_have_text(PLAYS, timeout=acts.ENCODING)

    page.goto(f"{stack.url}/w/sandbox/media/security/")
    row.get_by_role("button", name=re.compile("^More for key")).click()
    page.locator(".fp-menu.show").get_by_role("button", name="Delete…").click()
    expect(dialog).to_contain_text("Every token signed with it stops working at once")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    dialog.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("Signing key deleted.")).to_be_visible()
    expect(row).to_have_count(0)
    assert status(stream) == 401


def test_the_public_id_of_a_private_media_is_removed_where_it_is_pointed_out(page, stack, tmp_path):
    acts.sign_in(page, stack.url, *stack.admin)
    acts.upload(page, stack.url, acts.film(tmp_path / "closed again.mp4", seconds=2, seed=3), policy="private")
    acts.open_media(page, "closed again.mp4")
    page.get_by_role("button", name="Add playback ID…").click(timeout=acts.ENCODING)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("lets anyone with its address watch it")
    dialog.get_by_label("Who can play it").select_option("public")
    dialog.get_by_role("button", name="Add playback ID").click()
    card = page.locator("#playback-ids")
    expect(card.get_by_role("row", name=re.compile("Public"))).to_have_count(1)
    card.get_by_role("button", name="Remove the public ID…").click()
    expect(dialog).to_contain_text("It stops working wherever it is used")
    dialog.get_by_role("button", name="Delete playback ID").click()
    expect(card.get_by_role("row", name=re.compile("Public"))).to_have_count(0)
    expect(card).not_to_contain_text("anyone with the public link can watch")


def test_a_drm_configuration_is_chosen_and_shown(page, stack, film):
    made = requests.post(f"{stack.sandbox_url}/_sandbox/drm", json={}, timeout=5).json()["configurations"][-1]
    try:
        acts.sign_in(page, stack.url, *stack.admin)
        page.goto(f"{stack.url}/w/sandbox/media/security/")
        page.get_by_role("row", name=made).get_by_role("button", name=re.compile("^Details")).click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text(made)
        dialog.get_by_role("button", name="Close").click()
        page.goto(film)
        page.get_by_role("button", name="Add playback ID…").click()
        dialog.get_by_label("Who can play it").select_option("drm")
        dialog.get_by_label("DRM configuration").select_option(made)
        dialog.get_by_role("button", name="Add playback ID").click()
        expect(page.locator("#playback-ids").get_by_role("row", name=re.compile("DRM"))).to_have_count(1)
    finally:
        requests.post(f"{stack.sandbox_url}/_sandbox/drm", json={"remove": made}, timeout=5)
