"""FastPix's published SDK cannot tell the sandbox from FastPix: whole lives, and refusals where they are due."""

import sys
import uuid
from inspect import getsource

import pytest
import requests
from fastpix_python import errors

from tests.sandbox import test_published_tracks
from tests.sandbox.box import GRAIN, until
from tests.sandbox.published_sdk import Customer, operations

UNKNOWN = str(uuid.uuid4())


@pytest.fixture
def customer(box):
    return Customer(box.url)


@pytest.fixture(scope="module")
def film(shared_box, clip):
    """The id of a Ready media."""
    return shared_box.ready(clip)["id"]


def send_in_chunks(url, content):
    for first in range(0, len(content), GRAIN):
        part = content[first : first + GRAIN]
        span = f"bytes {first}-{first + len(part) - 1}/{len(content)}"
        sent = requests.put(url, data=part, headers={"Content-Range": span}, timeout=20)
    assert sent.status_code == 200


def settled(customer, media_id):
    """The media once it is Ready."""

    def ready():
        media = customer.say(customer.manage_videos.get_media, media_id=media_id)
        assert media["status"] != "Failed"
        return media if media["status"] == "Ready" else None

    return until(ready, seconds=60, what=f"the end of {media_id}")


def test_a_file_sent_in_chunks_lives_and_ends(customer, clip):
    videos = customer.manage_videos
    asked = {"cors_origin": "*", "push_media_settings": {"access_policy": "public", "metadata": {"a": "b"}}}
    made = customer.say(customer.input_video.direct_upload_video_media, status=201, request=asked)
    sent = customer.sent.content
    assert b'"optimizeAudio":true' in sent
    assert b'"maxResolution":"1080p"' in sent
    assert made["pushMediaSettings"]["optimizeAudio"] is True
    assert made["uploadId"] in [one["uploadId"] for one in customer.say(videos.list_uploads, limit=50)]
    customer.refused(errors.MediaNotFoundError, 404, videos.get_media, media_id=made["uploadId"])
    send_in_chunks(made["url"], clip)
    media = settled(customer, made["uploadId"])
    assert (media["id"], media["metadata"], media["duration"]) == (made["uploadId"], {"a": "b"}, "00:00:03")
    one = {"media_id": media["id"]}
    changed = customer.say(videos.updated_media, **one, metadata={"x": "y"})
    assert changed["metadata"] == {"x": "y"}
    assert customer.say(videos.updated_source_access, **one, source_access=True)["sourceAccess"] is True
    assert customer.say(videos.updated_mp4_support, **one, mp4_support="capped_4k")["mp4Support"] == "capped_4k"
    twice = customer.refused(
        errors.DuplicateMp4SupportError, 400, videos.updated_mp4_support, **one, mp4_support="capped_4k"
    )
    assert twice["message"] == "mp4Support value already exists"
    assert customer.say(videos.retrieve_media_input_info, **one)["configuration"]["url"].startswith("http")
    assert media["id"] in [listed["id"] for listed in customer.say(videos.list_media, limit=50)]
    customer.say(videos.delete_media, **one)
    assert customer.answers[-1].json() == {"success": True}
    gone = customer.refused(errors.MediaNotFoundError, 404, videos.delete_media, **one)
    assert gone["message"] == "media workspace relation not found"
    assert customer.tolerated == {"data.duration", "data.mp4Support", "data.N.duration", "data.N.mp4Support"}


def test_an_upload_with_every_setting_is_cancelled(customer):
    rules = {"default_policy": "deny", "allow": ["example.com"], "deny": []}
    settings = {
        "access_policy": "private",
        "metadata": {"a": "b"},
        "max_resolution": "720p",
        "mp4_support": "capped_4k",
        "source_access": True,
        "summary": {"generate": True, "summary_length": 50},
        "chapters": True,
        "named_entities": True,
        "moderation": {"type": "av"},
        "subtitles": {"language_name": "English", "language_code": "en"},
        "access_restrictions": {"domains": rules},
    }
    asked = {"cors_origin": "https://a.example", "push_media_settings": settings}
    made = customer.say(customer.input_video.direct_upload_video_media, status=201, request=asked)
    domains = made["pushMediaSettings"]["playbackIds"][0]["accessRestrictions"]["domains"]
    assert domains == {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []}
    cancelled = customer.say(customer.manage_videos.cancel_upload, upload_id=made["uploadId"])
    assert cancelled["status"] == "cancelled"
    asked["push_media_settings"]["metadata"] = {str(number): "x" for number in range(11)}
    wrong = customer.refused(
        errors.ValidationErrorResponse, 422, customer.input_video.direct_upload_video_media, request=asked
    )
    assert [one["field"] for one in wrong["fields"]] == ["pushMediaSettings.metadata"]


