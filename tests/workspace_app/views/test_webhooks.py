"""The endpoint's page: the address, the two secrets while they overlap, and how long events are kept."""

from datetime import timedelta

import pytest
from django.utils import timezone

from workspace_app import probes, timeline, words
from workspace_app.models import TimelineEntry, Workspace

SETTINGS = "/w/harbor/settings/"
ENDPOINT = "/w/harbor/settings/endpoint/"
OLD = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def said(workspace):
    return [line.sentence for line in words.lines(timeline.of(workspace, "workspace", "harbor"))]


def test_the_page_gives_the_address_and_no_secret(admin, settings):
    settings.PUBLIC_URL = "https://console.example"
    page = admin.get(ENDPOINT).content.decode()
    assert "https://console.example/webhooks/harbor/" in page
    assert OLD not in page
    for part in ("deliveries", "test", "rejections"):
        assert f'data-hx-get="/w/harbor/events/{part}/"' in page


def test_the_page_opens_when_the_cache_is_away(admin, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}}
    assert admin.get(ENDPOINT).status_code == 200


def test_rotating_keeps_the_old_webhook_secret_for_a_day(admin):
    assert admin.post(SETTINGS + "webhooks/secret/", {"secret": "bmV3LXNlY3JldA=="}).status_code == 302
    found = Workspace.objects.get()
    assert (found.webhook_secret, found.webhook_secret_previous) == ("bmV3LXNlY3JldA==", OLD)
    left = found.webhook_secret_previous_until - timezone.now()
    assert timedelta(hours=23, minutes=59) < left <= timedelta(hours=24)
    page = admin.get(ENDPOINT).content.decode()
    assert "is accepted too, until" in page
    assert "Rotating again ends that at once." in page
    assert "bmV3LXNlY3JldA==" not in page
    assert TimelineEntry.objects.get().verb == "webhook_secret_rotated"


def test_the_same_webhook_secret_again_changes_nothing(admin):
    admin.post(SETTINGS + "webhooks/secret/", {"secret": OLD})
    assert Workspace.objects.get().webhook_secret_previous == ""
    assert not TimelineEntry.objects.exists()


@pytest.mark.parametrize("wrong", ["", "not base64!", "ÄÖÜ"])
def test_a_webhook_secret_is_base64(admin, wrong):
    page = admin.post(SETTINGS + "webhooks/secret/", {"secret": wrong})
    assert page.status_code == 422
    assert page.context["webhook_form"].errors["secret"]
    assert Workspace.objects.get().webhook_secret == OLD


def test_the_webhook_state_tells_probe_and_delivery_apart(admin, workspace):
    state = SETTINGS + "webhooks/state/"
    assert "Nothing has arrived yet" in admin.get(state).content.decode()
    probes.note("harbor")
    assert "Probe seen" in admin.get(state).content.decode()
    workspace.events.create(event_id="e", type="video.media.ready", body=b"{}", sha256="0" * 64)
    page = admin.get(state).content.decode()
    assert "video.media.ready" in page
    assert "hx-trigger" not in page


def test_since_when_a_secret_is_in_use_is_told(admin):
    admin.post(SETTINGS + "webhooks/secret/", {"secret": "bmV3LXNlY3JldA=="})
    assert abs(Workspace.objects.get().webhook_secret_at - timezone.now()) < timedelta(minutes=1)
    assert "In use since" in admin.get(ENDPOINT).content.decode()


def test_the_overlap_ends_at_once_after_its_consequence_was_told(admin, workspace):
    admin.post(SETTINGS + "webhooks/secret/", {"secret": "bmV3LXNlY3JldA=="})
    dialog = admin.get(ENDPOINT + "overlap/").content.decode()
    assert "is refused (401)" in dialog
    assert Workspace.objects.get().webhook_secret_previous == OLD, "asking changes nothing"
    assert admin.post(ENDPOINT + "overlap/")["Location"] == ENDPOINT
    found = Workspace.objects.get()
    assert found.webhook_secret == "bmV3LXNlY3JldA=="
    assert found.webhook_secret_previous_until <= timezone.now()
    assert "is accepted too, until" not in admin.get(ENDPOINT).content.decode()
    assert said(workspace)[0] == "The webhook signing secret before this one no longer counts"


def test_ending_an_overlap_that_is_none_changes_nothing(admin):
    assert "Only one secret is accepted" in admin.get(ENDPOINT + "overlap/").content.decode()
    admin.post(ENDPOINT + "overlap/")
    assert not TimelineEntry.objects.exists()


def test_how_long_events_are_kept_is_chosen_and_noted(admin, workspace):
    assert "cannot be brought back" in admin.get(ENDPOINT).content.decode()
    assert admin.post(ENDPOINT + "retention/", {"keep_events_days": "30"})["Location"] == ENDPOINT
    assert Workspace.objects.get().keep_events_days == 30
    assert '<option value="30" selected>' in admin.get(ENDPOINT).content.decode()
    assert said(workspace) == ["Days that events are kept, 0 for ever: from 90 to 30"]
    admin.post(ENDPOINT + "retention/", {"keep_events_days": "30"})
    assert len(said(workspace)) == 1


@pytest.mark.parametrize("nonsense", ["", "-1", "5", "99999999999", "x"])
def test_only_the_offered_times_are_taken(admin, nonsense):
    assert admin.post(ENDPOINT + "retention/", {"keep_events_days": nonsense}).status_code == 422
    assert Workspace.objects.get().keep_events_days == 90
