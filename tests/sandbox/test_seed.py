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


def test_seeded_media_share_one_film_with_a_picture(own_box):
    box = own_box()
    seed(box, media=2)
    one, other = box.data("GET", "/on-demand?limit=2")
    pictures = [requests.get(media["thumbnail"], timeout=60) for media in (one, other)]
    assert pictures[0].content.startswith(b"\x89PNG")
    assert pictures[0].content == pictures[1].content
    assert not list((box.folder / "sandbox" / "media").iterdir()), "no media has a file of its own"
    master = requests.get(f"{box.url}/stream/{one['playbackIds'][0]['id']}.m3u8", timeout=120).text
    variants = [line for line in master.splitlines() if line.startswith("http")]
    segments = [line for line in requests.get(variants[-1], timeout=5).text.splitlines() if line.startswith("http")]
    assert len(segments) == 15
    assert requests.get(segments[-1], timeout=5).content[:1] == b"G"
    clip = {"type": "video", "url": f"fp_mediaId://{other['id']}", "startTime": 10, "endTime": 12}
    made = box.data("POST", "/on-demand", status=201, json={"inputs": [clip], "accessPolicy": "public"})
    assert box.settled(made["id"])["duration"] == "00:00:02"


@pytest.mark.parametrize("body", [{}, {"media": 0}, {"media": "many"}, {"media": 1, "events": 3}, {"media": True}])
def test_nonsense_is_refused(box, body):
    assert seed(box, **body).status_code == 422


def test_another_site_may_not_seed(box):
    answer = requests.post(
        f"{box.url}/_sandbox/seed", json={"media": 1}, headers={"Origin": "http://evil.example"}, timeout=5
    )
    assert answer.status_code == 403
