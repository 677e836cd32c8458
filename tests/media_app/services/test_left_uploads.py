"""A tab may be closed between the last byte and its word; with every webhook lost nobody else would say so."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from media_app.models import Media, Upload
from media_app.services import browser_uploads, uploads
from media_app.tasks import poll_open, settle_left
from tests.media_app.services.test_browser_uploads import ORIGIN, begun

TAB = "tab-one-1"


@pytest.fixture(autouse=True)
def nothing_asked_yet(db):
    cache.clear()


@pytest.fixture
def upload(far, harbor, editor):
    return browser_uploads.open_for_tab(begun(harbor, editor), TAB, cors_origin=ORIGIN)


def fastpix_has(far, upload):
    media = {"id": upload.remote_id, "status": "Processing", "createdAt": "2026-11-01T10:00:00.000000Z"}
    far.media[upload.remote_id] = media | {"workspaceId": "", "playbackIds": []}


def asked(far, upload):
    return far.count("GET", f"/v1/on-demand/{upload.remote_id}")


def test_an_upload_whose_tab_closed_after_the_last_byte_is_finished(far, upload):
    """RELIABILITY 33: the tab is gone for good, every webhook lost."""
    fastpix_has(far, upload)
    settle_left()
    upload.refresh_from_db()
    assert (upload.state, asked(far, upload)) == ("sending", 0), "its tab may still be at it"
    browser_uploads.leave(upload, TAB)
    settle_left()
    upload.refresh_from_db()
    assert (upload.state, upload.offset, upload.session_url, upload.next_try_at) == ("sent", upload.size, "", None)
    poll_open()
    assert Media.objects.get().remote_id == upload.remote_id


def test_one_that_fastpix_does_not_know_waits_for_its_file_and_is_asked_about_less_and_less(far, upload):
    browser_uploads.leave(upload, TAB)
    settle_left()
    settle_left()
    assert asked(far, upload) == 1
    Upload.objects.update(next_try_at=None, updated_at=timezone.now() - timedelta(hours=7))
    settle_left()
    assert asked(far, upload) == 1
    assert Upload.objects.get().state == "sending"
    assert browser_uploads.open_for_tab(upload, "tab-two-2", cors_origin=ORIGIN).session_url


def test_one_whose_media_is_known_already_needs_no_call(far, harbor, upload):
    browser_uploads.leave(upload, TAB)
    Media.objects.create(workspace=harbor, remote_id=upload.remote_id, title="harbour", status="ready")
    settle_left()
    upload.refresh_from_db()
    assert (upload.state, asked(far, upload)) == ("sent", 0)


def test_a_paused_one_is_asked_about_too_and_a_cancelled_one_is_not(far, editor, upload):
    browser_uploads.leave(upload, TAB)
    uploads.pause(upload, by=editor.user)
    fastpix_has(far, upload)
    settle_left()
    assert Upload.objects.get().state == "sent"
    Upload.objects.update(state="cancelled")
    settle_left()
    assert (Upload.objects.get().state, asked(far, upload)) == ("cancelled", 1)


def test_silence_leaves_the_upload_as_it_is(far, upload):
    browser_uploads.leave(upload, TAB)
    fastpix_has(far, upload)
    far.api.extend(["500"])
    settle_left()
    assert Upload.objects.get().state == "sending"
    cache.clear()
    Upload.objects.update(next_try_at=None)
    settle_left()
    assert Upload.objects.get().state == "sent"
