"""A test event, through the real sandbox: asked for, waited for, and what is said when it does not come."""

from datetime import timedelta

import pytest
import requests
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from events_app import rejections, trial
from events_app.rejections import Cause
from fastpix_api import Unreachable
from tests.events_app.test_backlog import put
from workspace_app import timeline, words


@pytest.fixture
def at_sandbox(workspace, sandbox):
    """The workspace as the sandbox's own."""
    workspace.api_url, workspace.token_id, workspace.secret_key = sandbox.api_url, "sandbox", "sandbox"
    workspace.save()
    return workspace


@pytest.fixture
def at_fastpix(at_sandbox, settings, sandbox):
    """The workspace as one of FastPix's, with the sandbox for FastPix; the controls are closed to it."""
    settings.SANDBOX_URL = sandbox.url
    at_sandbox.sandbox = False
    at_sandbox.save()
    return at_sandbox


def events_of(sandbox):
    return requests.get(f"{sandbox.url}/_sandbox/state", timeout=5).json()["events"]


def a_media(sandbox, **settings):
    body = {
        "inputs": [{"type": "video", "url": f"{sandbox.url}/samples/demo.mp4"}],
        "accessPolicy": "public",
    } | settings
    made = requests.post(f"{sandbox.api_url}/on-demand", json=body, auth=("sandbox", "sandbox"), timeout=10).json()
    return made["data"]["id"]


def test_the_sandbox_sends_an_event_that_is_about_nothing(at_sandbox, sandbox, admin):
    sent = trial.send(at_sandbox, by=admin.user)
    found = [one for one in events_of(sandbox) if one["id"] == sent.event_id]
    assert [one["type"] for one in found] == ["sandbox.test"]
    [line] = words.lines(timeline.of(at_sandbox, "workspace", "harbor"))
    assert (line.sentence, line.entry.actor) == ("Test event sent", admin.user)


def test_of_fastpix_the_newest_media_is_saved_as_it_is(at_fastpix, sandbox, admin):
    a_media(sandbox, title="Older")
    newest = a_media(sandbox, title="Sunrise", metadata={"room": "7"})
    sent = trial.send(at_fastpix, by=admin.user)
    assert (sent.object_id, sent.title, sent.event_id) == (newest, "Sunrise", "")
    told = requests.get(f"{sandbox.api_url}/on-demand/{newest}", auth=("sandbox", "sandbox"), timeout=5).json()["data"]
    assert (told["title"], told["metadata"]) == ("Sunrise", {"room": "7"})
    said = [one["type"] for one in events_of(sandbox) if one["object_id"] == newest]
    assert "video.media.updated" in said


def test_a_sandbox_that_is_away_is_told_and_nothing_is_noted(workspace, admin):
    with pytest.raises(Unreachable):
        trial.send(workspace, by=admin.user)
    assert not timeline.of(workspace, "workspace", "harbor")
    assert admin.post(reverse("events:test_event", args=["harbor"]), headers={"hx-request": "true"}).status_code == 502


def test_the_page_waits_for_the_very_event_and_says_how_long_it_took(at_sandbox, admin):
    address = reverse("events:test_event", args=["harbor"])
    assert "sandbox.test" in admin.get(address).content.decode()
    part = admin.post(address, headers={"hx-request": "true"}).content.decode()
    assert "Waiting for it" in part
    asks = part.split('data-hx-get="')[1].split('"')[0].replace("&amp;", "&")
    sent = trial.Sent.read(QueryDict(asks.partition("?")[2]))
    put(at_sandbox, 1, received_at=sent.at + timedelta(seconds=0.5), kind="sandbox.test")
    assert "Waiting for it" in admin.get(asks).content.decode(), "another event came"
    put(at_sandbox, 2, event_id=sent.event_id, received_at=sent.at + timedelta(seconds=0.8), kind="sandbox.test")
    part = admin.get(asks).content.decode()
    assert "Arrived after 0.8 s" in part
    assert "every 1s" not in part


def test_an_update_of_the_saved_media_counts_only_when_it_came_afterwards(workspace):
    sent = trial.Sent(timezone.now(), object_id="m-1")
    put(workspace, 1, kind="video.media.updated", object_id="m-1", received_at=sent.at - timedelta(seconds=1))
    put(workspace, 2, kind="video.media.ready", object_id="m-1", received_at=sent.at + timedelta(seconds=1))
    assert trial.arrived(workspace, sent) is None
    put(workspace, 3, kind="video.media.updated", object_id="m-1", received_at=sent.at + timedelta(seconds=2))
    assert trial.arrived(workspace, sent).event_id == "e-3"


def test_after_thirty_seconds_it_says_what_to_look_at(workspace, admin, settings):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    workspace.sandbox, workspace.webhook_secret = False, ""
    workspace.save()
    address = reverse("events:test_event", args=["harbor"])
    sent = trial.Sent(timezone.now() - timedelta(seconds=31), object_id="m-1")
    part = admin.get(f"{address}?{sent.address}").content.decode()
    for told in ("Nothing arrived within 30 s", "No signing secret", "No probe", "PUBLIC_URL has to be a public"):
        assert told in part
    rejections.add({("harbor", Cause.OLD): 1})
    part = admin.get(f"{address}?{sent.address}").content.decode()
    assert "came and was refused: Signed with the secret before this one" in part
    assert "No probe" not in part, "it was reached"


def test_where_there_is_nothing_to_save_nothing_is_saved(at_fastpix, admin, sandbox):
    for one in events_of(sandbox):
        requests.delete(f"{sandbox.api_url}/on-demand/{one['object_id']}", auth=("sandbox", "sandbox"), timeout=5)
    before = len(events_of(sandbox))
    part = admin.post(reverse("events:test_event", args=["harbor"]), headers={"hx-request": "true"}).content.decode()
    assert "There is nothing to save" in part
    assert len(events_of(sandbox)) == before


@pytest.mark.parametrize(
    "nonsense", ["since=x&event=1", "since=2026-01-01T00:00&event=1", "since=2026-13-01&event=1", "event=1",
                 "since=2026-01-01T00:00:00Z", "since=2026-01-01T00:00:00Z&event=%00",
                 "since=0001-01-01T00:00:00%2B14:00&event=1", "since=9999-12-31T23:59:59-14:00&object=1"]
)  # fmt: skip
def test_nonsense_in_the_address_shows_the_beginning(admin, workspace, nonsense):
    part = admin.get(f"{reverse('events:test_event', args=['harbor'])}?{nonsense}")
    assert part.status_code == 200
    assert "Waiting for it" not in part.content.decode()
