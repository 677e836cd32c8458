"""The answers of /v1: shapes, refusals, paging."""

import uuid
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.sandbox import document
from tests.sandbox.box import until

UNKNOWN = str(uuid.uuid4())


def fields(error):
    assert error["message"] == "payload validation failed"
    assert "description" not in error
    return {one["field"] for one in error["fields"]}


def test_every_answer_is_dated(box):
    for answer in (
        box.call("GET", "/on-demand"),
        box.call("GET", f"/on-demand/{UNKNOWN}"),
        box.call("GET", "/nothing"),
    ):
        assert parsedate_to_datetime(answer.headers["Date"])


@pytest.mark.parametrize("auth", [None, ("sandbox", "wrong"), ("wrong", "sandbox"), ("", "")])
def test_a_wrong_pair_is_unauthorized(box, auth):
    assert box.refused("GET", "/on-demand", status=401, auth=auth)["message"] == "unauthorized"


def test_the_read_only_pair_reads_and_is_forbidden_to_write(box):
    reader = ("sandbox-read", "sandbox")
    assert box.call("GET", "/on-demand", auth=reader).status_code == 200
    assert box.refused("POST", "/iam/signing-keys", status=403, auth=reader)["message"] == "forbidden"


def test_unknown_ids_are_404_and_unreadable_ones_422(box):
    for path in ("", "/input-info", "/playback-ids", "/media-clips"):
        missing = box.refused("GET", f"/on-demand/{UNKNOWN}{path}", status=404)
        assert missing["message"] == "media workspace relation not found"
        assert fields(box.refused("GET", f"/on-demand/not-an-id{path}", status=422)) == {"mediaId"}
    assert box.refused("GET", f"/iam/signing-keys/{UNKNOWN}", status=404) == {
        "code": 404,
        "message": "Signing key Not Found",
    }
    assert box.refused("PUT", f"/on-demand/upload/{UNKNOWN}/cancel", status=404)
    assert box.refused("GET", "/no/such/operation", status=404)
    assert box.refused("PUT", "/on-demand", status=405)


@pytest.mark.parametrize("query", ["limit=0", "limit=51", "limit=x", "offset=0", "offset=-1", "orderBy=up"])
def test_pages_out_of_range_are_422(box, query):
    for path in ("/on-demand", "/on-demand/uploads", "/live/streams"):
        assert fields(box.refused("GET", f"{path}?{query}", status=422)) == {query.split("=")[0]}


def test_offset_is_the_number_of_a_page(own_box):
    box = own_box()
    made = [box.data("POST", "/iam/signing-keys", status=201)["id"] for _ in range(3)]
    first = box.call("GET", "/iam/signing-keys?limit=2").json()
    second = box.call("GET", "/iam/signing-keys?limit=2&offset=2").json()
    assert [key["id"] for key in first["data"] + second["data"]] == made[::-1]
    assert second["pagination"] == {"totalRecords": 3, "currentOffset": 2, "offsetCount": 2}
    empty = box.call("GET", "/on-demand?limit=5").json()
    assert empty == {
        "success": True,
        "data": [],
        "pagination": {"totalRecords": 0, "currentOffset": 1, "offsetCount": 0},
    }


def test_media_are_listed_newest_first_unless_asked(box, public_media, private_media):
    newest = [media["createdAt"] for media in box.data("GET", "/on-demand?limit=50")]
    assert newest == sorted(newest, reverse=True)
    assert [media["createdAt"] for media in box.data("GET", "/on-demand?limit=50&orderBy=asc")] == newest[::-1]


def test_a_new_media_is_answered_as_recorded(box):
    video = {"type": "video", "url": f"{box.url}/samples/demo.mp4"}
    body = {"inputs": [video], "accessPolicy": "public", "maxResolution": "720p", "metadata": {"source": "test"}}
    made = box.data("POST", "/on-demand", status=201, json=body)
    assert set(made) == {
        "id", "trial", "status", "createdAt", "updatedAt", "playbackIds", "metadata", "mediaQuality", "sourceAccess",
        "maxResolution", "inputs", "optimizeAudio",
    }  # fmt: skip
    assert made["status"] == "Created"
    assert made["inputs"] == [video]
    everything = {"defaultPolicy": "allow", "allow": [], "deny": []}
    assert made["playbackIds"][0]["accessRestrictions"] == {"domains": everything, "userAgents": everything}


