"""In-video AI: asked, prepared, told and shown."""

import uuid

import pytest
import requests

from tests.sandbox.box import until

ASK = {
    "summary": ("summary", {"generate": True, "summaryLength": 30}),
    "chapters": ("chapters", {"chapters": True}),
    "namedEntities": ("named-entities", {"namedEntities": True}),
    "moderation": ("moderation", {"moderation": {"type": "av"}}),
}
AT_CREATION = {
    "summary": {"generate": True, "summaryLength": 40},
    "chapters": True,
    "namedEntities": True,
    "moderation": {"type": "video"},
}


@pytest.fixture
def ask(box):
    def asked(media_id, feature, body=None):
        path, usual = ASK[feature]
        return box.data("PATCH", f"/on-demand/{media_id}/{path}", json=body or usual)

    return asked


def done(box, media_id, *features):
    """The media once these features of it are ready."""

    def look():
        media = box.data("GET", f"/on-demand/{media_id}")
        return media if all(media.get(one, {}).get("status") == "ready" for one in features) else None

    return until(look, what=f"{features} of {media_id}")


def fields(error):
    return {one["field"] for one in error["fields"]}


def test_each_feature_is_prepared_told_once_and_shown(own_box, receiver, clip):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    media = box.ready(clip, title="Harbour Tour")
    for feature, (path, body) in ASK.items():
        answer = box.data("PATCH", f"/on-demand/{media['id']}/{path}", json=body)
        assert answer == {"mediaId": media["id"], f"is{feature[0].upper()}{feature[1:]}Enabled": True}
        assert box.data("GET", f"/on-demand/{media['id']}")[feature] == {"status": "preparing"}
    shown = done(box, media["id"], *ASK)
    assert shown["updatedAt"] > media["updatedAt"]
    assert box.data("GET", "/on-demand")[0]["chapters"] == shown["chapters"]
    events = until(lambda: [one for one in receiver.events if "AI" in one["type"]][3:] and receiver.events)
    told = {one["type"]: one for one in events if "AI" in one["type"]}
    assert set(told) == {
        "video.mediaAI.summary.ready",
        "video.mediaAI.chapters.ready",
        "video.mediaAI.named-entities.ready",
        "video.mediaAI.moderation.ready",
    }
    assert {(one["status"], one["object"]["id"]) for one in told.values()} == {("ready", media["id"])}
    assert told["video.mediaAI.summary.ready"]["data"] == {
        "isSummaryGenerated": True,
        "summary": shown["summary"]["data"],
    }
    chapters = told["video.mediaAI.chapters.ready"]["data"]
    assert chapters == {"isChaptersGenerated": True} | shown["chapters"]["data"]
    assert told["video.mediaAI.named-entities.ready"]["data"]["isNamedEntitiesGenerated"] is True
    assert told["video.mediaAI.moderation.ready"]["data"]["moderation"][0].keys() == {"category", "score"}


def test_what_was_asked_at_creation_is_done_once_the_media_is_ready(box, clip):
    box.switch(encoding="held")
    uploaded = box.upload(clip, **AT_CREATION)
    assert box.data("GET", f"/on-demand/{uploaded}")["summary"] == {"status": "preparing"}
    box.switch(encoding="normal")
    imported = box.import_url(f"{box.url}/samples/demo.mp4", **AT_CREATION)
    for media_id in (uploaded, imported):
        done(box, media_id, *AT_CREATION)
    assert not ASK.keys() & box.ready(clip, summary={"generate": False}, chapters=False).keys()


def test_a_summary_is_there_when_it_was_asked_for_and_made(box, clip, ask):
    media_id = box.ready(clip)["id"]
    place = f"/on-demand/{media_id}/summary"
    assert box.refused("GET", place, status=400) == {
        "code": 400,
        "message": "Summary not enabled",
        "description": "Summary is not enabled for the requested media",
    }
    ask(media_id, "summary")
    assert box.refused("GET", place, status=400)["message"] == "Summary not available"
    text = done(box, media_id, "summary")["summary"]["data"]
    assert box.data("GET", place) == text
    assert 5 < len(text.split()) <= 30
    assert ask(media_id, "summary", {"generate": False}) == {"mediaId": media_id, "isSummaryEnabled": False}
    assert box.refused("GET", place, status=400)["message"] == "Summary not enabled"
    assert "summary" not in box.data("GET", f"/on-demand/{media_id}")


