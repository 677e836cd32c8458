from datetime import timedelta

import pytest
from django.utils import timezone

from fastpix_api import Refused
from media_app.models import Media, Track
from media_app.services import files
from tests.media_app.moored import bring, look, moor
from tests.media_app.shelf import put
from tests.media_app.test_projections import heard
from tests.workspace_app.fastpix_double import Double
from workspace_app import timeline
from workspace_app.fastpix import client_for
from workspace_app.models import TimelineEntry


def asked(media, *, ago=timedelta()):
    timeline.record(
        media.workspace, "media", media.remote_id, "mp4_asked", source="person", occurred_at=timezone.now() - ago
    )


def made(media):
    heard(
        media.workspace,
        {
            "type": "video.media.mp4Support.ready",
            "object": {"type": "media", "id": media.remote_id},
            "id": "mp4-1",
            "data": {"id": media.remote_id, "status": "Ready", "mp4Support": "capped_4k"},
            "createdAt": timezone.now().isoformat(),
        },
    )


def test_files_are_made_when_their_event_says_so(workspace):
    media = put(workspace, extra={"mp4Support": "audioOnly,capped_4k"})
    asked(media)
    assert [(one.name, one.ready) for one in files.card(media).files] == [
        ("capped-4k.mp4", False),
        ("audio.m4a", False),
    ]
    assert files.card(media).download is None
    made(media)
    card = files.card(media)
    assert [one.ready for one in card.files] == [True, True]
    assert card.download.name == "capped-4k.mp4"
    assert card.download.url == f"{workspace.stream_url}/{media.playback_ids.get().remote_id}/capped-4k.mp4"


def test_an_event_that_never_came_is_not_waited_for_for_ever(workspace):
    media = put(workspace, extra={"mp4Support": "capped_4k"})
    asked(media, ago=files.PATIENCE + timedelta(seconds=1))
    assert files.card(media).download is not None


def test_the_newest_sdks_list_is_read_with_each_file_s_own_status(workspace):
    said = [{"type": "capped_4k", "status": "ready", "ext": "mp4"}, {"status": "preparing", "ext": "m4a"}]
    card = files.card(put(workspace, extra={"mp4Support": said}))
    assert card.support == "audioOnly,capped_4k"
    assert {one.name: one.ready for one in card.files} == {"capped-4k.mp4": True, "audio.m4a": False}


@pytest.mark.parametrize("said", [None, 7, "loud", [], [None], {"ext": "mp4"}])
def test_what_says_no_value_of_fastpix_is_off(workspace, said):
    card = files.card(put(workspace, extra={"mp4Support": said}))
    assert (card.support, card.files, card.download) == ("none", [], None)


def test_only_what_the_media_has_is_offered(workspace):
    silent = put(workspace)
    assert [value for value, _ in files.choices(silent)] == ["none", "capped_4k"]
    Track.objects.create(media=silent, remote_id="sound", type="audio")
    assert [value for value, _ in files.choices(Media.objects.get())] == list(files.SUPPORT)


def test_a_private_file_takes_a_token_and_a_drm_media_has_none(workspace):
    private = put(workspace, policies=("private",), extra={"mp4Support": "capped_4k"})
    assert "no signing key" in files.card(private).closed
    assert files.address(private, "capped-4k.mp4") is None
    drm = put(workspace, policies=("drm",), extra={"mp4Support": "capped_4k"})
    assert "DRM media have no downloads" in files.card(drm).blocked
    assert files.address(drm, "capped-4k.mp4") is None


def test_switching_on_and_off_at_the_sandbox(workspace, sandbox, editor):
    media = bring(moor(workspace, sandbox), sandbox)
    files.switch_mp4(media, "capped_4k", by=editor.user)
    media.refresh_from_db()
    assert files.card(media).support == "capped_4k"
    assert TimelineEntry.objects.get(verb="mp4_asked").details["value"] == "capped_4k"
    files.switch_mp4(media, "none", by=editor.user)
    media.refresh_from_db()
    assert files.card(media).support == "none"
    assert "mp4Support" not in media.extra


def test_a_value_that_is_set_already_is_no_error_and_the_row_catches_up(workspace, sandbox, editor):
    media = bring(moor(workspace, sandbox), sandbox)
    Media.objects.filter(pk=media.pk).update(extra={"mp4Support": "audioOnly"})
    files.switch_mp4(media, "audioOnly", by=editor.user, client=SoAlready(client_for(workspace)))
    assert files.card(Media.objects.get(pk=media.pk)).support == "none"  # as the sandbox has it
    with pytest.raises(Refused):
        files.switch_mp4(media, "audioOnly", by=editor.user, client=SoAlready(client_for(workspace), "Not now"))


class SoAlready:
    """A FastPix that refuses to switch, and answers everything else."""

    def __init__(self, client, words="mp4Support value already exists"):
        self.media, self.get, self.words = self, client.media.get, words

    def update_mp4_support(self, media_id, *, mp4_support):
        raise Refused(status=400, said=self.words)


def test_source_access_follows_fastpix(workspace, sandbox, editor):
    media = bring(moor(workspace, sandbox), sandbox)
    files.switch_source(media, on=True, by=editor.user)
    media.refresh_from_db()
    assert media.source_access
    files.switch_source(media, on=False, by=editor.user)
    assert not look(workspace, media.remote_id).source_access
    assert TimelineEntry.objects.filter(verb__in=("source_on", "source_off")).count() == 2


@pytest.fixture
def told(workspace):
    double = Double()
    workspace.api_url = double.url
    workspace.save()

    def says(media, url, container):
        tracks = [{"type": "video", "width": 1280, "height": 720, "frameRate": "24.000"}, {"type": "audio"}]
        data = {"configuration": {"url": url}, "file": {"containerFormat": container, "tracks": tracks}}
        double.says(200, {"success": True, "data": data})
        return files.input_info(media)

    yield says
    double.close()


def test_the_address_of_an_upload_is_not_shown(workspace, told):
    media = put(workspace)
    signed = f"https://storage.googleapis.com/bucket/w/{media.remote_id}?X-Goog-Signature=canary"
    info = told(media, signed, "com%2F20260520&X-Goog-Signature=canary")
    assert (info.url, info.uploaded, info.container) == ("", True, "")
    assert "canary" not in repr(info)
    assert info.tracks[0] == {"type": "video", "facts": "1280 × 720, 24.000 fps"}


def test_an_address_fastpix_fetched_is_shown_without_what_opens_it(workspace, told):
    info = told(put(workspace), "https://user:secret@cdn.example/films/reef.mov?token=secret", "mov")
    assert (info.url, info.uploaded, info.container) == ("https://cdn.example/films/reef.mov", False, "mov")


@pytest.mark.parametrize("url", [None, 7, "", "javascript:alert(1)", "fp_mediaId://x"])
def test_what_is_no_web_address_is_not_shown(workspace, told, url):
    assert told(put(workspace), url, {"a": 1}).url == ""
