import re

import pytest
from django.urls import reverse

from media_app.models import Upload, UploadPreset
from media_app.services.words import timeline_of
from tests.media_app.asked import FORM, SAID
from tests.media_app.shelf import put
from tests.media_app.views.test_uploads import FILE
from tests.people import make_client, make_workspace
from workspace_app.models import TimelineEntry

PLAIN = {"access_policy": "private", "media_quality": "pro", "max_resolution": "720p"}


def url(name, person, *args):
    return reverse(f"media:{name}", args=[person.slug, *args])


def kept(person, name="Members", **fields):
    answer = person.post(url("preset_add", person), PLAIN | {"name": name} | fields)
    assert answer.status_code == 302, answer.content.decode()
    return UploadPreset.objects.get(name=name)


def test_a_preset_is_kept_listed_and_noted(editor, workspace):
    kept(editor, **FORM)
    page = editor.get(url("preset_list", editor)).content.decode()
    assert "Members" in page
    assert "Generate subtitles: Polish" in page
    assert "Watermark" in page
    entry = TimelineEntry.objects.get(verb="preset_added")
    assert (entry.object_id, entry.details, entry.actor) == (workspace.slug, {"preset": "Members"}, editor.user)


def test_hostile_names_and_values_are_shown_as_text(editor, workspace):
    kept(editor, name="<img src=x>", metadata="k=</textarea><script>")
    for page in ("preset_list", "upload_list", "import_url"):
        assert "<img src=x>" not in editor.get(url(page, editor)).content.decode()
    filled = editor.get(url("preset_fill", editor), {"preset": str(UploadPreset.objects.get().public_id)})
    assert "<script>" not in filled.content.decode()


def test_a_name_is_taken_once_whatever_its_capitals_but_free_in_another_workspace(editor, workspace):
    kept(editor)
    answer = editor.post(url("preset_add", editor), PLAIN | {"name": "members"})
    assert answer.status_code == 422
    assert "A preset is called “members” already." in answer.content.decode()
    other = make_client("else@example.com", make_workspace("pier"), "editor")
    kept(other, name="MEMBERS")