def test_what_is_made_follows_from_title_and_length(box, clip, ask):
    requests.post(f"{box.url}/_sandbox/seed", json={"media": 2}, timeout=10)
    one, other = (media["id"] for media in box.data("GET", "/on-demand?limit=2"))
    for media_id in (one, other):
        box.data("PATCH", f"/on-demand/{media_id}", json={"title": "Violence in Rome"})
        for feature in ASK:
            ask(media_id, feature, {"generate": True, "summaryLength": 250} if feature == "summary" else None)
    first, second = done(box, one, *ASK), done(box, other, *ASK)
    assert all(first[feature] == second[feature] for feature in ASK)
    assert 200 < len(first["summary"]["data"].split()) <= 250
    chapters = first["chapters"]["data"]["chapters"]
    assert [one["chapter"] for one in chapters] == ["1", "2", "3"]
    assert (chapters[0]["startTime"], chapters[0]["endTime"]) == ("00:00:00", "00:00:19")
    assert (chapters[2]["startTime"], chapters[2]["endTime"]) == ("00:00:40", "00:01:00")
    assert {"entity": "Rome", "category": "PRODUCT"}.items() <= first["namedEntities"]["data"]["namedEntities"][
        1
    ].items()
    scores = {one["category"]: one["score"] for one in first["moderation"]["data"]["moderation"]}
    assert scores["Violence"] > 0.7 > scores["Self-Harm"] >= 0


def test_a_finished_feature_is_not_made_twice_and_a_running_one_may_be_asked_again(box, clip, ask):
    media_id = box.ready(clip)["id"]
    ask(media_id, "chapters")
    ask(media_id, "chapters")
    done(box, media_id, "chapters")
    error = box.refused("PATCH", f"/on-demand/{media_id}/chapters", status=400, json={"chapters": True})
    assert "already exists" in error["description"]
    ask(media_id, "chapters", {"chapters": False})
    ask(media_id, "chapters")
    done(box, media_id, "chapters")
    types = [one["type"] for one in box.state()["events"] if one["object_id"] == media_id]
    assert types.count("video.mediaAI.chapters.ready") == 2


def test_the_event_of_named_entities_is_spelled_both_ways_in_turn(own_box, clip):
    box = own_box()
    for _ in range(2):
        media_id = box.ready(clip, namedEntities=True)["id"]
        done(box, media_id, "namedEntities")
    types = [one["type"] for one in box.state()["events"] if "AI" in one["type"]]
    assert types == ["video.mediaAI.namedEntities.ready", "video.mediaAI.named-entities.ready"]


def test_what_was_running_at_a_kill_is_done_after_it(own_box, clip):
    box = own_box()
    media_id = box.ready(clip)["id"]
    for path, body in ASK.values():
        box.data("PATCH", f"/on-demand/{media_id}/{path}", json=body)
    box.process.kill()
    box.process.wait(5)
    box.start()
    shown = done(box, media_id, *ASK)
    box.stop()
    box.start()
    assert box.data("GET", f"/on-demand/{media_id}") == shown


def test_of_a_media_deleted_meanwhile_nothing_is_told(own_box, clip):
    box = own_box()
    media_id = box.ready(clip, moderation={"type": "av"})["id"]
    box.data("DELETE", f"/on-demand/{media_id}")
    other = box.ready(clip, namedEntities=True)["id"]
    done(box, other, "namedEntities")
    events = [(one["object_id"], one["type"]) for one in box.state()["events"] if "AI" in one["type"]]
    assert events == [(other, "video.mediaAI.named-entities.ready")]


def test_wrong_questions_are_refused(box, public_media):
    place, nobody = f"/on-demand/{public_media['id']}", uuid.uuid4()
    wrong = [
        ("summary", {}, "generate"),
        ("summary", {"generate": True, "summaryLength": 29}, "summaryLength"),
        ("summary", {"generate": True, "summaryLength": 251}, "summaryLength"),
        ("chapters", {"chapters": "yes"}, "chapters"),
        ("named-entities", {}, "namedEntities"),
        ("moderation", {"moderation": {"type": "text"}}, "moderation.type"),
        ("moderation", {"moderation": True}, "moderation"),
    ]
    for path, body, field in wrong:
        assert fields(box.refused("PATCH", f"{place}/{path}", status=422, json=body)) == {field}
    for path, body in ASK.values():
        missing = box.refused("PATCH", f"/on-demand/{nobody}/{path}", status=404, json=body)
        assert missing["message"] == "media workspace relation not found"
        assert fields(box.refused("PATCH", f"/on-demand/x/{path}", status=422, json=body)) == {"mediaId"}
    body = {"accessPolicy": "public", "inputs": [{"type": "video", "url": "https://a.example/b"}]}
    at_creation = body | {"summary": {"generate": True, "summaryLength": 1}, "chapters": 1, "moderation": {"type": "x"}}
    named = {"summary.summaryLength", "chapters", "moderation.type"}
    assert fields(box.refused("POST", "/on-demand", status=422, json=at_creation)) == named
    assert not ASK.keys() & box.data("GET", place).keys()


def test_a_failed_media_is_not_looked_at(box):
    media_id = box.settled(box.upload(b"no film"))["id"]
    error = box.refused("PATCH", f"/on-demand/{media_id}/chapters", status=400, json={"chapters": True})
    assert error["description"] == "The media has failed."
