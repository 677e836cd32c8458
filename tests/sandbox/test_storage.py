"""The resumable protocol of upload storage, as browsers and workers meet it."""

import socket
import time
from urllib.parse import urlsplit

import pytest
import requests

from tests.sandbox.box import GRAIN, until

ORIGIN = "http://127.0.0.1:8000"


def put(url, span, content=b"", **headers):
    return requests.put(url, data=content, headers={"Content-Range": span} | headers, timeout=20)


def test_a_chunk_is_confirmed_and_asking_says_the_same(box):
    url = box.new_upload()["url"]
    total = 3 * GRAIN
    asked = put(url, f"bytes */{total}")
    assert asked.status_code == 308
    assert "Range" not in asked.headers
    sent = put(url, f"bytes 0-{GRAIN - 1}/{total}", bytes(GRAIN))
    assert (sent.status_code, sent.headers["Range"]) == (308, f"bytes=0-{GRAIN - 1}")
    again = put(url, f"bytes */{total}")
    assert (again.status_code, again.headers["Range"]) == (308, f"bytes=0-{GRAIN - 1}")


def test_of_an_odd_chunk_only_whole_grains_are_kept(box):
    url = box.new_upload()["url"]
    sent = put(url, f"bytes 0-{GRAIN + 99}/{3 * GRAIN}", bytes(GRAIN + 100))
    assert sent.headers["Range"] == f"bytes=0-{GRAIN - 1}"
    tiny = box.new_upload()["url"]
    assert "Range" not in put(tiny, f"bytes 0-99/{GRAIN}", bytes(100)).headers


def test_bytes_sent_twice_are_kept_once(box, clip):
    made = box.new_upload()
    put(made["url"], f"bytes 0-{GRAIN - 1}/{len(clip)}", clip[:GRAIN])
    assert put(made["url"], f"bytes 0-{len(clip) - 1}/{len(clip)}", clip).status_code == 200
    assert box.settled(made["uploadId"])["status"] == "Ready"


def test_a_gap_and_nonsense_are_refused(box):
    url = box.new_upload()["url"]
    assert put(url, f"bytes {GRAIN}-{2 * GRAIN - 1}/{3 * GRAIN}", bytes(GRAIN)).status_code == 503
    assert put(url, "bytes 5-1/10", b"12345").status_code == 400
    assert put(url, "bytes 0-9/20", b"12345").status_code == 400
    assert put(url, "lines 1-2", b"12345").status_code == 400
    put(url, f"bytes */{3 * GRAIN}")
    assert put(url, f"bytes */{4 * GRAIN}").status_code == 400, "another total"


def test_a_connection_that_breaks_leaves_whole_grains(box):
    made = box.new_upload()
    parts = urlsplit(made["url"])
    total = 4 * GRAIN
    with socket.create_connection(("127.0.0.1", box.port)) as line:
        head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {total}\r\n"
        line.sendall(f"{head}Content-Range: bytes 0-{total - 1}/{total}\r\n\r\n".encode() + bytes(2 * GRAIN + 5000))
        time.sleep(0.3)
    asked = put(made["url"], f"bytes */{total}")
    assert (asked.status_code, asked.headers["Range"]) == (308, f"bytes=0-{2 * GRAIN - 1}")


def test_the_end_is_said_again_when_asked_again(box, clip):
    made = box.new_upload()
    assert requests.put(made["url"], data=clip, timeout=20).status_code == 200
    assert put(made["url"], f"bytes */{len(clip)}").status_code == 200


def test_the_browser_form_is_started_by_a_post(box, clip):
    made = box.new_upload(origin=ORIGIN, headers={"X-Client-Type": "web-browser"})
    assert "upload_id=" not in made["url"]
    assert requests.put(made["url"], data=clip, timeout=5).status_code == 403
    assert requests.post(made["url"], timeout=5).status_code == 403, "without the signed header"
    start = {"x-goog-resumable": "start", "Origin": ORIGIN, "Content-Type": "video/mp4"}
    started = requests.post(made["url"], headers=start, timeout=5)
    assert started.status_code == 201
    assert "Location" in started.headers["Access-Control-Expose-Headers"]
    session = started.headers["Location"]
    assert requests.post(session, headers=start, timeout=5).status_code == 405
    assert requests.put(session, data=clip, timeout=20).status_code == 200
    assert box.settled(made["uploadId"])["status"] == "Ready"


def test_only_the_named_origin_may_read_the_answers(box):
    url = box.new_upload(origin=ORIGIN)["url"]
    for origin, allowed in ((ORIGIN, ORIGIN), ("http://evil.example", None), ("http://127.0.0.1:8001", None)):
        wish = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
        preflight = requests.options(url, headers=wish, timeout=5)
        assert preflight.headers.get("Access-Control-Allow-Origin") == allowed
        sent = put(url, f"bytes */{GRAIN}", Origin=origin)
        assert sent.headers.get("Access-Control-Allow-Origin") == allowed
    assert "Range" in put(url, f"bytes */{GRAIN}", Origin=ORIGIN).headers["Access-Control-Expose-Headers"]
    allowed = requests.options(url, headers={"Origin": ORIGIN}, timeout=5).headers
    assert "PUT" in allowed["Access-Control-Allow-Methods"]
    assert "Content-Range" in allowed["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("damage", ["X-Goog-Signature=", "upload_id="])
def test_a_changed_address_is_refused(box, damage):
    url = box.new_upload()["url"]
    assert put(url.replace(damage, f"{damage}x"), f"bytes */{GRAIN}").status_code == 403


def test_a_cancelled_upload_is_gone(box, receiver):
    made = box.new_upload(metadata={"a": "b"})
    put(made["url"], f"bytes 0-{GRAIN - 1}/{2 * GRAIN}", bytes(GRAIN))
    flat = box.data("PUT", f"/on-demand/upload/{made['uploadId']}/cancel")
    assert (flat["status"], flat["accessPolicy"], flat["metadata"]) == ("cancelled", "public", {"a": "b"})
    assert not {"timeout", "pushMediaSettings"} & flat.keys()
    assert put(made["url"], f"bytes */{2 * GRAIN}").status_code == 404
    assert box.refused("PUT", f"/on-demand/upload/{made['uploadId']}/cancel", status=400)
    assert made["uploadId"] not in [one["uploadId"] for one in box.data("GET", "/on-demand/uploads?limit=50")]


def test_a_session_given_up_is_gone(box):
    url = box.new_upload()["url"]
    assert requests.delete(url, timeout=5).status_code == 499
    assert put(url, f"bytes */{GRAIN}").status_code == 410


def test_an_address_expires(own_box):
    box = own_box(SANDBOX_UPLOAD_TIMEOUT=1)
    made = box.new_upload()
    assert made["timeout"] == 1
    assert put(made["url"], f"bytes */{GRAIN}").status_code == 308
    until(lambda: put(made["url"], f"bytes */{GRAIN}").status_code == 410, seconds=5)
    assert [one["uploadId"] for one in box.data("GET", "/on-demand/uploads")] == [made["uploadId"]], "unused"


def test_storage_can_be_switched_down(box):
    url = box.new_upload()["url"]
    box.switch(storage="down")
    assert put(url, f"bytes */{GRAIN}").status_code == 503
    box.switch(storage="up")
    assert put(url, f"bytes */{GRAIN}").status_code == 308
