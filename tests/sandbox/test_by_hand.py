"""Events sent by hand: any type, about anything, true or not."""

import json
import uuid

import pytest
import requests

from sandbox.by_hand import TYPES
from tests.contract import shared
from tests.sandbox.box import until


def send(box, **body):
    return requests.post(f"{box.url}/_sandbox/event", json=body, timeout=5)


@pytest.fixture
def told(own_box, receiver, clip):
    """A sandbox with one media, and what an event sent by hand says of it."""
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    media = box.ready(clip, title="Told")

    def tell(kind, **more):
        sent = send(box, type=kind, **more).json()["data"]
        return until(lambda: [one for one in receiver.events if one["id"] == sent["id"]], what=kind)[0]

    tell.media, tell.box = media, box
    return tell


def test_every_documented_type_can_be_sent(told):
    for kind in TYPES:
        event = told(kind, object=told.media["id"])
        about = "live" if kind.startswith("video.live_stream.") else "media"
        assert (event["type"], event["object"]) == (kind, {"type": about, "id": told.media["id"]})
        assert event["data"]


@shared.needed
def test_the_types_are_those_of_the_samples():
    names = {path.stem for path in (shared.FASTPIX / "webhook-samples").glob("video.*.json")}
    assert names <= set(TYPES)


@shared.needed
@pytest.mark.parametrize("feature", ["summary", "chapters", "moderation", "named-entities", "namedEntities"])
def test_what_it_says_of_ai_has_the_form_of_the_sample(told, feature):
    kind = f"video.mediaAI.{feature}.ready"
    sample = json.loads((shared.FASTPIX / "webhook-samples" / f"{kind}.json").read_text())
    event = told(kind)
    assert event.keys() == sample.keys()
    assert event["data"].keys() == sample["data"].keys()
    for name, value in sample["data"].items():
        said = event["data"][name]
        assert type(said) is type(value)
        if isinstance(value, list):
            assert [type(part) for part in said[0].values()] == [type(part) for part in value[0].values()]
            assert said[0].keys() == value[0].keys()


@shared.needed
def test_what_it_says_of_tracks_has_the_form_of_the_sample(told, shelf):
    url = shelf.put("/fr.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nBonjour\n")
    place = f"/on-demand/{told.media['id']}/tracks"

    def compared(mine, *kinds):
        for kind in kinds:
            sample = json.loads((shared.FASTPIX / "webhook-samples" / f"video.media.{kind}.json").read_text())
            event = told(f"video.media.{kind}", object=told.media["id"])
            assert event["status"] == sample["status"]
            assert event["data"].keys() - {"failedReason"} == sample["data"].keys()
            assert event["data"]["id"] in mine
            assert event["data"].get("status") == sample["data"].get("status")

    class Anyone:
        def __contains__(self, _):
            return True

    steps = ("track.created", "track.ready", "track.updated", "track.failed", "track.deleted")
    compared(Anyone(), *steps, "subtitle.generated.ready")
    order = {"url": url, "type": "subtitle", "languageCode": "fr", "languageName": "French"}
    track = told.box.data("POST", place, status=201, json={"tracks": order})
    compared([track["id"]], *steps)
    names = {"languageCode": "en-US", "languageName": "English"}
    sound = next(one["id"] for one in told.media["tracks"] if one["type"] == "audio")
    made = told.box.data("POST", f"{place}/{sound}/generate-subtitles", json=names)
    until(lambda: told.box.data("GET", f"/on-demand/{told.media['id']}")["generatedSubtitles"][0].get("url"), what="it")
    compared([made["id"]], "subtitle.generated.ready")
    told.media = told.box.data("GET", f"/on-demand/{told.media['id']}")
    assert told("video.media.mp4Support.ready")["data"] == told.media


def test_it_says_what_is_known_unless_it_is_told_what_to_say(told):
    whole = told.box.data("GET", f"/on-demand/{told.media['id']}")
    assert told("video.media.ready")["data"] == whole
    assert told("video.media.failed")["data"]["failedReason"] == "Sent by hand."
    assert told("video.media.deleted")["data"]["id"] == told.media["id"]
    assert told("video.media.subtitle.generated")["data"]["type"] == "subtitle"
    own = told("video.something.new", data={"a": 1}, status="strange")
    assert (own["data"], own["status"]) == ({"a": 1}, "strange")
    assert told.box.data("GET", f"/on-demand/{told.media['id']}") == whole, "nothing happens to the object"


def test_it_can_be_about_an_upload_or_about_nothing_known(told):
    upload = told.box.new_upload()
    assert told("video.media.upload", object=upload["uploadId"])["data"] == upload
    assert told("video.media.upload.cancelled", object=upload["uploadId"])["data"]["status"] == "cancelled"
    nobody = str(uuid.uuid4())
    assert told("video.media.ready", object=nobody)["data"] == {"id": nobody}
    assert told("video.live_stream.active", object="5" * 32)["data"] == {"streamId": "5" * 32, "status": "active"}


def test_the_form_of_the_page_sends_one(told):
    answer = requests.post(
        f"{told.box.url}/_sandbox/event",
        data={"type": "video.media.updated", "object": "", "data": '{"by": "hand"}'},
        headers={"Origin": told.box.url, "Sec-Fetch-Site": "same-origin"},
        allow_redirects=False,
        timeout=5,
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert told.box.state()["events"][0]["type"] == "video.media.updated"
    page = requests.get(f"{told.box.url}/", timeout=5).text
    assert "Send an event by hand" in page


def test_nonsense_and_other_sites_are_refused(own_box):
    box = own_box()
    for body in (
        {},
        {"type": "nodots", "object": "x"},
        {"type": "a.b<c>", "object": "x"},
        {"type": "video.media.ready"},
    ):
        assert send(box, **body).status_code == 422, body
    for data in ("words", [1], "[]"):
        assert send(box, type="video.media.ready", object="x", data=data).status_code == 422
    evil = {"Origin": "http://evil.example"}
    answer = requests.post(f"{box.url}/_sandbox/event", json={"type": "a.b"}, headers=evil, timeout=5)
    assert answer.status_code == 403
    assert box.state()["events"] == []