def test_a_media_by_address_and_a_clip_of_it(box, customer):
    create, videos = customer.input_video.create_media, customer.manage_videos
    video = {"type": "video", "url": f"{box.url}/samples/demo.mp4"}
    made = customer.say(create, status=201, inputs=[video], access_policy="public", metadata={"k": "v"})
    assert made["inputs"] == [video]
    settled(customer, made["id"])
    part = {"type": "video", "url": f"fp_mediaId://{made['id']}", "start_time": 0, "end_time": 2}
    cut = customer.say(create, status=201, inputs=[part], access_policy="public")
    assert b'"startTime":0.0,"endTime":2.0' in customer.sent.content
    assert cut["sourceMediaId"] == made["id"]
    settled(customer, cut["id"])
    listed = customer.say(videos.get_media_clips, source_media_id=made["id"])
    assert [one["id"] for one in listed] == [cut["id"]]
    assert customer.tolerated == {"data.duration", "data.N.duration"}
    assert customer.say(videos.list_live_clips, livestream_id="91b8484250e5a1ed03fd4e100b807082") == []
    wrong = customer.refused(errors.ValidationErrorResponse, 422, create, inputs=[], access_policy="public")
    assert wrong["fields"][0]["field"] == "inputs"


def test_playback_ids_come_are_restricted_and_go(customer, film):
    playback = customer.playback
    made = customer.say(playback.create_media_playback_id, status=201, media_id=film, access_policy="private")
    assert made["resolution"] is None
    one = {"media_id": film, "playback_id": made["id"]}
    assert made["id"] in [each["id"] for each in customer.say(playback.list_playback_ids, media_id=film)]
    rules = {"default_policy": "deny", "deny": []}
    domains = customer.say(playback.update_domain_restrictions, **one, **rules, allow=["example.com"])
    assert domains == {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []}
    customer.refused(
        errors.FastpixDefaultError, 422, playback.update_domain_restrictions, **one, **rules, allow=["localhost"]
    )
    agents = customer.say(playback.update_user_agent_restrictions, **one, **rules, allow=["Mozilla"])
    assert agents["allow"] == ["Mozilla"]
    held = customer.say(playback.get_playback_id, **one)["accessRestrictions"]
    assert held == {"domains": domains, "userAgents": agents}
    customer.say(playback.delete_media_playback_id, **one)
    gone = customer.refused(errors.MediaOrPlaybackNotFoundError, 404, playback.get_playback_id, **one)
    assert gone["message"] == "Media/PlaybackId not Found"
    assert customer.tolerated == set()


def test_a_manual_playlist_from_beginning_to_end(box, customer, film, clip):
    other, playlist = box.ready(clip)["id"], customer.playlist
    new = {"name": "A", "reference_id": f"sdk-{UNKNOWN}", "type_": "manual", "description": "d"}
    made = customer.say(playlist.create_a_playlist, status=201, **new)
    assert b'"limit":1000' in customer.sent.content
    taken = customer.refused(errors.DuplicateReferenceIDErrorResponse, 409, playlist.create_a_playlist, **new)
    assert taken["message"] == "playlist create failed"
    one = {"playlist_id": made["id"]}
    assert made["id"] in [each["id"] for each in customer.say(playlist.get_all_playlists, limit=50)]
    assert customer.say(playlist.update_a_playlist, **one, name="B", description="e")["name"] == "B"
    added = customer.say(playlist.add_media_to_playlist, **one, media_ids=[film, other])
    assert [media["id"] for media in added["mediaList"]] == [film, other]
    turned = customer.say(playlist.change_media_order_in_playlist, **one, media_ids=[other, film])
    assert [media["id"] for media in turned["mediaList"]] == [other, film]
    left = customer.say(playlist.delete_media_from_playlist, **one, media_ids=[other])
    assert customer.say(playlist.get_playlist_by_id, **one) == left
    assert customer.tolerated == {"data.mediaList.N.duration"}
    customer.say(playlist.delete_a_playlist, **one)
    gone = customer.refused(errors.NotFoundError, 404, playlist.get_playlist_by_id, **one)
    assert gone["message"] == "playlist not found"
    customer.refused(errors.InvalidPlaylistIDResponseError, 422, playlist.get_playlist_by_id, playlist_id="not-an-id")


def test_a_smart_playlist_fills_itself(customer, film):
    always = {"start_date": "2020-01-01", "end_date": "2035-01-01"}
    made = customer.say(
        customer.playlist.create_a_playlist,
        status=201,
        name="S",
        reference_id=f"smart-{UNKNOWN}",
        type_="smart",
        play_order="createdDate DESC",
        limit=20,
        metadata={"created_date": always, "updated_date": always},
    )
    assert made["metadata"]["updatedDate"] == {"startDate": "2020-01-01", "endDate": "2035-01-01"}
    assert film in [media["id"] for media in made["mediaList"]]


