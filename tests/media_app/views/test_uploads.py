import pytest
from django.db import connection
from django.urls import reverse

from media_app.models import Upload
from tests.media_app.shelf import put
from tests.people import make_client, make_workspace

FILE = {
    "filename": "../films/harbour.mp4",
    "size": "1000",
    "content_type": "video/mp4",
    "fingerprint": "a" * 64,
    "access_policy": "private",
    "media_quality": "standard",
    "max_resolution": "1080p",
}
HERE = {"Origin": "http://testserver"}
TAB = "tab-0000-1111"


def url(name, person, *args):
    return reverse(f"media:{name}", args=[person.slug, *args])


def created(person, **changes):
    return person.post(url("upload_create", person), FILE | changes)


def opened(person, public_id, **fields):
    return person.post(url("upload_session", person, public_id), {"tab": TAB} | fields, headers=HERE)


def test_a_file_gets_a_row_with_a_clean_name_and_its_settings(editor, harbor):
    answer = created(editor)
    upload = Upload.objects.get()
    assert (answer.status_code, answer.json()["id"]) == (201, str(upload.public_id))
    assert (upload.filename, upload.title, upload.created_by) == ("harbour.mp4", "harbour", editor.user)
    assert upload.push_settings["accessPolicy"] == "private"
    assert created(editor).json()["continued"] is True


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"size": "0"}, "The file is empty, so there is nothing to send."),
        ({"size": str(6 * 1024**4)}, "Larger than 5 TiB"),
        ({"filename": "poster.psd", "content_type": "image/psd"}, "Not a video or audio file."),
        ({"access_policy": "everybody"}, "Who can play it: "),
        ({"fingerprint": "zz"}, "fingerprint"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_one_sentence(editor, harbor, changes, words):
    """RELIABILITY 34: an empty file, no media."""
    answer = created(editor, **changes)
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert not Upload.objects.exists()


def test_the_session_is_a_secret_that_only_an_authorised_post_gets(editor, admin, viewer, harbor, far):
    """RELIABILITY 36."""
    public_id = created(editor).json()["id"]
    answer = opened(editor, public_id)
    assert "canary-" in answer.json()["url"]
    assert "no-store" in answer["Cache-Control"]
    assert editor.get(url("upload_session", editor, public_id)).status_code == 405
    assert opened(viewer, public_id).status_code == 403
    assert opened(admin, public_id).status_code == 404, "another person's file"
    for page in ("upload_list", "upload_queue", "server_list", "import_url"):
        assert "canary-" not in editor.get(url(page, editor)).content.decode()


def test_the_address_is_kept_encrypted(editor, harbor, far):
    opened(editor, created(editor).json()["id"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_url FROM media_app_upload")
        [stored] = cursor.fetchone()
    assert "canary" not in stored
    assert "canary-" in Upload.objects.get().session_url


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_a_session_is_opened_for_this_consoles_own_origin_only(editor, harbor, far, origin):
    public_id = created(editor).json()["id"]
    answer = editor.post(url("upload_session", editor, public_id), {"tab": TAB}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert far.uploads == {}


def test_fastpix_away_is_said_to_the_script_in_a_sentence(editor, harbor, far):
    far.api.extend(["503"])
    answer = opened(editor, created(editor).json()["id"])
    assert (answer.status_code, answer.json()["reason"]) == (502, "fastpix")
    assert "FastPix" in answer.json()["error"]


def test_progress_is_kept_and_answers_with_what_the_row_says(editor, harbor, far):
    public_id = created(editor).json()["id"]
    opened(editor, public_id)
    report = url("upload_progress", editor, public_id)
    assert editor.post(report, {"tab": TAB, "offset": "512"}).json() == {"state": "sending"}
    assert Upload.objects.get().offset == 512
    assert editor.post(report, {"tab": TAB, "offset": "-1"}).status_code == 422
    assert editor.post(report, {"offset": "600"}).status_code == 422
    editor.post(url("upload_pause", editor, public_id), headers={"Accept": "application/json"})
    assert editor.post(report, {"tab": TAB, "offset": "600"}).json() == {"state": "paused"}
    opened(editor, public_id)
    assert editor.post(report, {"tab": TAB, "said": "sent"}).json() == {"state": "sent"}


def test_a_tab_that_gives_up_leaves_a_reason(editor, harbor, far):
    public_id = created(editor).json()["id"]
    opened(editor, public_id)
    editor.post(url("upload_progress", editor, public_id), {"tab": TAB, "said": "stopped:network"})
    assert "Network lost." in editor.get(url("upload_list", editor)).content.decode()


def test_a_sent_file_shows_what_its_media_says(editor, harbor):
    media = put(harbor, "harbour")
    Upload.objects.create(
        workspace=harbor,
        created_by=editor.user,
        origin="browser",
        state="sent",
        filename="harbour.mp4",
        size=1,
        remote_id=media.remote_id,
    )
    page = editor.get(url("upload_queue", editor)).content.decode()
    assert "Ready" in page
    assert url("media_detail", editor, media.remote_id) in page


def test_uploads_of_another_workspace_do_not_exist(editor, harbor):
    public_id = created(editor).json()["id"]
    other = make_client("else@example.com", make_workspace("pier"), "admin")
    for act in ("session", "progress", "pause", "resume", "retry", "cancel"):
        for fields in ({"tab": TAB}, {}):
            assert other.post(url(f"upload_{act}", other, public_id), fields).status_code == 404
    assert str(public_id) not in other.get(url("upload_list", other)).content.decode()


def test_a_viewer_may_do_none_of_it(viewer, editor, harbor):
    public_id = created(editor).json()["id"]
    for page in ("upload_list", "upload_queue", "server_list", "server_queue", "import_url", "import_queue"):
        assert viewer.get(url(page, viewer)).status_code == 403
    assert created(viewer).status_code == 403
    assert viewer.post(url("server_start", viewer)).status_code == 403
    for act in ("session", "progress", "pause", "resume", "retry", "cancel"):
        assert viewer.post(url(f"upload_{act}", viewer, public_id)).status_code == 403


def test_hostile_names_stay_text(editor, harbor):
    """RELIABILITY 34 and 48."""
    created(editor, filename='"><img src=x onerror=alert(1)>{{7*7}}.mp4')
    page = editor.get(url("upload_list", editor)).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}.mp4" in page