def test_what_was_not_given_is_left_out(box, clip):
    media = box.ready(clip)
    assert not {"title", "creatorId", "metadata", "mp4Support", "sourceMediaId", "failedReason"} & media.keys()
    assert None not in media.values()


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"accessPolicy", "inputs"}),
        ({"accessPolicy": "open", "inputs": "x"}, {"accessPolicy", "inputs"}),
        ({"accessPolicy": "public", "inputs": []}, {"inputs"}),
        ({"accessPolicy": "public", "inputs": [{"type": "video"}]}, {"inputs[0].url"}),
        ({"accessPolicy": "public", "inputs": [{"type": "video", "url": "ftp://a/b"}]}, {"inputs[0].url"}),
        (
            {"accessPolicy": "public", "inputs": [{"type": "video", "url": "https://a/b"}], "title": "x" * 256},
            {"title"},
        ),
        (
            {
                "accessPolicy": "public",
                "inputs": [{"type": "video", "url": "https://a/b"}],
                "metadata": {str(n): "x" for n in range(11)},
            },
            {"metadata"},
        ),
        (
            {
                "accessPolicy": "public",
                "inputs": [{"type": "video", "url": "https://a/b"}],
                "accessRestrictions": {"domains": {"allow": ["localhost"]}},
            },
            {"accessRestrictions.domains.allow"},
        ),
    ],
)
def test_wrong_fields_are_named(box, body, wrong):
    assert fields(box.refused("POST", "/on-demand", status=422, json=body)) == wrong


def test_upload_settings_at_the_top_are_refused(box):
    body = {"corsOrigin": "*", "accessPolicy": "public"}
    assert fields(box.refused("POST", "/on-demand/upload", status=422, json=body)) == {"accessPolicy"}
    assert fields(box.refused("POST", "/on-demand/upload", status=422, json={})) == {"corsOrigin"}
    body = {"corsOrigin": "nonsense", "pushMediaSettings": {}}
    named = {"corsOrigin", "pushMediaSettings.accessPolicy"}
    assert fields(box.refused("POST", "/on-demand/upload", status=422, json=body)) == named


def test_a_body_that_is_not_an_object_is_400(box):
    for body in (b"{", b"[]", b"\xff"):
        assert box.refused("POST", "/on-demand", status=400, data=body)["message"] == "Bad Request"
    assert box.refused("POST", "/on-demand", status=413, data=b" " * (1 << 21))


def test_drm_is_refused_where_none_is_configured(box):
    body = {"accessPolicy": "drm", "inputs": [{"type": "video", "url": "https://a.example/b"}]}
    assert box.refused("POST", "/on-demand", status=400, json=body)["message"] == "DRM ID does not exist"


def test_metadata_is_replaced_as_a_whole(box, clip):
    media_id = box.upload(clip, metadata={"a": "1", "b": "2"})
    changed = box.data("PATCH", f"/on-demand/{media_id}", json={"metadata": {"c": "3"}, "title": "New"})
    assert (changed["metadata"], changed["title"]) == ({"c": "3"}, "New")
    assert box.settled(media_id)["metadata"] == {"c": "3"}, "the end of encoding overwrites nothing"
    assert fields(box.refused("PATCH", f"/on-demand/{media_id}", status=422, json={"title": 7})) == {"title"}


def test_source_access_and_downloads_are_switched(box, public_media):
    place = f"/on-demand/{public_media['id']}"
    assert box.data("PATCH", f"{place}/source-access", json={"sourceAccess": True})["sourceAccess"] is True
    assert fields(box.refused("PATCH", f"{place}/source-access", status=422, json={})) == {"sourceAccess"}
    assert box.refused("PATCH", f"{place}/update-mp4Support", status=400, json={"mp4Support": "none"})
    with_both = box.data("PATCH", f"{place}/update-mp4Support", json={"mp4Support": "audioOnly,capped_4k"})
    assert with_both["mp4Support"] == "audioOnly,capped_4k"
    same = {"mp4Support": "audioOnly,capped_4k"}
    again = box.refused("PATCH", f"{place}/update-mp4Support", status=400, json=same)
    assert again["message"] == "mp4Support value already exists"
    playback_id = public_media["playbackIds"][0]["id"]
    for name in ("capped-4k.mp4", "audio.m4a"):
        until(lambda name=name: box.stream(f"{playback_id}/{name}").content[4:8] == b"ftyp", what=name)
    assert "mp4Support" not in box.data("PATCH", f"{place}/update-mp4Support", json={"mp4Support": "none"})
    assert box.stream(f"{playback_id}/capped-4k.mp4").status_code == 404


