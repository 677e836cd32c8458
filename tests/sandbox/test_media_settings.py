"""What can be asked when a media is made: refused by field, kept, and said again where FastPix says it."""

import pytest

from tests.sandbox.box import until
from tests.sandbox.test_api import fields
from tests.sandbox.test_tracks import VTT

VIDEO = {"type": "video", "url": "https://media.example/film.mp4"}
WRONG = [
    ({"maxResolution": "360p"}, {"maxResolution"}),
    ({"mediaQuality": "best"}, {"mediaQuality"}),
    ({"mp4Support": "none"}, {"mp4Support"}),
    ({"sourceAccess": "yes", "optimizeAudio": 1}, {"sourceAccess", "optimizeAudio"}),
    ({"creatorId": "x" * 256}, {"creatorId"}),
    ({"metadata": {"key": "x" * 256}}, {"metadata"}),
    ({"metadata": {"key": 1}}, {"metadata"}),
    ({"drmConfigurationId": "mine"}, {"drmConfigurationId"}),
    ({"subtitles": {"languageCode": "en-US"}}, {"subtitles.languageCode"}),
    ({"subtitles": "en"}, {"subtitles"}),
    ({"summary": {"generate": True, "summaryLength": 29}}, {"summary.summaryLength"}),
    ({"chapters": "yes", "namedEntities": 1}, {"chapters", "namedEntities"}),
    ({"moderation": {"type": "text"}}, {"moderation.type"}),
    ({"accessRestrictions": {"domains": {"allow": ["localhost"]}}}, {"accessRestrictions.domains.allow"}),
]
WRONG_INPUTS = [
    ({"type": "film"}, {"type"}),
    ("words", {""}),
    ({"type": "video", "introUrl": "ftp://a/b", "outroUrl": 1}, {"introUrl", "outroUrl"}),
    ({"type": "video", "startTime": -1}, {"startTime"}),
    ({"type": "video", "startTime": 5, "endTime": 5}, {"endTime"}),
    ({"type": "video", "endTime": 0}, {"endTime"}),
    ({"type": "video", "expungeSegments": ["4-2"]}, {"expungeSegments"}),
    ({"type": "video", "expungeSegments": "1-2"}, {"expungeSegments"}),
    ({"type": "video", "segments": [{"insertAt": 1}]}, {"segments[0].url"}),
    ({"type": "video", "segments": [{"url": "https://a/b"}]}, {"segments[0].insertAt"}),
    (
        {"type": "video", "segments": [{"url": "https://a/b", "insertAt": 1, "insertAtEnd": True}]},
        {"segments[0].insertAt"},
    ),
    ({"type": "watermark"}, {"url"}),
    (
        {"type": "watermark", "url": "https://a/b", "width": "wide", "opacity": "120%", "placement": {"xAlign": "up"}},
        {"width", "opacity", "placement.xAlign"},
    ),
    (
        {"type": "watermark", "url": "https://a/b", "placement": {"xMargin": "-1%", "yMargin": 5}},
        {"placement.xMargin", "placement.yMargin"},
    ),
    ({"type": "audio"}, {"swapTrackUrl"}),
    (
        {"type": "audio", "swapTrackUrl": "https://a/b", "imposeTracks": [{"startTime": 3, "endTime": 1}]},
        {"imposeTracks[0].url", "imposeTracks[0].endTime"},
    ),
    ({"type": "subtitle", "url": "https://a/b"}, {"languageName", "languageCode"}),
    ({"type": "subtitle", "url": "https://a/b", "languageName": "x", "languageCode": "English"}, {"languageCode"}),
]
ALL = {
    "accessPolicy": "private",
    "accessRestrictions": {
        "domains": {"defaultPolicy": "deny", "allow": ["example.com"], "deny": []},
        "userAgents": {"defaultPolicy": "allow", "allow": [], "deny": ["curl"]},
    },
    "title": "All of it",
    "creatorId": "editor-17",
    "metadata": {"project": "spring"},
    "maxResolution": "480p",
    "mediaQuality": "pro",
    "sourceAccess": True,
    "optimizeAudio": True,
    "mp4Support": "audioOnly,capped_4k",
    "summary": {"generate": True, "summaryLength": 30},
    "chapters": True,
    "namedEntities": True,
    "moderation": {"type": "av"},
}


