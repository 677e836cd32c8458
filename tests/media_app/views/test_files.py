from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from media_app.models import Track
from tests.media_app.moored import bring, moor, refusing
from tests.media_app.shelf import put
from workspace_app import signing_keys

HTMX = {"HX-Request": "true"}


def url(name, client, media, *more):
    return reverse(f"media:{name}", args=[client.slug, media.remote_id, *more])


def test_mp4_is_switched_on_here_and_the_page_waits_for_it(editor, workspace, sandbox):
    media = bring(moor(workspace, sandbox), sandbox)
    dialog = editor.get(url("mp4_switch", editor, media), headers=HTMX).content.decode()
    for value in ("none", "capped_4k", "audioOnly", "audioOnly,capped_4k"):
        assert f'value="{value}"' in dialog
    answer = editor.post(url("mp4_switch", editor, media), {"mp4_support": "capped_4k"}, headers=HTMX)
    body = answer.content.decode()
    assert answer["HX-Retarget"] == "#files"
    assert "capped-4k.mp4" in body
    assert "Preparing" in body
    assert "FastPix is making the file" in editor.get(url("player_download", editor, media)).content.decode()


def test_a_file_that_is_made_is_downloaded_by_its_public_playback_id(viewer, workspace):
    media = put(workspace, "Coral: a film", extra={"mp4Support": "capped_4k"})
    page = viewer.get(url("media_detail", viewer, media)).content.decode()
    assert 'data-save="Coral_a_film.mp4"' in page
    assert page.count(url("file_download", viewer, media, "capped-4k.mp4")) == 2
    answer = viewer.get(url("file_download", viewer, media, "capped-4k.mp4"))
    assert answer["Location"] == f"{workspace.stream_url}/{media.playback_ids.get().remote_id}/capped-4k.mp4"


def test_a_private_file_gets_a_fresh_token(viewer, editor, workspace, sandbox):
    signing_keys.create(moor(workspace, sandbox), editor.user, keep=True)
    media = put(workspace, policies=("private",), extra={"mp4Support": "audioOnly"})
    to = urlsplit(viewer.get(url("file_download", viewer, media, "audio.m4a"))["Location"])
    assert to.path.endswith("/audio.m4a")
    assert parse_qs(to.query)["token"][0].count(".") == 2
    assert "audio.m4a?token" not in viewer.get(url("media_detail", viewer, media)).content.decode()


@pytest.mark.parametrize("name", ["capped-4k.mp4", "secret.txt", "audio.m4a"])
def test_a_file_that_is_not_there_has_no_way(viewer, workspace, name):
    assert viewer.get(url("file_download", viewer, put(workspace), name)).status_code == 404


def test_a_private_file_without_a_key_says_why(viewer, workspace):
    media = put(workspace, policies=("private",), extra={"mp4Support": "capped_4k"})
    assert "keeps no signing key yet" in viewer.get(url("media_detail", viewer, media)).content.decode()


def test_a_value_fastpix_refuses_comes_back_into_the_form(editor, workspace):
    media = put(workspace)
    Track.objects.create(media=media, remote_id="sound", type="audio")
    with refusing(workspace, {"mp4Support": "must be another"}):
        answer = editor.post(url("mp4_switch", editor, media), {"mp4_support": "audioOnly"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#dialog")
    assert "must be another" in answer.content.decode()
    wrong = editor.post(url("mp4_switch", editor, media), {"mp4_support": "8k"}, headers=HTMX)
    assert wrong.status_code == 422


def test_a_media_that_is_not_ready_says_why_and_is_not_switched(editor, workspace):
    media = put(workspace, status="processing")
    assert "FastPix makes files of a media once it is ready." in editor.get(
        url("media_detail", editor, media)
    ).content.decode()  # fmt: skip
    answer = editor.post(url("mp4_switch", editor, media), {"mp4_support": "capped_4k"}, headers=HTMX)
    assert (answer.status_code, "once it is ready" in answer.content.decode()) == (422, True)


def test_source_access_names_its_consequence_and_is_switched(editor, workspace, sandbox):
    media = bring(moor(workspace, sandbox), sandbox)
    assert "without limit of resolution" in editor.get(url("source_switch", editor, media)).content.decode()
    body = editor.post(url("source_switch", editor, media), {"on": "1"}, headers=HTMX).content.decode()
    assert "Access on" in body
    assert "source deleted" in editor.get(url("source_switch", editor, media)).content.decode()
    body = editor.post(url("source_switch", editor, media), {"on": "0"}, headers=HTMX).content.decode()
    assert "Access off" in body


def test_the_source_is_downloaded_only_while_access_is_on(editor, viewer, workspace, sandbox):
    media = bring(moor(workspace, sandbox), sandbox)
    assert editor.get(url("source_download", editor, media)).status_code == 404
    body = editor.post(url("source_switch", editor, media), {"on": "1"}, headers=HTMX).content.decode()
    assert url("source_download", editor, media) in body
    assert "X-Goog" not in body
    assert media.remote_id in editor.get(url("source_download", editor, media))["Location"]
    assert viewer.get(url("source_download", viewer, media)).status_code == 403


def test_input_info_is_asked_for_only_when_somebody_wants_it(viewer, workspace, sandbox):
    media = bring(moor(workspace, sandbox), sandbox)
    assert (
        "1280 × 720" not in viewer.get(url("media_detail", viewer, media)).content.decode().partition('id="files"')[2]
    )
    body = viewer.get(url("input_info", viewer, media), headers=HTMX).content.decode()
    assert "Its storage address is a secret" in body
    assert "1280 × 720" in body
    assert "X-Goog" not in body


def test_a_silent_fastpix_is_said_where_the_facts_would_be(viewer, workspace):
    answer = viewer.get(url("input_info", viewer, put(workspace)), headers=HTMX)
    assert answer.status_code == 502


@pytest.mark.parametrize("name", ["mp4_switch", "source_switch"])
def test_a_viewer_changes_no_files(viewer, workspace, name):
    media = put(workspace)
    page = viewer.get(url("media_detail", viewer, media)).content.decode()
    assert url(name, viewer, media) not in page
    assert viewer.post(url(name, viewer, media), {"on": "1", "mp4_support": "capped_4k"}).status_code == 403


def test_media_of_others_have_no_files_here(editor, workspace, stranger):
    theirs = put(stranger.user.memberships.get().workspace, extra={"mp4Support": "capped_4k"})
    for address in (url("input_info", editor, theirs), url("file_download", editor, theirs, "capped-4k.mp4")):
        assert editor.get(address).status_code == 404
    assert editor.post(url("mp4_switch", editor, theirs), {"mp4_support": "none"}).status_code == 404