def test_ai_is_asked_and_answers(box, customer, clip):
    media_id, ai = box.ready(clip)["id"], customer.in_video_ai_features
    one = {"media_id": media_id}
    off = customer.refused(errors.FastpixDefaultError, 400, customer.manage_videos.get_summary, **one)
    assert off["message"] == "Summary not enabled"
    asked = customer.say(ai.update_media_summary, **one, generate=True, summary_length=60)
    assert asked == {"mediaId": media_id, "isSummaryEnabled": True}
    assert customer.say(ai.update_media_chapters, **one, chapters=True)["isChaptersEnabled"] is True
    assert customer.say(ai.update_media_named_entities, **one, named_entities=True)["isNamedEntitiesEnabled"] is True
    assert customer.say(ai.update_media_moderation, **one, moderation={"type": "av"})["isModerationEnabled"] is True
    features = ("summary", "chapters", "namedEntities", "moderation")

    def done():
        media = customer.say(customer.manage_videos.get_media, **one)
        return media if all(media[name]["status"] == "ready" for name in features) else None

    media = until(done, what="all four")
    assert customer.say(customer.manage_videos.get_summary, **one) == media["summary"]["data"]
    customer.refused(errors.MediaNotFoundError, 404, ai.update_media_chapters, media_id=UNKNOWN, chapters=True)
    assert customer.tolerated == {"data.duration"}


def test_drm_configurations_are_missing_and_then_found(own_box):
    box = own_box()
    customer = Customer(box.url)
    drm = customer.drm_configurations
    none = customer.refused(errors.BadRequestError, 400, drm.get_drm_configuration)
    assert none["message"] == "DRM ID does not exist"
    made = requests.post(f"{box.url}/_sandbox/drm", json={}, timeout=5).json()["configurations"][0]
    assert customer.say(drm.get_drm_configuration) == [{"id": made}]
    assert customer.say(drm.get_drm_configuration_by_id, drm_configuration_id=made) == {"id": made}
    wrong = customer.refused(
        errors.ValidationErrorResponse, 422, drm.get_drm_configuration_by_id, drm_configuration_id="your-id"
    )
    assert wrong["fields"] == [{"field": "drmConfigurationId", "message": "is invalid"}]


def test_signing_keys_are_made_listed_and_deleted(customer):
    keys = customer.signing_keys
    made = customer.say(keys.create_signing_key, status=201)
    one = {"signing_key_id": made["id"]}
    assert made["id"] in [key["id"] for key in customer.say(keys.list_signing_keys, limit=50)]
    assert customer.say(keys.get_signing_key_by_id, **one)["publicKey"].startswith("-----BEGIN PUBLIC KEY-----")
    assert customer.say(keys.delete_signing_key, **one) == {"message": "signing key deleted successfully"}
    gone = customer.refused(errors.SigningKeyNotFoundError, 404, keys.get_signing_key_by_id, **one)
    assert gone == {"code": 404, "message": "Signing key Not Found"}


def test_who_may_not_is_told_so(box, film):
    stranger, reader = Customer(box.url, "x", "y"), Customer(box.url, "sandbox-read")
    stranger.refused(errors.InvalidPermissionError, 401, stranger.manage_videos.list_media)
    stranger.refused(errors.UnauthorizedError, 401, stranger.playlist.get_all_playlists)
    reader.refused(errors.ForbiddenError, 403, reader.manage_videos.delete_media, media_id=film)
    reader.refused(errors.InvalidPermissionError, 403, reader.playlist.delete_a_playlist, playlist_id=UNKNOWN)
    assert reader.say(reader.manage_videos.get_media, media_id=film)["id"] == film


def test_what_cannot_be_read_is_told_by_field(customer, film):
    videos = customer.manage_videos
    wrong = customer.refused(errors.ValidationErrorResponse, 422, videos.get_media, media_id="nope")
    assert wrong["fields"] == [{"field": "mediaId", "message": "is invalid"}]
    wrong = customer.refused(errors.ValidationErrorResponse, 422, videos.list_media, limit=51)
    assert wrong["fields"][0]["field"] == "limit"
    many = {str(number): "x" for number in range(11)}
    wrong = customer.refused(errors.ValidationErrorResponse, 422, videos.updated_media, media_id=film, metadata=many)
    assert wrong["fields"][0]["field"] == "metadata"


def test_no_operation_of_the_sdk_goes_unspoken():
    spoken = getsource(sys.modules[__name__]) + getsource(test_published_tracks)
    assert not {name for name in operations() if f".{name}" not in spoken}