@pytest.mark.parametrize(("settings", "wrong"), WRONG)
def test_a_wrong_setting_is_refused_by_its_name(box, settings, wrong):
    body = {"inputs": [VIDEO], "accessPolicy": "public"} | settings
    assert fields(box.refused("POST", "/on-demand", status=422, json=body)) == wrong
    pushed = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public"} | settings}
    refused = box.refused("POST", "/on-demand/upload", status=422, json=pushed)
    assert fields(refused) == {f"pushMediaSettings.{name}" for name in wrong}


@pytest.mark.parametrize(("wrong_input", "wrong"), WRONG_INPUTS)
def test_a_wrong_input_is_refused_by_its_place(box, wrong_input, wrong):
    named = {f"inputs[1].{name}".rstrip(".") for name in wrong}
    if isinstance(wrong_input, dict) and wrong_input["type"] == "video":
        wrong_input = {"url": "https://a/b"} | wrong_input
    body = {"inputs": [VIDEO, wrong_input], "accessPolicy": "public"}
    assert fields(box.refused("POST", "/on-demand", status=422, json=body)) == named
    pushed = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public", "inputs": [VIDEO, wrong_input]}}
    refused = box.refused("POST", "/on-demand/upload", status=422, json=pushed)
    assert fields(refused) == {f"pushMediaSettings.{name}" for name in named}


@pytest.mark.parametrize(
    ("inputs", "wrong"), [(None, "inputs"), ("x", "inputs"), ([], "inputs"), ([{"type": "video"}], "inputs[0].url")]
)
def test_a_media_needs_a_video_and_its_address(box, inputs, wrong):
    body = {"inputs": inputs, "accessPolicy": "public"}
    assert fields(box.refused("POST", "/on-demand", status=422, json=body)) == {wrong}


def test_times_of_an_upload_stand_beside_its_inputs(box):
    pushed = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public", "startTime": 3, "endTime": 2}}
    refused = box.refused("POST", "/on-demand/upload", status=422, json=pushed)
    assert fields(refused) == {"pushMediaSettings.endTime"}


def test_settings_outside_of_push_media_settings_are_refused(box):
    for name, value in (ALL | {"subtitles": {}, "inputs": [], "startTime": 1, "endTime": 2}).items():
        pushed = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public"}, name: value}
        assert fields(box.refused("POST", "/on-demand/upload", status=422, json=pushed)) == {name}


def test_all_settings_of_a_url_are_kept_and_said_where_fastpix_says_them(box):
    video = {"type": "video", "url": f"{box.url}/samples/demo.mp4"}
    made = box.data("POST", "/on-demand", status=201, json={"inputs": [video]} | ALL)
    said = ("metadata", "mediaQuality", "sourceAccess", "maxResolution", "optimizeAudio")
    assert {name: made[name] for name in said} == {name: ALL[name] for name in said}
    assert made["playbackIds"][0]["accessPolicy"] == "private"
    assert made["playbackIds"][0]["accessRestrictions"] == ALL["accessRestrictions"]
    assert made["inputs"] == [video]
    _check_whole(box, box.settled(made["id"]))


def test_all_settings_of_an_upload_are_kept_and_said_where_fastpix_says_them(box, clip):
    settings = {name: value for name, value in ALL.items() if name != "accessPolicy"}
    pushed = box.new_upload(accessPolicy="private", **settings)["pushMediaSettings"]
    playback_id = {"accessPolicy": "private", "accessRestrictions": ALL["accessRestrictions"]}
    said = ("metadata", "mediaQuality", "sourceAccess", "optimizeAudio")
    assert pushed == {"playbackIds": [playback_id]} | {name: ALL[name] for name in said}
    _check_whole(box, box.settled(box.upload(clip, **ALL)))


