"""Delivery: probe, signature, order, patience, and the ways it can be made to misbehave."""

import re
import time

import requests

from tests.sandbox.box import Receiver, free_port, until

SECRET = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def waiting(box):
    return box.state()["waiting"]


def test_the_probe_is_unsigned_and_repeated_until_it_is_answered(own_box, receiver):
    receiver.answers = [503, 404, 500]
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url, SANDBOX_WEBHOOK_SECRET=SECRET)
    made = box.new_upload()
    until(lambda: receiver.events, what="the first event")
    assert len(receiver.probes) == 4
    assert not any("FastPix-Signature" in headers for headers in receiver.probes)
    assert receiver.of(made["uploadId"]) == ["video.media.upload"]
    assert receiver.signed(SECRET)


def test_the_envelope_is_as_documented(own_box, receiver):
    box = own_box()
    secret = box.connect(receiver.url)["secret"]
    made = box.new_upload(metadata={"a": "b"})
    event = until(lambda: receiver.events, what="the event")[0]
    assert set(event) == {"type", "object", "id", "workspace", "status", "data", "createdAt", "attempts"}
    assert event["object"] == {"type": "media", "id": made["uploadId"]}
    assert event["workspace"]["id"] == box.state()["workspace_id"]
    assert event["data"] == made
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", event["createdAt"])
    assert receiver.signed(secret)


def test_every_change_is_told_in_order(own_box, receiver, clip):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    media = box.settled(box.import_url(f"{box.url}/samples/demo.mp4"))
    place = f"/on-demand/{media['id']}"
    box.data("PATCH", place, json={"title": "Same"})
    box.data("PATCH", f"{place}/source-access", json={"sourceAccess": True})
    box.data("PATCH", f"{place}/source-access", json={"sourceAccess": False})
    box.data("PATCH", f"{place}/update-mp4Support", json={"mp4Support": "capped_4k"})
    cancelled = box.new_upload()["uploadId"]
    box.data("PUT", f"/on-demand/upload/{cancelled}/cancel")
    until(lambda: len(receiver.of(cancelled)) == 2, what="the upload's last event")
    until(lambda: len(receiver.of(media["id"])) == 6, what="the last event")
    assert receiver.of(media["id"]) == [
        "video.media.created",
        "video.media.ready",
        "video.media.updated",
        "video.media.source.ready",
        "video.media.source.deleted",
        "video.media.mp4Support.ready",
    ]
    assert receiver.of(cancelled) == ["video.media.upload", "video.media.upload.cancelled"]
    ready = next(event for event in receiver.events if event["type"] == "video.media.ready")
    assert ready["data"]["status"] == "Ready"
    assert ready["data"]["duration"] == "00:00:08"


def test_an_event_not_taken_is_sent_again_before_the_next(own_box, receiver):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    until(lambda: box.state()["webhook"]["state"] == "active")
    receiver.answers = [503, 302]
    first, second = box.new_upload()["uploadId"], box.new_upload()["uploadId"]
    until(lambda: len(receiver.events) == 4, what="all deliveries")
    assert [event["object"]["id"] for event in receiver.events] == [first, first, first, second]
    assert len({event["id"] for event in receiver.events[:3]}) == 1
    until(lambda: waiting(box) == 0, what="the note that all is taken")


def test_an_event_refused_again_and_again_steps_aside(own_box, receiver):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    until(lambda: box.state()["webhook"]["state"] == "active")
    receiver.answers = [403, 403, 403]
    first, second = box.new_upload()["uploadId"], box.new_upload()["uploadId"]
    until(lambda: receiver.of(second), what="the next event")
    assert len(receiver.of(first)) == 3
    assert waiting(box) == 1


def test_events_wait_for_a_receiver_that_is_away(own_box, receiver):
    box = own_box(SANDBOX_WEBHOOK_URL=f"http://127.0.0.1:{free_port()}/webhooks/box/")
    made = box.new_upload()["uploadId"]
    until(lambda: "no answer" in box.state()["webhook"]["last_answer"])
    assert waiting(box) == 1
    box.connect(receiver.url)
    until(lambda: receiver.of(made), what="the waiting event")


def test_doubled_means_each_event_twice(own_box, receiver):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    box.switch(webhooks="doubled")
    box.new_upload()
    until(lambda: len(receiver.events) == 2, what="both")
    assert receiver.events[0] == receiver.events[1]


def test_reordered_means_pairs_reversed_and_the_odd_one_later(own_box, receiver):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    until(lambda: box.state()["webhook"]["state"] == "active")
    box.switch(webhooks="reordered")
    made = [box.new_upload()["uploadId"] for _ in range(3)]
    until(lambda: len(receiver.events) == 2, seconds=3, what="the pair")
    time.sleep(0.5)
    assert [event["object"]["id"] for event in receiver.events] == [made[1], made[0]]
    until(lambda: len(receiver.events) == 3, what="the odd one")


