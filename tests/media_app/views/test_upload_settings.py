"""Each setting on each road, from the form a person posts to what FastPix is asked for."""

from django.urls import reverse

from media_app.models import Upload
from media_app.services import transfers, uploads, url_imports
from tests.media_app.asked import BESIDE, FILM, FORM, SAID
from tests.media_app.views.test_uploads import FILE, HERE, TAB

MOVED = {"inputs", "startTime", "endTime"}


def url(name, person, *args):
    return reverse(f"media:{name}", args=[person.slug, *args])


def with_mark(mark, upload):
    return SAID["metadata"] | {mark: str(upload.public_id)}


def order(upload):
    """One worker gives one order."""
    Upload.objects.filter(pk=upload.pk).update(leased_by="queue")
    url_imports.work(upload.pk, "worker-one")


def test_a_file_of_this_computer(editor, harbor, far):
    made = editor.post(url("upload_create", editor), FILE | FORM | {"title": "Dawn"}).json()
    editor.post(url("upload_session", editor, made["id"]), {"tab": TAB}, headers=HERE)
    [asked] = far.uploads.values()
    said = SAID | {"title": "Dawn", "metadata": with_mark(uploads.MARK, Upload.objects.get())}
    assert asked["pushMediaSettings"] == said


def test_a_file_of_the_servers_folder(editor, harbor, far, import_folder):
    (import_folder / "a.mp4").write_bytes(b"film" * 100)
    editor.post(url("server_start", editor), FORM | {"path": ["a.mp4"], "title:a.mp4": "Dawn"})
    upload = Upload.objects.get()
    transfers.work(upload.pk, "worker-one")
    [asked] = far.uploads.values()
    assert asked["pushMediaSettings"] == SAID | {"title": "Dawn", "metadata": with_mark(uploads.MARK, upload)}


def test_an_address(editor, harbor, far):
    editor.post(url("import_url", editor), FORM | {"urls": "https://cdn.example.com/a.mp4 Dawn over the harbour"})
    upload = Upload.objects.get()
    order(upload)
    [asked] = far.orders
    video = {"type": "video", "url": "https://cdn.example.com/a.mp4", "startTime": 0, "endTime": 90, **FILM}
    assert asked.pop("inputs") == [video, *BESIDE]
    said = {name: value for name, value in SAID.items() if name not in MOVED}
    said |= {"title": "Dawn over the harbour", "metadata": with_mark(url_imports.MARK, upload)}
    assert asked == said


def test_settings_that_cannot_be_are_said_on_every_road_and_nothing_begins(editor, harbor, far, import_folder):
    (import_folder / "a.mp4").write_bytes(b"film")
    wrong = FORM | {"drm_configuration_id": ""}
    file = editor.post(url("upload_create", editor), FILE | wrong)
    assert (file.status_code, file.json()["reason"]) == (422, "settings")
    assert "DRM configuration ID: DRM needs the configuration" in file.json()["error"]
    for road, more in (
        ("server_start", {"path": ["a.mp4"]}),
        ("import_url", {"urls": "https://cdn.example.com/a.mp4"}),
        ("upload_check", {}),
    ):
        page = editor.post(url(road, editor), wrong | more)
        assert page.status_code == 422, road
        assert "DRM needs the configuration to encrypt with." in page.content.decode(), road
        assert 'value="studio 4"' in page.content.decode(), "what was filled in stays"
    assert not Upload.objects.exists()


def test_a_title_that_is_too_long_is_said_and_the_choice_stays(editor, harbor, import_folder):
    (import_folder / "a.mp4").write_bytes(b"film")
    page = editor.post(url("server_start", editor), FORM | {"path": ["a.mp4"], "title:a.mp4": "t" * 256})
    body = page.content.decode()
    assert page.status_code == 422
    assert "FastPix keeps 255 characters of a title and drops the rest." in body
    assert 'value="a.mp4" id="file-1" checked' in body
    assert "256 characters" in editor.post(url("upload_create", editor), FILE | {"title": "t" * 256}).json()["error"]


def test_a_setting_that_fastpix_refuses_stops_a_file_at_once_and_says_which(editor, harbor, far):
    made = editor.post(url("upload_create", editor), FILE).json()
    far.api.append({"pushMediaSettings.drmConfigurationId": "is invalid"})
    answer = editor.post(url("upload_session", editor, made["id"]), {"tab": TAB}, headers=HERE)
    told = "FastPix refused a setting. DRM configuration ID: is invalid."
    assert (answer.status_code, answer.json()["reason"]) == (422, "refused")
    assert answer.json()["error"].startswith(told)
    upload = Upload.objects.get()
    assert (upload.state, upload.leased_until) == ("stopped", None)
    assert told in editor.get(url("upload_queue", editor)).content.decode()


def test_a_setting_that_fastpix_refuses_stops_an_import_and_a_file_of_the_server(editor, harbor, far, import_folder):
    (import_folder / "a.mp4").write_bytes(b"film")
    editor.post(url("server_start", editor), FORM | {"path": ["a.mp4"]})
    editor.post(url("import_url", editor), FORM | {"urls": "https://cdn.example.com/b.mp4"})
    first, second = Upload.objects.order_by("pk")
    far.api.extend([{"subtitles.languageCode": "is unknown"}] * 2)
    transfers.work(first.pk, "worker-one")
    order(second)
    for row, page in ((first, "server_queue"), (second, "import_queue")):
        row.refresh_from_db()
        assert row.state == "stopped"
        assert "Generate subtitles: is unknown" in editor.get(url(page, editor)).content.decode()


def test_every_page_has_the_same_settings(editor, harbor, import_folder):
    (import_folder / "a.mp4").write_bytes(b"film")
    for page in ("upload_list", "server_list", "import_url", "preset_add"):
        body = editor.get(url(page, editor)).content.decode()
        missing = [name for name in FORM if f'name="{name}"' not in body]
        assert missing == [], page