def _check_whole(box, media):
    assert media["status"] == "Ready"
    said = (
        "title", "creatorId", "metadata", "maxResolution", "mediaQuality", "sourceAccess", "mp4Support"
    )  # fmt: skip
    assert {name: media[name] for name in said} == {name: ALL[name] for name in said}
    assert not {"inputs", "optimizeAudio", "accessPolicy", "startTime"} & media.keys()
    assert media["playbackIds"][0]["accessRestrictions"] == ALL["accessRestrictions"]
    features = ("summary", "chapters", "namedEntities", "moderation")

    def done():
        now = box.data("GET", f"/on-demand/{media['id']}")
        return now if all(now[name]["status"] == "ready" for name in features) else None

    whole = until(done, what="all features")
    assert len(whole["summary"]["data"].split()) <= 30
    told = {"video.media.ready", "video.media.mp4Support.ready", "video.media.source.ready"}

    def said_so():
        return told <= {one["type"] for one in box.state()["events"] if one["object_id"] == media["id"]}

    until(said_so, what="all events")


def test_a_cancelled_upload_says_its_title_and_creator(box):
    made = box.new_upload(title="Never sent", creatorId="editor-17", maxResolution="720p", metadata={"a": "b"})
    said = box.data("PUT", f"/on-demand/upload/{made['uploadId']}/cancel")
    assert said == {
        "uploadId": made["uploadId"], "trial": False, "status": "cancelled", "url": made["url"], "corsOrigin": "*",
        "maxResolution": "720p", "accessPolicy": "public", "metadata": {"a": "b"}, "title": "Never sent",
        "creatorId": "editor-17",
    }  # fmt: skip


def test_a_media_of_another_that_is_missing_or_not_ready_is_refused(box):
    body = {"inputs": [{"type": "video", "url": "fp_mediaId://2f80c6d5-41ab-4e39-b7d2-95c1e8f3a06d"}]}
    assert box.refused("POST", "/on-demand", status=404, json=body | {"accessPolicy": "public"})
    box.switch(encoding="held")
    held = box.import_url(f"{box.url}/samples/demo.mp4")
    body = {"inputs": [{"type": "video", "url": f"fp_mediaId://{held}"}], "accessPolicy": "public"}
    assert box.refused("POST", "/on-demand", status=400, json=body)
    box.switch(encoding="normal")
    box.settled(held)


def test_subtitles_are_given_or_written_down_when_a_media_is_made(own_box, receiver, shelf):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    given = {"type": "subtitle", "url": shelf.put("/de.vtt", VTT), "languageName": "German", "languageCode": "de"}
    video = {"type": "video", "url": f"{box.url}/samples/demo.mp4"}
    body = {"inputs": [video, given], "accessPolicy": "public", "subtitles": {"languageCode": "en"}}
    media = box.settled(box.data("POST", "/on-demand", status=201, json=body)["id"])

    def done():
        now = box.data("GET", f"/on-demand/{media['id']}")
        texts = [one for one in now["tracks"] if one["type"] == "subtitle"]
        return now if [one["status"] for one in texts] == ["available", "available"] else None

    whole = until(done, what="both subtitles")
    assert [(one["languageCode"], one["languageName"]) for one in whole["tracks"][:2]] == [
        ("en", "english"),
        ("de", "German"),
    ]
    assert whole["subtitleAvailable"] is True
    assert len(whole["generatedSubtitles"]) == 1
    kinds = {"video.media.track.created", "video.media.track.ready", "video.media.subtitle.generated.ready"}
    until(lambda: kinds <= set(receiver.of(media["id"])), what="their events")
