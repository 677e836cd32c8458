"""DRM configurations: none until the control makes one, needed by the policy drm, and tokens of their own kind."""

import base64
import time
import uuid

import jwt
import pytest
import requests

PLACE = "/on-demand/drm-configurations"
NONE = {"code": 400, "message": "DRM ID does not exist", "description": "The DRM configuration does not exist."}


def turn(box, **body):
    answer = requests.post(f"{box.url}/_sandbox/drm", json=body, timeout=5)
    assert answer.status_code == 200
    return answer.json()["configurations"]


@pytest.fixture(scope="module")
def with_drm(shared_box):
    """The id of a configuration that is there for the time of these tests."""
    made = turn(shared_box)[-1]
    yield made
    for one in turn(shared_box):
        turn_away = requests.post(f"{shared_box.url}/_sandbox/drm", json={"remove": one}, timeout=5)
        assert turn_away.status_code == 200


def fields(error):
    return {one["field"] for one in error["fields"]}


def test_where_there_is_none_it_is_an_error_and_not_an_empty_list(own_box):
    box = own_box()
    assert box.refused("GET", PLACE, status=400) == NONE
    assert box.refused("GET", f"{PLACE}/{uuid.uuid4()}", status=400) == NONE
    wrong = box.refused("GET", f"{PLACE}/your-drm-configuration-id", status=422)
    assert wrong["fields"] == [{"field": "drmConfigurationId", "message": "is invalid"}]


def test_configurations_come_go_and_are_kept(own_box):
    box = own_box()
    one, other = turn(box)[0], turn(box)[1]
    box.stop()
    box.start()
    assert [made["id"] for made in box.data("GET", PLACE)] == [other, one]
    assert box.call("GET", f"{PLACE}?limit=1").json()["pagination"] == {
        "totalRecords": 2,
        "currentOffset": 1,
        "offsetCount": 2,
    }
    assert box.data("GET", f"{PLACE}/{one}") == {"id": one}
    assert turn(box, remove=one) == [other]
    assert box.refused("GET", f"{PLACE}/{one}", status=400) == NONE


def test_another_site_may_not_make_one(box):
    answer = requests.post(f"{box.url}/_sandbox/drm", json={}, headers={"Origin": "http://evil.example"}, timeout=5)
    assert answer.status_code == 403


def test_the_policy_drm_needs_a_configuration_that_exists(box, with_drm, public_media):
    video = {"inputs": [{"type": "video", "url": f"{box.url}/samples/demo.mp4"}], "accessPolicy": "drm"}
    upload = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "drm"}}
    playback = f"/on-demand/{public_media['id']}/playback-ids"
    for path, body in (("/on-demand", video), ("/on-demand/upload", upload), (playback, {"accessPolicy": "drm"})):
        assert fields(box.refused("POST", path, status=422, json=body)) == {"drmConfigurationId"}
        inner = body.get("pushMediaSettings", body)
        inner["drmConfigurationId"] = str(uuid.uuid4())
        assert box.refused("POST", path, status=400, json=body) == NONE
        inner["drmConfigurationId"] = with_drm
        made = box.data("POST", path, status=201, json=body)
        assert made.get("pushMediaSettings", made).get("playbackIds", [made])[0]["accessPolicy"] == "drm"


def test_a_drm_playback_id_plays_with_a_token_of_its_own_kind_only(box, with_drm, public_media):
    body = {"accessPolicy": "drm", "drmConfigurationId": with_drm}
    made = box.data("POST", f"/on-demand/{public_media['id']}/playback-ids", status=201, json=body)["id"]
    key = box.data("POST", "/iam/signing-keys", status=201)
    answers = {}
    for kind in ("drm", "media"):
        claims = {"aud": f"{kind}:{made}", "exp": int(time.time()) + 60}
        token = jwt.encode(claims, base64.b64decode(key["privateKey"]), "RS256", headers={"kid": key["id"]})
        answers[kind] = box.stream(f"{made}.m3u8", params={"token": token}).status_code
        answers[f"{kind} download"] = box.stream(f"{made}/capped-4k.mp4", params={"token": token}).status_code
    assert answers == {"drm": 200, "drm download": 403, "media": 401, "media download": 401}
    assert box.stream(f"{made}.m3u8").status_code == 401
