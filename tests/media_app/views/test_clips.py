import pytest
from django.urls import reverse

from media_app.models import Media
from tests.media_app.moored import bring, moor, refusing
from tests.media_app.shelf import put

HTMX = {"HX-Request": "true"}
CLIP = {"start": "0:02", "end": "0:08", "title": "The bow", "access_policy": "public"}


def url(name, client, media):
    return reverse(f"media:{name}", args=[client.slug, media.remote_id])


def test_a_clip_made_here_stands_in_the_list_with_its_range(editor, workspace, sandbox):
    media = bring(moor(workspace, sandbox), sandbox)
    answer = editor.post(url("clip_make", editor, media), CLIP, headers=HTMX)
    body = answer.content.decode()
    assert answer["HX-Retarget"] == "#clips"
    assert "The bow" in body
    assert "0:02–0:08" in body
    clip = Media.objects.get(title="The bow")
    page = editor.get(url("media_detail", editor, clip)).content.decode()
    assert url("media_detail", editor, media) in page
    assert "Cut out of" in page


def test_the_form_starts_with_the_marks_of_the_page(editor, workspace):
    media = put(workspace, "Coral", policies=("private",))
    body = editor.get(url("clip_make", editor, media), {"start": "0:02", "end": "0:08"}, headers=HTMX).content.decode()
    assert 'value="0:02"' in body
    assert "Coral 0:02–0:08" in body
    assert '<option value="private" selected>' in body


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"end": "0:02"}, "Must be after the start."),
        ({"start": "0:09"}, "Must be after the start."),
        ({"end": "0:11"}, "The media is 0:10 long."),
        ({"start": "1.5"}, "FastPix cuts at whole seconds."),
        ({"start": "soon"}, "Write a time such as 8:36."),
        ({"end": ""}, "This field is required."),
        ({"title": "x" * 256}, "256 characters. FastPix keeps 255."),
        ({"access_policy": "drm"}, "Select a valid choice."),
    ],
)
def test_what_fastpix_cannot_cut_is_said_beside_its_field(editor, workspace, wrong, words):
    media = put(workspace)
    answer = editor.post(url("clip_make", editor, media), CLIP | wrong, headers=HTMX)
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#dialog"
    assert words in answer.content.decode()


def test_what_fastpix_refuses_by_field_comes_back_beside_it(editor, workspace):
    media = put(workspace)
    with refusing(workspace, {"inputs[0].endTime": "must lie within the media"}):
        answer = editor.post(url("clip_make", editor, media), CLIP, headers=HTMX)
    assert answer.status_code == 422
    assert "must lie within the media" in answer.content.decode()


def test_a_media_that_is_not_ready_is_not_cut(editor, workspace):
    media = put(workspace, status="processing")
    assert "FastPix cuts clips out of a media once it is ready." in editor.get(
        url("media_detail", editor, media)
    ).content.decode()  # fmt: skip
    answer = editor.post(url("clip_make", editor, media), CLIP, headers=HTMX)
    assert (answer.status_code, "once it is ready" in answer.content.decode()) == (422, True)


def test_a_silent_fastpix_is_said_and_makes_no_clip(editor, workspace):
    assert editor.post(url("clip_make", editor, put(workspace)), CLIP, headers=HTMX).status_code == 502
    assert Media.objects.count() == 1


def test_looking_at_fastpix_says_what_came(viewer, workspace, sandbox):
    media = bring(moor(workspace, sandbox), sandbox)
    answer = viewer.post(url("clips_look", viewer, media), headers=HTMX)
    assert "FastPix lists no other clip." in answer["HX-Trigger"]


def test_a_viewer_sees_clips_and_makes_none(viewer, workspace):
    source = put(workspace)
    put(workspace, "The bow", source_media_id=source.remote_id)
    page = viewer.get(url("media_detail", viewer, source)).content.decode()
    assert "The bow" in page
    assert "data-mark" not in page
    assert "New clip" not in page
    assert viewer.post(url("clip_make", viewer, source), CLIP).status_code == 403


def test_media_of_others_are_not_there(editor, workspace, stranger):
    theirs = put(stranger.user.memberships.get().workspace)
    assert editor.post(url("clip_make", editor, theirs), CLIP).status_code == 404
    assert editor.post(url("clips_look", editor, theirs)).status_code == 404