def test_dropped_means_never(own_box, receiver):
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    until(lambda: box.state()["webhook"]["state"] == "active")
    box.switch(webhooks="dropped")
    lost = box.new_upload()["uploadId"]
    until(lambda: waiting(box) == 0, what="the drop")
    box.switch(webhooks="normal")
    kept = box.new_upload()["uploadId"]
    until(lambda: receiver.of(kept), what="the next event")
    assert receiver.of(lost) == []


def test_queued_events_and_the_secret_outlive_a_kill(own_box):
    box = own_box()
    made = [box.new_upload()["uploadId"] for _ in range(3)]
    box.process.kill()
    box.process.wait(5)
    box.start()
    receiver = Receiver()
    try:
        secret = box.connect(receiver.url)["secret"]
        until(lambda: len(receiver.events) == 3, what="the queued events")
        assert [event["object"]["id"] for event in receiver.events] == made
        assert receiver.signed(secret)
        box.stop()
        box.start()
        assert box.connect(receiver.url) == {"url": receiver.url, "state": "active", "secret": secret}
        assert len(receiver.probes) == 1, "an address that answered once is not probed again"
    finally:
        receiver.close()


def test_a_wrong_address_or_secret_is_refused(box):
    for body in ({"url": "ftp://a/b"}, {"url": "http://"}, {"url": "http://a/b", "secret": "not base64!"}):
        answer = requests.post(f"{box.url}/_sandbox/webhook", json=body, timeout=5)
        assert answer.status_code == 422, body
    assert box.state()["webhook"]["state"] == "none"


def active(own_box, receiver, **switched):
    """A sandbox that tells the receiver of everything."""
    box = own_box(SANDBOX_WEBHOOK_URL=receiver.url)
    until(lambda: box.state()["webhook"]["state"] == "active")
    box.switch(**switched)
    return box


def test_delayed_means_as_late_as_it_says(own_box, receiver):
    box = active(own_box, receiver, webhooks="delayed:1.5")
    made = [box.new_upload()["uploadId"] for _ in range(2)]
    time.sleep(1)
    assert receiver.events == []
    until(lambda: len(receiver.events) == 2, seconds=3, what="the delayed events")
    assert [event["object"]["id"] for event in receiver.events] == made


def test_shuffled_means_all_arrive_in_another_order(own_box, receiver):
    box = active(own_box, receiver, webhooks="shuffled:1")
    made = [box.new_upload()["uploadId"] for _ in range(12)]
    until(lambda: len(receiver.events) == 12, seconds=5, what="all events")
    arrived = [event["object"]["id"] for event in receiver.events]
    assert arrived != made
    assert sorted(arrived) == sorted(made)


def test_badly_signed_events_arrive_well_signed_once_switched_back(own_box, receiver):
    box = active(own_box, receiver, webhooks="badly_signed")
    receiver.status = 401
    made = [box.new_upload()["uploadId"] for _ in range(2)]
    until(lambda: len(receiver.events) >= 4, what="refused deliveries")
    assert not receiver.signed(box.connect(receiver.url)["secret"])
    receiver.status = 200
    receiver.got.clear()
    box.switch(webhooks="normal")
    until(lambda: waiting(box) == 0, what="the events at last")
    assert receiver.signed(box.connect(receiver.url)["secret"])
    assert {event["object"]["id"] for event in receiver.events} == set(made)


def test_chaos_loses_and_doubles_the_percentage_it_says(own_box, receiver):
    box = active(own_box, receiver, webhooks="chaos:30")
    requests.post(f"{box.url}/_sandbox/seed", json={"media": 200, "events": True}, timeout=20).raise_for_status()
    until(lambda: waiting(box) == 0, what="the end of the events")
    arrived = [event["id"] for event in receiver.events]
    doubled = len(arrived) - len(set(arrived))
    assert 30 <= 200 - len(set(arrived)) <= 90
    assert 20 <= doubled <= 80
    titles = [event["data"]["title"] for event in receiver.events]
    assert titles != sorted(titles, key=lambda title: int(title.split()[1]))


def test_of_many_waiting_events_each_objects_own_keep_their_order(own_box, receiver):
    box = own_box()
    requests.post(f"{box.url}/_sandbox/seed", json={"media": 40}, timeout=20).raise_for_status()
    media = [one["id"] for one in box.data("GET", "/on-demand?limit=40")]
    for title in ("one", "two", "three"):
        for one in media:
            box.data("PATCH", f"/on-demand/{one}", json={"title": title})
    box.connect(receiver.url)
    until(lambda: waiting(box) == 0, what="the end of the events")
    for one in media:
        titles = [event["data"]["title"] for event in receiver.events if event["object"]["id"] == one]
        assert titles == ["one", "two", "three"]
