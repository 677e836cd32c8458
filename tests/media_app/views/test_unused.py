"""Upload URLs nothing was sent to yet: listed, used, cancelled."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from media_app.models import Upload
from media_app.services import transfers
from tests.media_app.views.test_uploads import FILE, HERE, TAB
from tests.people import make_client, make_workspace
from workspace_app.models import TimelineEntry

HTMX = {"HX-Request": "true"}


def url(name, person, *args):
    return reverse(f"media:{name}", args=[person.slug, *args])


def made_elsewhere(far, *, cors_origin="*", ago=timedelta(minutes=5), started=True, **settings):
    """An upload URL somebody else asked FastPix for; its id."""
    signed = (datetime.now(UTC) - ago).strftime("%Y%m%dT%H%M%SZ")
    return far.give_upload({"corsOrigin": cors_origin, "pushMediaSettings": settings}, started=started, signed=signed)


def rows(person, **query):
    return person.get(url("unused_list", person), query, headers=HTMX).content.decode()


def used(person, upload_id, **fields):
    return person.post(url("upload_create", person), FILE | {"reuse": upload_id} | fields, headers=HERE)


def test_the_page_comes_at_once_and_asks_fastpix_with_one_call(editor, harbor, far):
    page = editor.get(url("unused_list", editor)).content.decode()
    assert "Unused upload URLs" in page
    assert far.calls == []
    rows(editor)
    assert far.count("GET", "/v1/on-demand/uploads") == len(far.calls) == 1


def test_what_was_made_elsewhere_says_when_it_was_made_and_runs_out_and_never_its_address(editor, harbor, far):
    upload_id = made_elsewhere(far, metadata={"show": "<b>x</b>"}, playbackIds=[{"accessPolicy": "private"}])
    page = rows(editor)
    assert "Elsewhere" in page
    assert "Runs out in 3 h 5" in page
    assert "Private" in page
    assert "show = &lt;b&gt;x&lt;/b&gt;" in page
    assert f'data-reuse="{upload_id}"' in page
    assert "canary" not in page
    assert "upload_id=" not in page


def test_one_of_ours_that_is_being_sent_leads_to_its_queue_and_cannot_be_cancelled(editor, harbor, far):
    made = editor.post(url("upload_create", editor), FILE).json()
    editor.post(url("upload_session", editor, made["id"]), {"tab": TAB}, headers=HERE)
    [upload_id] = far.uploads
    page = rows(editor)
    assert "By this console" in page
    assert "harbour.mp4" in page
    assert "Look in the queue" in page
    assert "data-reuse" not in page
    answer = editor.post(url("unused_cancel", editor, upload_id), headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialog")
    assert "An upload of this console uses this URL." in answer.content.decode()
    assert far.count("PUT", "/v1/") == 0
    assert used(editor, upload_id, fingerprint="b" * 64).status_code == 409


def test_one_whose_answer_was_lost_is_known_by_its_mark(editor, harbor, far):
    made = editor.post(url("upload_create", editor), FILE).json()
    made_elsewhere(far, metadata={"console_upload": made["id"]})
    page = rows(editor)
    assert "By this console" in page
    assert "console_upload" not in page


def test_one_that_ran_out_says_so_and_takes_no_file(editor, harbor, far):
    upload_id = made_elsewhere(far, ago=timedelta(hours=5))
    page = rows(editor)
    assert "Expired" in page
    assert "data-reuse" not in page
    answer = used(editor, upload_id)
    assert answer.status_code == 409
    assert "This URL ran out." in answer.json()["error"]


def test_a_file_is_sent_straight_to_a_url_that_allows_this_page(editor, harbor, far):
    upload_id = made_elsewhere(far, playbackIds=[{"accessPolicy": "private"}], metadata={"show": "x"})
    answer = used(editor, upload_id, title="Dawn")
    assert (answer.status_code, answer.json()["road"]) == (201, "direct")
    upload = Upload.objects.get()
    assert (upload.remote_id, upload.title, upload.push_settings["accessPolicy"]) == (upload_id, "Dawn", "private")
    given = editor.post(url("upload_session", editor, answer.json()["id"]), {"tab": TAB}, headers=HERE).json()
    assert given["url"] == far.uploads[upload_id]["url"]
    assert far.count("POST", "/v1/on-demand/upload") == 0
    assert TimelineEntry.objects.filter(verb="upload_reused", actor=editor.user).exists()


@pytest.mark.parametrize("started", [True, False])
def test_a_url_for_another_page_is_used_through_the_console(editor, harbor, far, settings, tmp_path, started):
    settings.HANDED_DIR = tmp_path / "handed"
    upload_id = made_elsewhere(far, cors_origin="https://cms.example.com", started=started)
    answer = used(editor, upload_id).json()
    assert answer["road"] == "console"
    editor.post(url("upload_session", editor, answer["id"]), {"tab": TAB})
    piece = f"{url('piece_add', editor, answer['id'])}?tab={TAB}&offset=0"
    editor.post(piece, b"f" * 1000, content_type="application/octet-stream")
    upload = Upload.objects.get()
    assert upload.state == "waiting"
    transfers.work(upload.pk, "worker-one")
    upload.refresh_from_db()
    assert (upload.state, far.stored(upload_id) is not None) == ("sent", True)


def test_where_the_console_takes_no_files_a_url_for_another_page_is_refused(editor, harbor, far, settings):
    settings.HANDED_MAX_BYTES = 0
    answer = used(editor, made_elsewhere(far, cors_origin="https://cms.example.com"))
    assert answer.json()["error"] == "This URL takes files from pages of https://cms.example.com only."
    assert not Upload.objects.exists()


def test_a_url_with_a_part_of_another_file_is_refused(editor, harbor, far):
    upload_id = made_elsewhere(far)
    [session] = [one for one in far.sessions.values() if one["upload"] == upload_id]
    session["held"].extend(b"x" * 300)
    answer = used(editor, upload_id)
    assert "A part of another file is at this URL already." in answer.json()["error"]
    assert not Upload.objects.exists()


def test_a_url_that_storage_forgot_or_fastpix_no_longer_lists_is_refused(editor, harbor, far):
    upload_id = made_elsewhere(far)
    far.sessions.clear()
    assert "storage no longer knows this URL" in used(editor, upload_id).json()["error"]
    far.uploads.clear()
    assert "FastPix no longer lists this URL" in used(editor, upload_id).json()["error"]


def test_a_url_outside_of_the_workspaces_storage_is_refused(editor, harbor, far):
    upload_id = made_elsewhere(far)
    far.uploads[upload_id]["url"] = "https://evil.example/bucket?upload_id=1"
    answer = used(editor, upload_id)
    assert answer.json()["reason"] == "storage"


def test_two_people_cannot_use_the_same_url(editor, admin, harbor, far):
    upload_id = made_elsewhere(far)
    assert used(editor, upload_id).status_code == 201
    assert used(admin, upload_id).status_code == 409
    assert Upload.objects.count() == 1


def test_cancelling_names_the_consequence_and_leaves_the_row_as_cancelled(editor, harbor, far):
    upload_id = made_elsewhere(far)
    dialog = editor.get(url("unused_cancel", editor, upload_id)).content.decode()
    assert "can no longer send a file with it" in dialog
    answer = editor.post(url("unused_cancel", editor, upload_id), headers=HTMX)
    assert "Cancelled" in answer.content.decode()
    assert f'id="unused-{upload_id}"' in answer.content.decode()
    assert far.count("PUT", f"/v1/on-demand/upload/{upload_id}/cancel") == 1
    assert TimelineEntry.objects.get(verb="url_cancelled").details == {"upload": upload_id}


def test_one_that_is_gone_is_not_offered_for_cancelling(editor, harbor, far):
    upload_id = made_elsewhere(far)
    far.uploads.clear()
    dialog = editor.get(url("unused_cancel", editor, upload_id))
    assert dialog.status_code == 422
    assert "FastPix no longer lists this URL" in dialog.content.decode()
    assert "Cancel the URL" not in dialog.content.decode()


def test_fastpix_away_is_said_where_the_list_would_be(editor, harbor, far):
    far.api.append("503")
    answer = editor.get(url("unused_list", editor), headers=HTMX)
    assert answer.status_code == 502
    assert "Try again" in answer.content.decode()
    assert answer["X-Error"] == "fragment"


def test_an_id_that_is_none_is_shown_without_acts(editor, harbor, far):
    far.uploads['"><script>'] = {"corsOrigin": 5, "pushMediaSettings": [], "url": "x", "browser": False}
    page = rows(editor)
    assert "<script>" not in page
    assert "data-reuse" not in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999", "²"])
def test_a_page_that_is_none_is_the_first(editor, harbor, far, page):
    assert "No unused upload URLs" in rows(editor, page=page)


def test_the_uploads_of_another_workspace_are_not_taken_for_ours(editor, harbor, far):
    other = make_workspace("pier")
    upload_id = made_elsewhere(far)
    Upload.objects.create(workspace=other, origin="browser", filename="secret.mp4", size=1, remote_id=upload_id)
    assert "secret.mp4" not in rows(editor)
    stranger = make_client("else@example.com", other, "admin")
    assert stranger.get(reverse("media:unused_list", args=["harbor"])).status_code == 404


def test_a_viewer_may_neither_see_nor_cancel_them(viewer, harbor, far):
    upload_id = made_elsewhere(far)
    assert viewer.get(url("unused_list", viewer), headers=HTMX).status_code == 403
    assert viewer.post(url("unused_cancel", viewer, upload_id)).status_code == 403
    assert used(viewer, upload_id).status_code == 403
    assert far.calls == []
