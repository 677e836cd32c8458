"""The integrator's day: read an event, replay what failed, follow what comes, try the endpoint, rotate its secret."""

import json
import re
import time

import pytest
import requests
from playwright.sync_api import expect

from fastpix_api import webhooks
from tests.flows import acts

pytestmark = [pytest.mark.flow, pytest.mark.timeout(300)]

OLD, NEW = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="
SECOND_WORKSPACE = f"""
from workspace_app.models import Member, User, Workspace
first = Workspace.objects.get(slug="sandbox")
hosts = {{name: getattr(first, name) for name in ("api_url", "stream_url", "images_url", "upload_url")}}
second = Workspace.objects.create(name="Rotating", slug="rotating", sandbox=True, webhook_secret="{OLD}", **hosts)
Member.objects.create(workspace=second, user=User.objects.order_by("pk").first(), role="admin")
"""


@pytest.fixture
def desk(page, stack):
    """The administrator's tab, signed in; `desk.open("events/")`."""
    acts.sign_in(page, stack.url, *stack.admin)
    page.open = lambda place, slug="sandbox": page.goto(f"{stack.url}/w/{slug}/{place}")
    return page


def deliver(stack):
    """A real event, signed by the sandbox; returns its id."""
    told = requests.post(f"{stack.sandbox_url}/_sandbox/event", json={"type": "sandbox.test"}, timeout=5).json()
    return told["data"]["id"]


def event(page, event_id):
    """The list's row of an event."""
    return page.locator(f'#event-rows tr:has(a[href$="/{event_id}/"])')


def test_a_payload_is_folded_opened_and_copied_whole_without_its_secrets(desk, context, stack):
    acts.events(stack, "read", 1, state="projected")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.open("events/read-0/")
    payload = desk.get_by_role("region", name="Payload text")
    expect(payload.get_by_text('"streamKey"')).to_be_visible()
    expect(payload.get_by_text('"t-2"')).to_be_hidden()
    payload.get_by_text('"tracks"').click()
    expect(payload.get_by_text('"t-2"')).to_be_hidden()
    payload.get_by_text("{").nth(-1).click()
    expect(payload.get_by_text('"t-2"')).to_be_visible()
    desk.get_by_role("button", name="Fold").click()
    expect(payload.get_by_text('"streamKey"')).to_be_hidden()
    desk.get_by_role("button", name="Copy", exact=True).click()
    expect(desk.locator("#said")).to_have_text("Copied")
    copied = json.loads(desk.evaluate("navigator.clipboard.readText()"))
    assert copied["data"] == {"streamKey": "0011••••", "tracks": [{"id": "t-1"}, {"id": "t-2"}]}
    desk.get_by_role("button", name="Fold").click()
    expect(payload.get_by_text('"t-2"')).to_be_visible()


def test_a_failed_event_tells_why_and_is_replayed_after_a_word_of_warning(desk, stack):
    acts.events(stack, "once", 1, state="failed", error="KeyError in fields.py, line 7", tries=5)
    desk.open("events/once-0/")
    facts = desk.locator("#event-facts")
    expect(facts).to_contain_text("KeyError in fields.py, line 7")
    desk.get_by_role("button", name="Replay…").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("Its error is cleared")
    expect(dialog.get_by_role("button", name="Leave it")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(facts).to_contain_text("Failed")
    desk.get_by_role("button", name="Replay…").click()
    dialog.get_by_role("button", name="Replay", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(facts).to_contain_text("Unhandled", timeout=20_000)
    expect(facts).not_to_contain_text("KeyError")
    expect(desk.locator("#event-changes")).to_contain_text("no use for its type")


def test_all_that_failed_are_replayed_and_the_page_follows_to_the_end(desk, stack):
    acts.events(stack, "many", 60, state="failed", error="KeyError in fields.py, line 7", tries=5)
    desk.open("events/")
    tab = desk.locator("#event-tabs a", has_text="Failed")
    expect(tab).to_contain_text(re.compile(r"[6-9]\d"))
    desk.get_by_role("button", name="Replay failed…").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile(r"Replay the [6-9]\d events that failed"))
    dialog.get_by_role("button", name="Replay all").click()
    expect(desk.locator("#replay-progress")).to_contain_text(
        re.compile(r"Replayed ([6-9]\d) events that had failed.\s+\1 went through"), timeout=60_000
    )
    expect(tab).to_have_text("Failed", timeout=20_000)


def test_the_list_follows_what_comes_waits_while_paused_and_never_jumps(desk, stack):
    acts.events(stack, "filler", 55, state="projected")
    desk.open("events/")
    expect(desk.locator("body[data-connection=live]")).to_be_visible(timeout=20_000)
    desk.mouse.move(5, 5)
    first = deliver(stack)
    expect(event(desk, first)).to_be_visible(timeout=20_000)

    desk.keyboard.press("t")
    expect(desk.locator("[data-tail]")).to_have_attribute("aria-pressed", "false")
    second = deliver(stack)
    newer = desk.locator("[data-newer]")
    expect(newer).to_have_text("1 newer", timeout=20_000)
    expect(event(desk, second)).to_have_count(0)
    newer.click()
    expect(event(desk, second)).to_be_visible()
    expect(newer).to_be_hidden()
    third = deliver(stack)
    expect(newer).to_have_text("1 newer", timeout=20_000)
    desk.get_by_role("button", name="Paused").click()
    desk.locator("h1").click()
    expect(event(desk, third)).to_be_visible(timeout=20_000)

    desk.evaluate("window.scrollTo(0, 700)")
    place = desk.evaluate("window.scrollY")
    top = event(desk, "filler-9").evaluate("(row) => row.getBoundingClientRect().top")
    fourth = deliver(stack)
    expect(newer).to_have_text("1 newer", timeout=20_000)
    assert desk.evaluate("window.scrollY") == place
    assert event(desk, "filler-9").evaluate("(row) => row.getBoundingClientRect().top") == top
    desk.evaluate("window.scrollTo(0, 0)")
    expect(event(desk, fourth)).to_be_visible(timeout=20_000)


def test_the_keyboard_goes_through_the_list_and_filters_narrow_it(desk, stack):
    acts.events(stack, "keys", 3, state="projected")
    desk.open("events/?object=o-keys")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    expect(event(desk, "keys-1").get_by_role("link").first).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("/events/keys-1/"))
    desk.open("events/?object=o-keys")
    desk.keyboard.press("/")
    desk.keyboard.type("no.such.*")
    expect(desk.locator("#event-rows")).to_contain_text("Nothing matches")
    desk.get_by_role("link", name="Remove filter Type").click()
    expect(event(desk, "keys-1")).to_be_visible()
    desk.get_by_text("Filter", exact=True).click()
    desk.get_by_label("Flag").select_option("late")
    expect(desk.locator("#event-rows")).to_contain_text("Nothing matches")
    expect(desk.locator("#event-chips")).to_contain_text("Late")
    desk.keyboard.press("Escape")
    expect(desk.get_by_label("Flag")).to_be_hidden()


