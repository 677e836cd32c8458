from datetime import timedelta

import pytest
from django.utils import timezone

from media_app.models import Upload
from media_app.services import browser_uploads, uploads
from media_app.services.media_settings import Asked
from media_app.services.uploads import UploadProblem

ORIGIN = "https://console.example.com"
FILE = {
    "filename": "harbour.mp4",
    "size": 1000,
    "fingerprint": "a" * 64,
    "content_type": "video/mp4",
    "asked": Asked({"accessPolicy": "public"}),
}


def begun(harbor, editor):
    return browser_uploads.begin(harbor, editor.user, FILE)[0]


def test_the_same_file_gets_its_unfinished_upload_back(harbor, editor, admin):
    first, continued = browser_uploads.begin(harbor, editor.user, FILE)
    assert not continued
    assert browser_uploads.begin(harbor, editor.user, FILE) == (first, True)
    assert browser_uploads.begin(harbor, editor.user, FILE | {"fingerprint": "b" * 64})[1] is False
    assert browser_uploads.begin(harbor, admin.user, FILE)[1] is False


def test_fastpix_is_told_the_origin_that_will_send_and_that_it_is_a_browser(far, harbor, editor):
    upload = browser_uploads.open_for_tab(begun(harbor, editor), "tab-one-1", cors_origin=ORIGIN)
    asked = far.uploads[upload.remote_id]
    assert (asked["corsOrigin"], asked["browser"]) == (ORIGIN, True)
    metadata = {uploads.MARK: str(upload.public_id)}
    assert asked["pushMediaSettings"] == {"accessPolicy": "public", "title": "harbour", "metadata": metadata}
    assert upload.session_url.startswith(far.address)


def test_one_tab_sends_and_another_waits_until_it_left(far, harbor, editor):
    """RELIABILITY 35: no mixed bytes."""
    upload = begun(harbor, editor)
    opened = browser_uploads.open_for_tab(upload, "tab-one-1", cors_origin=ORIGIN)
    with pytest.raises(UploadProblem) as refused:
        browser_uploads.open_for_tab(upload, "tab-two-2", cors_origin=ORIGIN)
    assert refused.value.reason == "busy"
    assert browser_uploads.report(opened, "tab-two-2", offset=500) == "sending"
    browser_uploads.leave(opened, "tab-one-1")
    again = browser_uploads.open_for_tab(upload, "tab-two-2", cors_origin=ORIGIN)
    assert (again.session_url, again.offset) == (opened.session_url, 0)
    assert len(far.uploads) == 1


def test_a_tab_that_died_is_replaced_when_its_lease_ran_out(far, harbor, editor):
    upload = browser_uploads.open_for_tab(begun(harbor, editor), "tab-one-1", cors_origin=ORIGIN)
    Upload.objects.filter(pk=upload.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    browser_uploads.open_for_tab(upload, "tab-two-2", cors_origin=ORIGIN)


def test_the_started_session_is_kept_and_only_one_of_the_same_storage_is(far, harbor, editor):
    upload = browser_uploads.open_for_tab(begun(harbor, editor), "tab-one-1", cors_origin=ORIGIN)
    started = f"{upload.session_url}&upload_id=x1"
    browser_uploads.report(upload, "tab-one-1", offset=0, session_url=started)
    upload.refresh_from_db()
    assert upload.session_url == started
    for foreign in ("http://169.254.169.254/?upload_id=1", f"{far.address}/other?upload_id=1", far.address):
        with pytest.raises(UploadProblem):
            browser_uploads.report(upload, "tab-one-1", offset=0, session_url=foreign)


def test_an_address_outside_the_workspaces_storage_is_not_handed_to_anybody(far, harbor, editor):
    harbor.upload_url = "https://storage.googleapis.com"
    harbor.save()
    with pytest.raises(UploadProblem, match="Add it as upload storage"):
        browser_uploads.open_for_tab(begun(harbor, editor), "tab-one-1", cors_origin=ORIGIN)


def test_a_dead_session_is_renewed_unless_fastpix_has_the_file(far, harbor, editor):
    """RELIABILITY 32."""
    upload = browser_uploads.open_for_tab(begun(harbor, editor), "tab-one-1", cors_origin=ORIGIN)
    renewed = browser_uploads.open_for_tab(upload, "tab-one-1", cors_origin=ORIGIN, renew=True)
    assert renewed.remote_id != upload.remote_id
    far.media[renewed.remote_id] = {"id": renewed.remote_id, "status": "Created"}
    with pytest.raises(UploadProblem) as told:
        browser_uploads.open_for_tab(upload, "tab-one-1", cors_origin=ORIGIN, renew=True)
    assert told.value.reason == "sent"
    renewed.refresh_from_db()
    assert (renewed.state, len(far.uploads)) == ("sent", 2)


def test_whether_unreadable_answers_meant_success_is_asked_of_fastpix(far, harbor, editor):
    upload = browser_uploads.open_for_tab(begun(harbor, editor), "tab-one-1", cors_origin=ORIGIN)
    assert browser_uploads.settle(upload, "tab-one-1") == "sending"
    far.media[upload.remote_id] = {"id": upload.remote_id, "status": "Created"}
    assert browser_uploads.settle(upload, "tab-one-1") == "sent"


def test_a_cancelled_upload_is_not_opened_again(far, harbor, editor):
    upload = browser_uploads.open_for_tab(begun(harbor, editor), "tab-one-1", cors_origin=ORIGIN)
    assert uploads.cancel(upload, by=editor.user)
    with pytest.raises(UploadProblem, match="cancelled"):
        browser_uploads.open_for_tab(upload, "tab-one-1", cors_origin=ORIGIN)


def test_a_cancel_is_kept_also_when_fastpix_is_away(far, harbor, editor):
    upload = browser_uploads.open_for_tab(begun(harbor, editor), "tab-one-1", cors_origin=ORIGIN)
    far.api.extend(["503"])
    assert uploads.cancel(upload, by=editor.user)
    upload.refresh_from_db()
    assert upload.state == "cancelled"


def test_a_tab_in_the_middle_does_not_take_back_a_pause_made_elsewhere(far, harbor, editor, admin):
    upload = browser_uploads.open_for_tab(begun(harbor, editor), "tab-one-1", cors_origin=ORIGIN)
    assert uploads.pause(upload, by=admin.user)
    with pytest.raises(UploadProblem) as told:
        browser_uploads.open_for_tab(upload, "tab-one-1", cors_origin=ORIGIN, renew=True, again=True)
    assert told.value.reason == "paused"
    upload.refresh_from_db()
    assert upload.state == "paused"
    chosen_again = browser_uploads.open_for_tab(upload, "tab-one-1", cors_origin=ORIGIN)
    assert chosen_again.state == "sending"
