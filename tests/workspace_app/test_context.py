"""What every page's frame tells of the line from FastPix."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.people import make_workspace
from workspace_app.context import Frame

PAGE = "/workspaces/"
SET_UP = "/w/harbor/settings/webhooks/"


def heard(workspace, event_id, ago):
    workspace.events.create(
        event_id=event_id, type="video.media.ready", body=b"{}", sha256="0" * 64, received_at=timezone.now() - ago
    )


def frame(rf, workspace):
    request = rf.get("/")
    request.workspace = workspace
    return Frame(request)


def test_the_newest_webhook_is_found_by_one_query(rf, workspace):
    heard(workspace, "old", timedelta(days=2))
    heard(workspace, "new", timedelta(seconds=4))
    heard(make_workspace("elsewhere"), "theirs", timedelta(0))
    found = frame(rf, workspace)
    with CaptureQueriesContext(connection) as asked:
        assert timedelta(seconds=3) < timezone.now() - found.last_webhook_at < timedelta(minutes=1)
        assert found.webhooks_fresh
    assert len(asked) == 1


def test_the_newest_webhook_is_found_by_an_index(rf, workspace):
    rows = workspace.events.order_by("-pk").values_list("received_at", flat=True)[:1]
    if connection.vendor == "sqlite":
        assert "USING INDEX event_newest" in rows.explain()
        assert "TEMP B-TREE" not in rows.explain()


@pytest.mark.parametrize(("ago", "words"), [(4, "Webhooks fresh,"), (7200, "Last webhook")])
def test_the_side_bar_tells_when_the_last_webhook_came(viewer, workspace, ago, words):
    heard(workspace, "e", timedelta(seconds=ago))
    page = viewer.get("/w/harbor/media/").content.decode()
    assert words in page
    assert "No webhook yet" not in page


def test_an_open_page_hears_of_the_first_webhook(viewer, workspace):
    assert "/w/harbor/webhooks/heard/" in viewer.get("/w/harbor/media/").content.decode()
    assert "No webhook yet" in viewer.get("/w/harbor/webhooks/heard/").content.decode()
    heard(workspace, "first", timedelta(seconds=4))
    assert "Webhooks fresh," in viewer.get("/w/harbor/webhooks/heard/").content.decode()


def test_before_the_first_webhook_an_admin_is_led_to_the_set_up(admin, viewer):
    for person, linked in ((admin, True), (viewer, False)):
        page = person.get("/w/harbor/media/").content.decode()
        assert "No webhook yet" in page
        assert (SET_UP in page) is linked


def test_outside_a_workspace_nothing_is_said_of_webhooks(admin):
    assert "webhook" not in admin.get(PAGE).content.decode().lower().split("<main")[0].split("<body")[1]
