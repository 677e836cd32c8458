"""The file that was given, while its media gives access to it."""

import requests


def test_the_file_as_sent_is_there_while_access_is_on_and_gone_when_off(box, clip):
    media = box.ready(clip, startTime=1, endTime=2)
    place = f"/on-demand/{media['id']}"
    address = box.data("GET", f"{place}/input-info")["configuration"]["url"]
    assert (media["sourceAccess"], requests.get(address, timeout=5).status_code) == (False, 403)
    for wanted, status in ((True, 200), (False, 403), (True, 200)):
        told = box.data("PATCH", f"{place}/source-access", json={"sourceAccess": wanted})
        assert told["sourceAccess"] is wanted
        assert requests.get(address, timeout=5).status_code == status
    assert requests.get(address, timeout=5).content == clip, "whole, though the film is a part of it"
    assert requests.get(address.replace("X-Goog-Signature=", "X-Goog-Signature=0"), timeout=5).status_code == 403
    box.data("DELETE", place)
    assert requests.get(address, timeout=5).status_code == 404


def test_an_upload_with_an_intro_has_a_source_too(box, clip):
    intro = {"type": "video", "introUrl": f"{box.url}/samples/demo.mp4"}
    place = f"/on-demand/{box.ready(clip, inputs=[intro], sourceAccess=True)['id']}"
    address = box.data("GET", f"{place}/input-info")["configuration"]["url"]
    assert requests.get(address, timeout=5).content == clip


def test_access_is_told_by_its_events_and_needs_a_plain_answer(own_box, receiver, clip):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    place = f"/on-demand/{box.ready(clip)['id']}"
    for wrong in ({}, {"sourceAccess": "yes"}, {"sourceAccess": None}):
        assert box.refused("PATCH", f"{place}/source-access", status=422, json=wrong)
    box.data("PATCH", f"{place}/source-access", json={"sourceAccess": True})
    box.data("PATCH", f"{place}/source-access", json={"sourceAccess": False})
    types = [event["type"] for event in box.state()["events"]]
    assert types[:2] == ["video.media.source.deleted", "video.media.source.ready"]


def test_the_source_of_an_import_is_where_it_came_from(box):
    media = box.settled(box.import_url(f"{box.url}/samples/demo.mp4", sourceAccess=True))
    info = box.data("GET", f"/on-demand/{media['id']}/input-info")
    assert info["configuration"]["url"] == f"{box.url}/samples/demo.mp4"
    assert info["file"]["containerFormat"] == "mp4"
    assert info["file"]["tracks"] == media["tracks"]
