"""What a sender of bytes meets at each position of the switch."""

import time

import pytest
import requests

from tests.sandbox.box import GRAIN

TOTAL = 4 * GRAIN


def send(url, nth, content=None, total=TOTAL):
    """The nth chunk of one grain."""
    first = (nth - 1) * GRAIN
    span = f"bytes {first}-{first + GRAIN - 1}/{total}"
    return requests.put(url, data=content or bytes(GRAIN), headers={"Content-Range": span}, timeout=10)


def held(url, total=TOTAL):
    """How many bytes storage says it holds."""
    asked = requests.put(url, headers={"Content-Range": f"bytes */{total}"}, timeout=10)
    assert asked.status_code == 308
    return int(asked.headers["Range"].rpartition("-")[2]) + 1 if "Range" in asked.headers else 0


def test_the_line_breaks_inside_one_chunk_and_the_rest_goes_through(box):
    url = box.new_upload()["url"]
    box.switch(storage="drop:2")
    assert send(url, 1).status_code == 308
    with pytest.raises(requests.ConnectionError):
        send(url, 2)
    assert held(url) == GRAIN
    assert send(url, 2).headers["Range"] == f"bytes=0-{2 * GRAIN - 1}"


def test_of_a_large_chunk_half_arrives_before_the_line_breaks(box):
    url = box.new_upload()["url"]
    box.switch(storage="drop:1")
    span = {"Content-Range": f"bytes 0-{TOTAL - 1}/{TOTAL}"}
    with pytest.raises(requests.ConnectionError):
        requests.put(url, data=bytes(TOTAL), headers=span, timeout=10)
    assert held(url) == TOTAL // 2


def test_a_chunk_is_kept_though_its_answer_is_lost(box):
    url = box.new_upload()["url"]
    box.switch(storage="reply_lost:1")
    with pytest.raises(requests.ConnectionError):
        send(url, 1)
    assert held(url) == GRAIN


def test_the_last_answer_may_be_lost_too(box, clip):
    made = box.new_upload()
    box.switch(storage="reply_lost:1")
    with pytest.raises(requests.ConnectionError):
        requests.put(made["url"], data=clip, timeout=10)
    assert box.settled(made["uploadId"])["status"] == "Ready"


def test_of_every_second_chunk_half_is_kept(box):
    url = box.new_upload()["url"]
    box.switch(storage="partial:2")
    assert send(url, 1).headers["Range"] == f"bytes=0-{GRAIN - 1}"
    span = {"Content-Range": f"bytes {GRAIN}-{TOTAL - 1}/{TOTAL}"}
    rest = requests.put(url, data=bytes(TOTAL - GRAIN), headers=span, timeout=10)
    assert (rest.status_code, rest.headers["Range"]) == (308, f"bytes=0-{2 * GRAIN - 1}")
    assert send(url, 3).headers["Range"] == f"bytes=0-{3 * GRAIN - 1}"


def test_all_bytes_are_forgotten_once(box, clip):
    made = box.new_upload()
    box.switch(storage="forgets:2")
    assert send(made["url"], 1, clip[:GRAIN], len(clip)).status_code == 308
    span = {"Content-Range": f"bytes {GRAIN}-{len(clip) - 1}/{len(clip)}"}
    lost = requests.put(made["url"], data=clip[GRAIN:], headers=span, timeout=10)
    assert lost.status_code == 308
    assert "Range" not in lost.headers
    whole = {"Content-Range": f"bytes 0-{len(clip) - 1}/{len(clip)}"}
    assert requests.put(made["url"], data=clip, headers=whole, timeout=10).status_code == 200
    assert box.settled(made["uploadId"])["status"] == "Ready"


@pytest.mark.parametrize("status", [404, 410])
def test_sessions_begun_before_are_lost_and_new_ones_work(box, status):
    old = box.new_upload()["url"]
    assert send(old, 1).status_code == 308
    box.switch(storage=f"session_lost:{status}")
    assert send(old, 2).status_code == status
    assert send(box.new_upload()["url"], 1).status_code == 308


def test_every_second_request_fails(box):
    url = box.new_upload()["url"]
    box.switch(storage="flaky:2")
    assert [send(url, 1).status_code for _ in range(4)] == [308, 503, 308, 503]


def test_storage_can_limit_and_be_slow(box):
    url = box.new_upload()["url"]
    box.switch(storage="limited:7")
    assert (send(url, 1).status_code, send(url, 1).headers["Retry-After"]) == (429, "7")
    box.switch(storage="slow:0.4")
    began = time.monotonic()
    assert send(url, 1).status_code == 308
    assert time.monotonic() - began >= 0.4
