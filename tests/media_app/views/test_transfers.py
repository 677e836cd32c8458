from django.urls import reverse

from media_app.models import Upload

SETTINGS = {"access_policy": "public", "media_quality": "standard", "max_resolution": "1080p"}


def url(name, person):
    return reverse(f"media:{name}", args=[person.slug])


def test_without_a_folder_the_page_says_where_it_would_be(editor, harbor, settings, tmp_path):
    settings.IMPORT_DIR = tmp_path / "nowhere"
    page = editor.get(url("server_list", editor)).content.decode()
    assert "No import folder" in page
    assert str(tmp_path / "nowhere") in page


def test_chosen_files_become_rows_and_others_stay(editor, harbor, import_folder):
    (import_folder / "a.mp4").write_bytes(b"film")
    (import_folder / "b.mp4").write_bytes(b"film")
    assert "b.mp4" in editor.get(url("server_list", editor)).content.decode()
    page = editor.post(url("server_start", editor), SETTINGS | {"path": ["a.mp4"]}, follow=True).content.decode()
    assert "1 file will be sent." in page
    assert Upload.objects.get().path == "a.mp4"
    assert 'id="pause-' in page


def test_nothing_chosen_and_paths_that_lead_out_are_said(editor, harbor, import_folder, tmp_path):
    (import_folder / "a.mp4").write_bytes(b"film")
    (tmp_path / "secret.mp4").write_bytes(b"film")
    page = editor.post(url("server_start", editor), SETTINGS)
    assert page.status_code == 422
    assert "Choose at least one file." in page.content.decode()
    page = editor.post(url("server_start", editor), SETTINGS | {"path": ["../secret.mp4"]}, follow=True)
    assert "not inside the import folder" in page.content.decode()
    assert not Upload.objects.exists()


def test_a_stopped_transfer_can_be_tried_again_from_its_row(editor, harbor, import_folder):
    (import_folder / "a.mp4").write_bytes(b"film")
    editor.post(url("server_start", editor), SETTINGS | {"path": ["a.mp4"]})
    Upload.objects.update(state="stopped", error="FastPix said no.")
    upload = Upload.objects.get()
    retry = reverse("media:upload_retry", args=[editor.slug, upload.public_id])
    assert retry in editor.get(url("server_queue", editor)).content.decode()
    fragment = editor.post(retry, headers={"HX-Request": "true"}).content.decode()
    assert fragment.lstrip().startswith("<tbody")
    assert Upload.objects.get().state == "waiting"
