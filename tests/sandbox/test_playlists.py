"""Playlists: made, filled by hand or by dates, ordered, and refused as FastPix refuses."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import requests

UNKNOWN = str(uuid.uuid4())
PLACE = "/on-demand/playlists"
count = itertools.count(1)


@pytest.fixture(scope="module")
def films(shared_box, clip):
    """Three Ready media, oldest first."""
    return [shared_box.ready(clip, title=f"Film {number}")["id"] for number in (1, 2, 3)]


@pytest.fixture
def make(box):
    """A new playlist, manual unless asked otherwise."""

    def made(**more):
        body = {"name": "Mine", "referenceId": f"ref-{next(count)}", "type": "manual"} | more
        return box.data("POST", PLACE, status=201, json=body)

    return made


def smart(first="2020-01-01", last="2035-01-01", order="createdDate ASC", **more):
    return {"type": "smart", "playOrder": order, "metadata": {"createdDate": days(first, last)}} | more


def days(first, last):
    return {"startDate": str(first), "endDate": str(last)}


def ids(playlist):
    assert playlist["mediaCount"] == len(playlist["mediaList"])
    return [media["id"] for media in playlist["mediaList"]]


def fields(error):
    assert error["message"] == "payload validation failed"
    return {one["field"] for one in error["fields"]}


def test_a_manual_playlist_is_filled_ordered_and_emptied(box, make, films):
    first, second, third = films
    made = make(description="Evening")
    assert (made["mediaList"], made["description"]) == ([], "Evening")
    place = f"{PLACE}/{made['id']}"
    assert ids(box.data("PATCH", f"{place}/media", json={"mediaIds": [second, first]})) == [second, first]
    again = box.data("PATCH", f"{place}/media", json={"mediaIds": [first, third]})
    assert ids(again) == [second, first, third], "what is in it keeps its place"
    assert ids(box.data("PUT", f"{place}/media", json={"mediaIds": [third, second, first]})) == [third, second, first]
    assert ids(box.data("DELETE", f"{place}/media", json={"mediaIds": [second]})) == [third, first]
    held = box.data("GET", place)
    assert ids(held) == [third, first]
    assert held["updatedAt"] > held["createdAt"] == made["createdAt"]
    assert box.call("DELETE", place).json() == {"success": True}
    assert box.refused("GET", place, status=404)["message"] == "playlist not found"
    assert box.data("GET", f"/on-demand/{first}")["status"] == "Ready"


def test_name_and_description_are_changed_and_nothing_else(box, make):
    made = make()
    place = f"{PLACE}/{made['id']}"
    changed = box.data("PUT", place, json={"name": "Renamed", "description": "", "referenceId": "other"})
    assert (changed["name"], changed["description"], changed["referenceId"]) == ("Renamed", "", made["referenceId"])
    assert fields(box.refused("PUT", place, status=422, json={})) == {"name", "description"}


def test_a_taken_reference_is_a_conflict_until_its_playlist_is_gone(box, make):
    made = make(referenceId="twice")
    body = {"name": "Other", "referenceId": "twice", "type": "manual"}
    assert box.refused("POST", PLACE, status=409, json=body) == {
        "code": 409,
        "message": "playlist create failed",
        "description": "A playlist with the given reference ID already exists.",
    }
    box.data("DELETE", f"{PLACE}/{made['id']}")
    box.data("POST", PLACE, status=201, json=body)


def test_a_smart_playlist_holds_what_fits_its_dates_in_its_order(own_box, clip):
    box = own_box()
    first, second = box.ready(clip)["id"], box.ready(clip)["id"]
    body = {"name": "Smart", "referenceId": "s"} | smart()
    made = box.data("POST", PLACE, status=201, json=body)
    assert ids(made) == [first, second]
    assert (made["playOrder"], made["metadata"]) == (body["playOrder"], body["metadata"])
    newest = body | {"referenceId": "s2", "playOrder": "createdDate DESC", "limit": 1}
    assert ids(box.data("POST", PLACE, status=201, json=newest)) == [second]
    third = box.ready(clip)["id"]
    assert ids(box.data("GET", f"{PLACE}/{made['id']}")) == [first, second, third], "it goes on being filled"
    box.data("DELETE", f"/on-demand/{second}")
    assert ids(box.data("GET", f"{PLACE}/{made['id']}")) == [first, third]
    listed = {one["referenceId"]: one["mediaCount"] for one in box.data("GET", PLACE)}
    assert listed == {"s": 2, "s2": 1}


def test_both_days_of_a_range_count_and_both_ranges_must_fit(box, make, films):
    today = datetime.now(UTC).date()
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    whole = ids(make(**smart(yesterday, tomorrow)))
    assert set(films) <= set(whole)
    assert set(ids(make(**smart(today, tomorrow)))) <= set(whole)
    assert ids(make(**smart(tomorrow, tomorrow))) == []
    assert set(ids(make(**smart("2020-01-01", today)))) <= set(whole)
    never = {"createdDate": days(yesterday, tomorrow), "updatedDate": days("2020-01-01", "2020-01-02")}
    assert ids(make(**smart(metadata=never))) == []
    always = {"createdDate": days("2020-01-01", tomorrow), "updatedDate": days(yesterday, tomorrow)}
    assert ids(make(**smart(metadata=always))) == whole


def test_only_what_is_ready_gets_in(box, make, clip, films):
    box.switch(encoding="held")
    waiting = box.upload(clip)
    made = make()
    assert ids(make(**smart())).count(waiting) == 0
    place = f"{PLACE}/{made['id']}/media"
    assert ids(box.data("PATCH", place, json={"mediaIds": [waiting, films[0]]})) == [films[0]]
    box.switch(encoding="normal")
    box.settled(waiting)
    assert ids(box.data("PATCH", place, json={"mediaIds": [waiting]})) == [films[0], waiting]


def test_a_deleted_media_leaves_its_playlists(box, make, clip, films):
    media = box.ready(clip)["id"]
    place = f"{PLACE}/{make()['id']}"
    box.data("PATCH", f"{place}/media", json={"mediaIds": [media, films[0]]})
    box.data("DELETE", f"/on-demand/{media}")
    assert ids(box.data("GET", place)) == [films[0]]


def test_a_playlist_takes_no_more_than_its_limit(box, make, films):
    place = f"{PLACE}/{make(limit=2)['id']}/media"
    error = box.refused("PATCH", place, status=400, json={"mediaIds": films})
    assert error["description"] == "The playlist takes at most 2 media."
    assert ids(box.data("PATCH", place, json={"mediaIds": films[:2]})) == films[:2]


def test_an_order_names_every_media_once(box, make, films):
    place = f"{PLACE}/{make()['id']}/media"
    box.data("PATCH", place, json={"mediaIds": films})
    for wrong in (films[:2], [*films, films[0]], [films[0], films[1], UNKNOWN]):
        assert fields(box.refused("PUT", place, status=422, json={"mediaIds": wrong})) == {"mediaIds"}


def test_media_and_playlists_that_are_not_there_are_404_and_unreadable_ones_422(box, make, films):
    place = f"{PLACE}/{make()['id']}/media"
    for method in ("PATCH", "DELETE"):
        error = box.refused(method, place, status=404, json={"mediaIds": [UNKNOWN]})
        assert error["message"] == "media workspace relation not found"
        assert fields(box.refused(method, place, status=422, json={"mediaIds": ["x", films[0]]})) == {"mediaIds[0]"}
        assert fields(box.refused(method, place, status=422, json={})) == {"mediaIds"}
    body = {"name": "x", "description": "x", "mediaIds": films}
    calls = [("GET", ""), ("PUT", ""), ("DELETE", ""), ("PATCH", "/media"), ("PUT", "/media"), ("DELETE", "/media")]
    for method, rest in calls:
        assert box.refused(method, f"{PLACE}/{UNKNOWN}{rest}", status=404, json=body) == {
            "code": 404,
            "message": "playlist not found",
            "description": "The requested playlist doesn't exist in the workspace",
        }
        assert fields(box.refused(method, f"{PLACE}/not-an-id{rest}", status=422, json=body)) == {"playlistId"}


def test_the_media_of_a_smart_playlist_are_not_changed_by_hand(box, make, films):
    place = f"{PLACE}/{make(**smart())['id']}/media"
    for method in ("PATCH", "PUT", "DELETE"):
        error = box.refused(method, place, status=400, json={"mediaIds": films})
        assert error["description"] == "The media of a smart playlist follow its rules."


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"name", "referenceId", "type"}),
        ({"name": 7, "referenceId": "", "type": "clever"}, {"name", "referenceId", "type"}),
        ({"type": "manual", "limit": 1001}, {"name", "referenceId", "limit"}),
        ({"name": "x", "referenceId": "x", "type": "manual", "playOrder": "createdDate ASC"}, {"playOrder"}),
        ({"name": "x", "referenceId": "x", "type": "smart"}, {"playOrder", "metadata"}),
        ({"name": "x", "referenceId": "x"} | smart(order="title ASC"), {"playOrder"}),
        ({"name": "x", "referenceId": "x"} | smart(metadata={}), {"metadata.createdDate"}),
        (
            {"name": "x", "referenceId": "x"} | smart("2026-13-01", "01.02.2026"),
            {"metadata.createdDate.startDate", "metadata.createdDate.endDate"},
        ),
        ({"name": "x", "referenceId": "x"} | smart("2026-02-01", "2026-01-01"), {"metadata.createdDate.endDate"}),
    ],
)
def test_wrong_fields_of_a_playlist_are_named(box, body, wrong):
    assert fields(box.refused("POST", PLACE, status=422, json=body)) == wrong


def test_playlists_are_listed_newest_first_in_pages(own_box):
    box = own_box()
    for number in range(3):
        box.data("POST", PLACE, status=201, json={"name": str(number), "referenceId": str(number), "type": "manual"})
    first = box.call("GET", f"{PLACE}?limit=2").json()
    second = box.call("GET", f"{PLACE}?limit=2&offset=2").json()
    assert [one["name"] for one in first["data"] + second["data"]] == ["2", "1", "0"]
    assert second["pagination"] == {"totalRecords": 3, "currentOffset": 2, "offsetCount": 2}
    assert fields(box.refused("GET", f"{PLACE}?limit=51", status=422)) == {"limit"}


def test_playlists_outlive_a_kill(own_box, clip):
    box = own_box()
    media = box.ready(clip)["id"]
    made = box.data("POST", PLACE, status=201, json={"name": "x", "referenceId": "x", "type": "manual", "limit": 5})
    box.data("PATCH", f"{PLACE}/{made['id']}/media", json={"mediaIds": [media]})
    held = box.data("GET", f"{PLACE}/{made['id']}")
    box.process.kill()
    box.process.wait(5)
    box.start()
    assert box.data("GET", f"{PLACE}/{made['id']}") == held


def test_five_hundred_media_go_in_at_once_and_are_ordered(own_box):
    box = own_box()
    requests.post(f"{box.url}/_sandbox/seed", json={"media": 500}, timeout=60)
    made = box.data("POST", PLACE, status=201, json={"name": "x", "referenceId": "x"} | smart(limit=1000))
    listed = ids(made)
    assert len(listed) == 500
    manual = box.data("POST", PLACE, status=201, json={"name": "y", "referenceId": "y", "type": "manual"})
    place = f"{PLACE}/{manual['id']}/media"
    box.data("PATCH", place, json={"mediaIds": listed})
    assert ids(box.data("PUT", place, json={"mediaIds": listed[::-1]})) == listed[::-1]