def test_a_test_event_is_sent_waited_for_and_found(desk):
    desk.open("settings/endpoint/")
    card = desk.locator("#test-event")
    expect(card).to_contain_text("The sandbox sends an event of type sandbox.test")
    card.get_by_role("button", name="Send test event").click()
    expect(card).to_contain_text(re.compile(r"Arrived after [\d.]+ m?s"), timeout=25_000)
    expect(desk.locator("#deliveries")).to_contain_text("sandbox.test", timeout=20_000)
    card.get_by_role("link", name="sandbox.test").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("sandbox.test")


def test_a_test_event_that_does_not_come_tells_what_to_look_at(desk, stack):
    switches = f"{stack.sandbox_url}/_sandbox/switches"
    requests.post(switches, json={"webhooks": "dropped"}, timeout=5).raise_for_status()
    try:
        desk.open("settings/endpoint/")
        card = desk.locator("#test-event")
        card.get_by_role("button", name="Send test event").click()
        expect(card).to_contain_text("Waiting for it")
        expect(card).to_contain_text("Nothing arrived within 30 s", timeout=45_000)
        expect(card).to_contain_text("whether its webhooks are switched off")
    finally:
        requests.post(switches, json={"webhooks": "normal"}, timeout=5).raise_for_status()
    card.get_by_role("button", name="Send another").click()
    expect(card).to_contain_text("Arrived after", timeout=25_000)


@pytest.fixture
def rotating(stack):
    """A second workspace of the administrator; gone afterwards, so that others arrive where they expect."""
    acts.inside(stack, SECOND_WORKSPACE)
    yield
    acts.inside(stack, 'from workspace_app.models import Workspace\nWorkspace.objects.get(slug="rotating").delete()\n')


@pytest.mark.usefixtures("rotating")
def test_two_secrets_count_while_they_overlap_and_one_after_it_was_ended(desk, stack):
    number = iter(range(1000))

    def answered(secret, wanted):
        """Whether a delivery signed with `secret` is answered so, within the second in which the edge learns of it."""
        for _try in range(30):
            raw = json.dumps({"type": "sandbox.story", "id": f"turn-{next(number)}", "data": {}}).encode()
            headers = {"FastPix-Signature": webhooks.sign(raw, secret)}
            status = requests.post(f"{stack.url}/webhooks/rotating/", data=raw, headers=headers, timeout=5).status_code
            if status == wanted:
                return True
            time.sleep(0.1)
        return False

    assert answered(OLD, 200)
    assert answered(NEW, 401)
    desk.open("settings/endpoint/", "rotating")
    desk.get_by_label("New signing secret").fill(NEW)
    desk.get_by_role("button", name="Rotate secret").click()
    expect(desk.locator("#overlap")).to_contain_text("is accepted too, until")
    assert answered(NEW, 200)
    assert answered(OLD, 200)

    desk.get_by_role("button", name="End the overlap now…").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("is refused (401)")
    dialog.get_by_role("button", name="End the overlap").click()
    expect(desk.locator("#overlap")).to_have_count(0)
    assert answered(OLD, 401)
    assert answered(NEW, 200)
    desk.reload()
    expect(desk.locator("#rejected-old")).to_contain_text("Signed with the secret before this one", timeout=20_000)
