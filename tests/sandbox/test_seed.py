"""A large library at once."""

import pytest
import requests


def seed(box, **body):
    return requests.post(f"{box.url}/_sandbox/seed", json=body, timeout=60)


def test_seeded_media_are_finished_and_listed_in_the_order_of_their_creation(own_box, clip):
    box = own_box()
    before = box.ready(clip)
    told = box.state()["waiting"]
    assert seed(box, media=120).json() == {"media": 120}
    listed = []
    for number in (1, 2, 3):
        listed += box.data("GET", f"/on-demand?limit=50&offset={number}&orderBy=asc")
    assert len(listed) == 121
    assert listed[0]["id"] == before["id"]
    created = [media["createdAt"] for media in listed]
    assert created == sorted(set(created))
    one = box.data("GET", f"/on-demand/{listed[-1]['id']}")
    assert (one["status"], one["duration"], len(one["playbackIds"])) == ("Ready", "00:01:00", 1)
    assert box.state()["waiting"] == told, "seeding tells nobody unless asked to"


def test_a_picture_of_a_seeded_media_is_refused_in_peace(box):
    seed(box, media=1)
    media = box.data("GET", "/on-demand?limit=1")[0]
    assert box.image(f"{media['playbackIds'][0]['id']}/thumbnail.jpg").status_code == 404
    assert box.stream(f"{media['playbackIds'][0]['id']}.m3u8").status_code == 404
    assert requests.get(f"{box.url}/", timeout=5).status_code == 200


@pytest.mark.parametrize("body", [{}, {"media": 0}, {"media": "many"}, {"media": 1, "events": 3}, {"media": True}])
def test_nonsense_is_refused(box, body):
    assert seed(box, **body).status_code == 422


def test_another_site_may_not_seed(box):
    answer = requests.post(
        f"{box.url}/_sandbox/seed", json={"media": 1}, headers={"Origin": "http://evil.example"}, timeout=5
    )
    assert answer.status_code == 403
