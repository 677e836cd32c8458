"""FastPix's published SDK gives a film tracks, changes them, has subtitles written down and takes all away again."""

import json
import uuid

import pytest
from fastpix_python import errors

from tests.sandbox.box import until
from tests.sandbox.published_sdk import Customer
from tests.sandbox.test_tracks import VTT

UNKNOWN = str(uuid.uuid4())


@pytest.fixture
def customer(box):
    return Customer(box.url)


@pytest.fixture
def film(box, clip):
    """What is asked with: the id of a Ready media."""
    return {"media_id": box.ready(clip, title="Harbour")["id"]}


def track_of(customer, film, track_id):
    """The track as the media shows it, once it is no longer prepared."""

    def settled():
        tracks = customer.say(customer.manage_videos.get_media, **film)["tracks"]
        found = next(one for one in tracks if one["id"] == track_id)
        return found if found["status"] != "preparing" else None

    return until(settled, what=f"the end of {track_id}")


def test_subtitles_come_are_renamed_and_go(customer, film, shelf):
    videos, url = customer.manage_videos, shelf.put("/fr.vtt", VTT)
    asked = {"url": url, "type": "subtitle", "language_code": "fr", "language_name": "French", "title": "For all"}
    made = customer.say(videos.add_media_track, status=201, **film, tracks=asked)
    assert made == {
        "id": made["id"], "type": "subtitle", "url": url, "languageCode": "fr", "languageName": "French",
        "title": "For all",
    }  # fmt: skip
    one = film | {"track_id": made["id"]}
    assert track_of(customer, film, made["id"])["status"] == "available"
    taken = customer.refused(errors.TrackDuplicateRequestError, 400, videos.add_media_track, **film, tracks=asked)
    assert taken["message"] == "duplicate language name"
    renamed = customer.say(videos.update_media_track, **one, language_code="fr-CA", language_name="Québécois")
    assert json.loads(customer.sent.content) == {"languageCode": "fr-CA", "languageName": "Québécois"}
    assert renamed == made | {"languageCode": "fr-CA", "languageName": "Québécois"}
    assert track_of(customer, film, made["id"])["languageName"] == "Québécois"
    assert shelf.asked == ["/fr.vtt"], "the file stays"
    customer.say(videos.delete_media_track, **one)
    assert customer.answers[-1].json() == {"success": True}
    gone = customer.refused(errors.MediaNotFoundError, 404, videos.delete_media_track, **one)
    assert gone["message"] == "media workspace relation not found"
    assert customer.tolerated == {"data.duration"}


def test_sound_is_added_and_written_down(customer, film, shelf, song):
    videos = customer.manage_videos
    asked = {"url": shelf.put("/it.mp3", song), "type": "audio", "language_code": "it", "language_name": "Italian"}
    sound = customer.say(videos.add_media_track, status=201, **film, tracks=asked)
    assert track_of(customer, film, sound["id"])["status"] == "available"
    names = {"language_code": "it-IT", "language_name": "Italian"}
    heard = film | {"track_id": sound["id"]}
    made = customer.say(videos.generate_subtitle_track, **heard, **names)
    assert made == {
        "id": made["id"],
        "type": "subtitle",
        "languageCode": "it-IT",
        "languageName": "Italian",
    }
    assert track_of(customer, film, made["id"])["status"] == "available"
    customer.refused(errors.TrackDuplicateRequestError, 400, videos.generate_subtitle_track, **heard, **names)
    media = customer.say(videos.get_media, **film)
    assert [one["status"] for one in media["generatedSubtitles"]] == ["available"]
    assert customer.tolerated == {"data.duration"}


def test_what_is_wrong_with_tracks_is_told(box, customer, film):
    videos = customer.manage_videos
    asked = {"url": "https://a.example/fr.vtt", "type": "subtitle", "language_code": "fr", "language_name": "French"}
    wrong = customer.refused(
        errors.ValidationErrorResponse, 422, videos.add_media_track, **film, tracks=asked | {"url": "nowhere"}
    )
    assert wrong["fields"] == [{"field": "tracks.url", "message": "is invalid"}]
    wrong = customer.refused(errors.ValidationErrorResponse, 422, videos.update_media_track, **film, track_id=UNKNOWN)
    assert [one["field"] for one in wrong["fields"]] == ["languageCode", "languageName"]
    names = {"language_code": "en-US", "language_name": "English"}
    for method in (videos.update_media_track, videos.generate_subtitle_track):
        customer.refused(errors.MediaNotFoundError, 404, method, **film, track_id=UNKNOWN, **names)
    customer.refused(errors.MediaNotFoundError, 404, videos.add_media_track, media_id=UNKNOWN, tracks=asked)
    stranger, reader = Customer(box.url, "x", "y"), Customer(box.url, "sandbox-read")
    stranger.refused(errors.InvalidPermissionError, 401, stranger.manage_videos.add_media_track, **film, tracks=asked)
    reader.refused(errors.ForbiddenError, 403, reader.manage_videos.delete_media_track, **film, track_id=UNKNOWN)
