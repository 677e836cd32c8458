"""The page and the control API: clear to their owner, closed to everyone else."""

import re

import pytest
import requests

from sandbox.app import OWN
from sandbox.switches import CHOICES
from tests.sandbox.box import ROOT, until


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "sandbox.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_are_refused(box, headers):
    for method, path in (("GET", "/"), ("GET", "/_sandbox/state"), ("POST", "/_sandbox/switches")):
        answer = requests.request(method, f"{box.url}{path}", json={"api": "down"}, headers=headers, timeout=5)
        assert answer.status_code == 403, (method, path)
    sent = requests.post(f"{box.url}/_sandbox/event", json={"type": "sandbox.test"}, headers=headers, timeout=5)
    assert sent.status_code == 403
    answer = requests.post(f"{box.url}/_sandbox/webhook", json={"url": "http://x.example"}, headers=headers, timeout=5)
    assert answer.status_code == 403
    assert box.state()["switches"]["api"] == "up"
    assert box.state()["webhook"]["url"] == ""


def test_a_test_event_is_sent_when_asked_for(box, receiver):
    box.connect(receiver.url)
    told = requests.post(f"{box.url}/_sandbox/event", json={"type": "sandbox.test"}, timeout=5).json()["data"]
    until(lambda: told["id"] in [event["id"] for event in receiver.events], what="the test event")
    [sent] = [event for event in receiver.events if event["id"] == told["id"]]
    assert (sent["type"], sent["object"]["id"]) == ("sandbox.test", "")


def test_the_form_of_the_page_switches_and_comes_back(box):
    answer = requests.post(
        f"{box.url}/_sandbox/switches",
        data={"webhooks": "doubled", "api": "slow"},
        headers={"Origin": box.url, "Sec-Fetch-Site": "same-origin"},
        allow_redirects=False,
        timeout=5,
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert box.state()["switches"] == {
        "webhooks": "doubled",
        "api": "slow",
        "storage": "up",
        "clock": "usual",
        "encoding": "normal",
    }


def test_an_unknown_switch_is_named(box):
    answer = requests.post(f"{box.url}/_sandbox/switches", json={"api": "sideways", "light": "on"}, timeout=5)
    assert answer.status_code == 422
    assert "api can be up, down" in answer.text
    assert "no switch 'light'" in answer.text


def test_the_page_shows_everything_and_nothing_runs_in_it(box, public_media):
    box.data("PATCH", f"/on-demand/{public_media['id']}", json={"title": "<script>alert(1)</script>"})
    page = requests.get(f"{box.url}/", timeout=5)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    assert not re.search(r'style="|\son\w+=', page.text)
    assert public_media["id"] in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert requests.get(f"{box.url}/_sandbox/page.css", timeout=5).headers["Content-Type"].startswith("text/css")


def test_neither_page_nor_state_nor_log_tells_a_secret(own_box, receiver, clip):
    box = own_box(SANDBOX_SECRET_KEY="very-secret-key", SANDBOX_WEBHOOK_URL=receiver.url)
    secret = box.connect(receiver.url)["secret"]
    key = ("sandbox", "very-secret-key")
    body = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public"}}
    url = box.data("POST", "/on-demand/upload", status=201, json=body, auth=key)["url"]
    requests.put(url, data=clip, timeout=20)
    private = box.data("POST", "/iam/signing-keys", status=201, auth=key)["privateKey"]
    said = requests.get(f"{box.url}/", timeout=5).text + str(box.state()) + box.log
    for hidden in ("very-secret-key", secret, url.split("upload_id=")[1], private):
        assert hidden not in said


def test_the_page_offers_and_the_guide_lists_every_position(box):
    page = requests.get(f"{box.url}/", timeout=5).text
    guide = (ROOT / "docs" / "sandbox.md").read_text()
    for switch, choices in CHOICES.items():
        section = guide.partition(f"### `{switch}`")[2].partition("\n## ")[0].partition("\n### ")[0]
        for name, choice in choices.items():
            assert f'<option value="{name}"' in page
            written = f"{name}:{choice.usual}" if choice.usual else name
            assert f"| `{written}` |" in section, written


def test_the_guide_lists_every_control():
    guide = (ROOT / "docs" / "sandbox.md").read_text()
    posts = [route.path for route in OWN if "POST" in route.methods]
    assert "/_sandbox/switches" in posts
    for path in posts:
        assert path in guide, path


def test_a_value_left_from_another_position_gives_way_to_the_usual_one(box):
    for fields, stands in (
        ({"api": "slow", "api-value": "0.5"}, "slow:0.5"),
        ({"api": "html", "api-value": "0.5"}, "html"),
        ({"api": "down", "api-value": "200"}, "down"),
        ({"api": "limited", "api-value": ""}, "limited"),
    ):
        requests.post(f"{box.url}/_sandbox/switches", data=fields, headers={"Origin": box.url}, timeout=5)
        assert box.state()["switches"]["api"] == stands


@pytest.mark.parametrize("wrong", ["slow:-1", "slow:soon", "broken:200", "down:3", "flaky:0", "limited:a\nb"])
def test_a_value_that_makes_no_sense_is_refused(box, wrong):
    answer = requests.post(f"{box.url}/_sandbox/switches", json={"storage": "down", "api": wrong}, timeout=5)
    assert answer.status_code == 422
    assert box.state()["switches"]["storage"] == "up"
