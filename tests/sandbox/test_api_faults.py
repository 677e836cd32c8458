"""What a caller of the API meets at each position of the switch."""

import time
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.sandbox.box import KEYS

UPLOAD = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public"}}


def ask(box, method="GET", path="/on-demand", **more):
    return requests.request(method, f"{box.url}/v1{path}", auth=KEYS, timeout=20, allow_redirects=False, **more)


def waiting(box):
    box.switch(api="up")
    return box.data("GET", "/on-demand/uploads?limit=1")


@pytest.mark.parametrize(
    ("position", "status"),
    [("down", 503), ("broken", 500), ("broken:502", 502), ("refused", 401), ("refused:403", 403)],
)
def test_an_error_of_its_own_kind(box, position, status):
    box.switch(api=position)
    answer = ask(box)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == status


def test_slow_is_as_slow_as_it_says(box):
    box.switch(api="slow:0.4")
    began = time.monotonic()
    assert ask(box).status_code == 200
    assert time.monotonic() - began >= 0.4


@pytest.mark.parametrize("said", ["2", "9999", "soon", "-5"])
def test_a_limit_says_retry_after_as_it_stands(box, said):
    box.switch(api=f"limited:{said}")
    answer = ask(box)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, said)


def test_a_limit_may_say_a_date_or_nothing(box):
    box.switch(api="limited:date")
    assert 0 <= parsedate_to_datetime(ask(box).headers["Retry-After"]).timestamp() - time.time() <= 6
    box.switch(api="limited:none")
    assert "Retry-After" not in ask(box).headers


def test_html_where_json_is_expected(box):
    box.switch(api="html:502")
    answer = ask(box)
    assert answer.status_code == 502
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in answer.text


def test_half_of_the_json_and_yet_it_was_done(box):
    box.switch(api="truncated")
    answer = ask(box, "POST", "/on-demand/upload", json=UPLOAD)
    assert answer.status_code == 201
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()
    assert waiting(box)[0]["uploadId"] in answer.text


def test_an_answer_larger_than_anyone_should_read(box):
    box.switch(api="huge:11")
    answer = ask(box)
    assert len(answer.content) > 11_000_000
    assert answer.json()["data"] == []


def test_a_redirect_to_another_host(box):
    box.switch(api="redirect:http://127.0.0.1:9/trap")
    answer = ask(box)
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://127.0.0.1:9/trap")


def test_every_third_request_fails(box):
    box.switch(api="flaky:3")
    assert [ask(box).status_code for _ in range(6)] == [200, 200, 503, 200, 200, 503]


def test_a_lost_reply_leaves_what_was_made(box):
    box.switch(api="reply_lost:2")
    first = ask(box, "POST", "/on-demand/upload", json=UPLOAD)
    assert first.status_code == 201
    with pytest.raises(requests.ConnectionError):
        ask(box, "POST", "/on-demand/upload", json=UPLOAD)
    assert ask(box).status_code == 200, "only a POST loses its reply"
    assert waiting(box)[0]["uploadId"] != first.json()["data"]["uploadId"]


def test_the_next_media_fails_and_the_one_after_does_not(box, clip):
    box.switch(encoding="fails")
    assert box.settled(box.upload(clip))["status"] == "Failed"
    assert box.state()["switches"]["encoding"] == "normal"
    box.ready(clip)