def test_settings_that_cannot_be_are_refused_beside_their_field(editor, workspace):
    answer = editor.post(
        url("preset_add", editor), PLAIN | {"name": "x", "access_policy": "drm", "creator_id": "c" * 256}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "DRM needs the configuration" in page
    assert "256 characters. FastPix keeps 255" in page
    assert not UploadPreset.objects.exists()


def test_there_is_one_default_and_new_files_begin_with_it(editor, harbor):
    first = kept(editor, default="on")
    second = kept(editor, name="Open", access_policy="public", default="on")
    first.refresh_from_db()
    assert (first.default, second.default) == (False, True)
    for page in ("upload_list", "import_url"):
        body = editor.get(url(page, editor)).content.decode()
        assert re.search(rf'<option value="{second.public_id}" selected>Open \(default\)', body), page
        assert '<option value="pro" selected>' in body
    assert "Preset: Open." in editor.get(url("media_list", editor)).content.decode()


def test_choosing_a_preset_fills_the_form_and_none_empties_it(editor, workspace):
    preset = kept(editor, **FORM)
    page = editor.get(url("preset_fill", editor), {"preset": str(preset.public_id), "road": "1"}).content.decode()
    assert "season=2" in page
    assert 'value="3fc1d54b-aa88-41df-bcf9-0cf7b66e75dd"' in page
    assert "Ask for each title first" in page
    empty = editor.get(url("preset_fill", editor), {"preset": ""}).content.decode()
    assert "season=2" not in empty
    assert '<option value="public" selected>' in empty


def test_what_an_upload_page_holds_begins_a_new_preset_without_being_judged(editor, workspace):
    page = editor.post(url("preset_add", editor), PLAIN | {"creator_id": "studio 4", "chapters": "on"})
    assert page.status_code == 200
    body = page.content.decode()
    assert 'value="studio 4"' in body
    assert re.search(r'name="chapters"[^>]* checked', body)
    assert "This field is required" not in body


def test_a_file_of_a_page_without_the_form_gets_the_default_preset(editor, harbor, far):
    kept(editor, **FORM, default="on")
    file = {name: value for name, value in FILE.items() if name not in PLAIN}
    assert editor.post(url("upload_create", editor), file).status_code == 201
    upload = Upload.objects.get()
    assert upload.push_settings == SAID | {"title": "harbour"}
    assert upload.preset == "Members"


def test_an_upload_remembers_its_preset_and_that_something_was_changed(editor, harbor):
    preset = kept(editor)
    chosen = FILE | PLAIN | {"preset": str(preset.public_id)}
    editor.post(url("upload_create", editor), chosen)
    editor.post(url("upload_create", editor), chosen | {"fingerprint": "b" * 64, "max_resolution": "480p"})
    entries = TimelineEntry.objects.filter(verb="upload_started").order_by("pk")
    assert [entry.details["preset"] for entry in entries] == ["Members", "Members, changed"]
    media = put(harbor, "harbour")
    Upload.objects.filter(fingerprint="a" * 64).update(remote_id=media.remote_id)
    assert "harbour.mp4 · preset Members" in [line.note for line in timeline_of(media)]
    UploadPreset.objects.all().delete()
    assert set(Upload.objects.values_list("preset", flat=True)) == {"Members"}
    assert "Members" in editor.get(url("upload_queue", editor)).content.decode()


def test_two_who_edit_the_same_preset_do_not_overwrite_each_other(editor, admin, workspace):
    preset = kept(editor)
    said = PLAIN | {"name": "Members", "version": "1"}
    assert editor.post(url("preset_edit", editor, preset.public_id), said | {"creator_id": "first"}).status_code == 302
    late = admin.post(url("preset_edit", admin, preset.public_id), said | {"creator_id": "second"})
    assert late.status_code == 422
    assert "Somebody changed this preset meanwhile." in late.content.decode()
    preset.refresh_from_db()
    assert (preset.values["creator_id"], preset.version) == ("first", 2)


def test_making_another_the_default_counts_as_a_change_of_the_old_one(editor, workspace):
    first = kept(editor, default="on")
    kept(editor, name="Open", default="on")
    late = editor.post(url("preset_edit", editor, first.public_id), PLAIN | {"name": "Members", "version": "1"})
    assert late.status_code == 422


def test_deleting_names_what_follows_and_keeps_what_uploads_have(editor, harbor):
    preset = kept(editor, default="on")
    editor.post(url("upload_create", editor), FILE | {"preset": str(preset.public_id)})
    dialog = editor.get(url("preset_delete", editor, preset.public_id)).content.decode()
    assert "Delete the preset “Members”?" in dialog
    assert "begin with FastPix&#x27;s own choices" in dialog or "begin with FastPix's own choices" in dialog
    answer = editor.post(url("preset_delete", editor, preset.public_id), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == url("preset_list", editor)
    assert not UploadPreset.objects.exists()
    assert Upload.objects.get().push_settings["accessPolicy"] == "private"


def test_a_preset_of_another_workspace_does_not_exist(editor, workspace):
    preset = kept(editor)
    other = make_client("else@example.com", make_workspace("pier"), "admin")
    for act in ("preset_edit", "preset_delete"):
        assert other.get(url(act, other, preset.public_id)).status_code == 404
        assert other.post(url(act, other, preset.public_id), PLAIN | {"name": "x"}).status_code == 404
    fill = other.get(url("preset_fill", other), {"preset": str(preset.public_id)}).content.decode()
    assert '<option value="private" selected>' not in fill


@pytest.mark.parametrize("who", ["viewer", "operator"])
def test_who_may_not_upload_sees_and_changes_none(who, request, editor, workspace):
    person, preset = request.getfixturevalue(who), kept(editor)
    for page, args in (
        ("preset_list", []),
        ("preset_fill", []),
        ("preset_add", []),
        ("preset_edit", [preset.public_id]),
    ):
        assert person.get(url(page, person, *args)).status_code == 403
    assert person.post(url("preset_add", person), PLAIN | {"name": "x"}).status_code == 403
    assert person.post(url("preset_delete", person, preset.public_id)).status_code == 403