def test_an_upload_shows_its_storage_address_as_input(box, public_media):
    info = box.data("GET", f"/on-demand/{public_media['id']}/input-info")
    assert public_media["id"] in info["configuration"]["url"]
    assert "upload_id=" not in info["configuration"]["url"]
    assert {track["type"] for track in info["file"]["tracks"]} == {"video", "audio"}


def test_playback_ids_come_and_go(box, clip):
    box.switch(encoding="held")
    media_id = box.upload(clip)
    place = f"/on-demand/{media_id}/playback-ids"
    early = box.refused("POST", place, status=400, json={"accessPolicy": "public"})
    assert "not ready for updates" in early["description"]
    box.switch(encoding="normal")
    box.settled(media_id)
    added = box.data("POST", place, status=201, json={"accessPolicy": "private"})
    assert (added["accessPolicy"], added["resolution"]) == ("private", None)
    assert box.data("GET", f"{place}/{added['id']}")["id"] == added["id"]
    assert len(box.data("GET", place)) == 2
    rules = {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []}
    assert box.data("PATCH", f"{place}/{added['id']}/domains", json=rules) == rules
    kept = box.data("PATCH", f"{place}/{added['id']}/domains", json={"domains": {"allow": ["other.example"]}})
    assert kept == rules, "a wrapped body stores nothing"
    refused = box.refused("PATCH", f"{place}/{added['id']}/domains", status=422, json={"allow": ["localhost"]})
    assert fields(refused) == {"allow"}
    assert fields(box.refused("DELETE", place, status=422)) == {"playbackId"}
    box.data("DELETE", f"{place}?playbackId={added['id']}")
    assert box.refused("GET", f"{place}/{added['id']}", status=404)["message"] == "Media/PlaybackId not Found"


def test_streams_are_none_and_views_are_counted(box, clip):
    assert box.data("GET", "/live/streams?limit=5") == []
    media = box.ready(clip)
    playback_id = media["playbackIds"][0]["id"]
    only = f"timespan[]=60:minutes&filterby[]=media_id:{media['id']}"
    overall = "/data/metrics/{}/overall?" + only
    assert box.data("GET", overall.format("views"), check=False)["value"] == 0
    for name in ("seg_00000.ts", "seg_00000.ts"):
        assert box.stream(f"{playback_id}/360p/{name}").status_code == 200
    views = box.call("GET", overall.format("views")).json()
    assert (views["data"]["value"], views["data"]["totalViews"], views["data"]["uniqueViews"]) == (1, 1, 1)
    assert views["metadata"] == {"aggregation": "view_end"}
    assert views["timespan"][1] - views["timespan"][0] == 3600
    assert box.data("GET", overall.format("playing_time") + "&measurement=sum")["value"] == 6000
    assert box.data("GET", overall.format("startup_score"))["value"] is None, "not measured"
    assert box.refused("GET", "/data/metrics/fame/overall", status=422)
    wrong = box.refused("GET", "/data/metrics/views/overall?timespan[]=2:days", status=400)
    assert wrong["message"] == "Invalid timespan value"


def test_the_api_can_misbehave(box):
    box.switch(api="down")
    assert box.refused("GET", "/on-demand", status=503)
    box.switch(api="limited")
    assert box.call("GET", "/on-demand").headers["Retry-After"] == "1"
    box.switch(api="torn")
    with pytest.raises(requests.RequestException):
        box.call("GET", "/on-demand")
    box.switch(api="silent")
    with pytest.raises(requests.Timeout):
        requests.get(f"{box.url}/v1/on-demand", auth=("sandbox", "sandbox"), timeout=0.5)
    box.switch(api="up")
    assert box.call("GET", "/on-demand").status_code == 200


def test_deleting_ends_work_in_progress(box, clip):
    box.switch(encoding="held")
    media_id = box.upload(clip)
    until(lambda: box.data("GET", f"/on-demand/{media_id}")["status"] == "In Queue")
    box.data("DELETE", f"/on-demand/{media_id}")
    box.switch(encoding="normal")
    assert box.refused("GET", f"/on-demand/{media_id}", status=404)
    assert not (box.folder / "sandbox" / "media" / media_id).exists()


@pytest.mark.skipif(not document.FILE.exists(), reason=f"FastPix's document is not here (looked for {document.FILE})")
def test_the_document_refuses_a_wrong_answer(box, public_media):
    answer = box.call("GET", f"/on-demand/{public_media['id']}")
    answer._content = answer.content.replace(b'"Ready"', b'"Done"')
    with pytest.raises(AssertionError, match="Done"):
        document.check(answer)
