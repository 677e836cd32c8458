import pytest

from events_app import backlog, replay
from media_app.models import Track
from media_app.services import tracks
from tests.media_app.shelf import put
from tests.media_app.test_projections import heard
from workspace_app.models import TimelineEntry


@pytest.fixture
def film(workspace):
    """A ready media with the sound of its file, and subtitles that failed."""
    media = put(workspace)
    default = {"language_code": "und", "language_name": "default"}
    Track.objects.create(media=media, remote_id="sound", type="audio", status="available", **default)
    Track.objects.create(media=media, remote_id="texts", type="subtitle", status="failed", language_code="fr")
    return media


def failure(film, reason, number=1):
    data = {"id": "texts", "type": "subtitle", "languageCode": "fr", "status": "failed", "failedReason": reason}
    return {
        "type": "video.media.track.failed",
        "object": {"type": "media", "id": film.remote_id},
        "id": f"e-{number}",
        "data": data,
        "createdAt": f"2026-05-20T09:36:{number:02d}.450921800Z",
    }


def of(film, remote_id):
    return next(one for one in tracks.card(film).tracks if one.track.remote_id == remote_id)


def test_only_an_event_tells_why_a_track_failed_and_the_last_one_counts(film, workspace):
    assert of(film, "texts").reason == "FastPix gave no reason."
    heard(workspace, failure(film, "Its address answered 404."))
    heard(workspace, failure(film, "It holds no cues.", number=2))
    assert of(film, "texts").reason == "It holds no cues."
    assert of(film, "sound").reason == ""


def test_a_failure_that_is_replayed_is_told_once(film, workspace):
    row = heard(workspace, failure(film, "It holds no cues."))
    replay.one(row)
    backlog.project(workspace.pk)
    assert TimelineEntry.objects.filter(verb="track_failed").count() == 1


def test_what_can_be_done_depends_on_the_track(film):
    sound, texts = of(film, "sound"), of(film, "texts")
    assert sound.no_generate == sound.no_replace == ""
    assert "came with the file itself" in sound.no_delete
    assert texts.no_delete == texts.no_replace == ""
    assert "could not make it" in texts.no_download


def test_subtitles_have_an_address_once_they_are_there_and_can_be_read(film, workspace):
    texts = film.tracks.get(remote_id="texts")
    assert tracks.address(film, texts) is None
    texts.status = "available"
    texts.save()
    assert tracks.address(film, texts) == f"{workspace.stream_url}/{film.playback_ids.get().remote_id}/text/texts.vtt"
    assert tracks.address(film, film.tracks.get(remote_id="sound")) is None
    film.playback_ids.update(access_policy="drm")
    assert tracks.address(film, texts) is None
    assert "public playback ID" in of(film, "texts").no_download


@pytest.mark.parametrize(("field", "value"), [("gone", True), ("status", "processing"), ("status", "failed")])
def test_nothing_is_asked_of_a_media_that_cannot_have_it(film, field, value):
    setattr(film, field, value)
    shown = tracks.card(film)
    assert shown.no_add
    assert {one.no_replace for one in shown.tracks} == {shown.no_add}
