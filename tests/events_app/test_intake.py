"""The webhook endpoint, from the outside: what is answered, and what is in the table afterwards."""

import base64
import gzip
import hashlib
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events_app.intake import Intake
from events_app.models import WebhookEvent
from fastpix_api import webhooks
from tests.events_app.edge_client import OTHER_SECRET, SECRET, event, make_workspace
from workspace_app import probes
from workspace_app.models import Workspace
from workspace_app.secrets_at_rest import decrypt

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace(transactional_db):
    return make_workspace()


def stored():
    return WebhookEvent.objects.order_by("pk")


def test_a_signed_event_is_stored_before_it_is_answered(edge, workspace):
    """RELIABILITY 1: 200, one row."""
    raw = json.dumps(event()).encode()
    assert edge.post(raw).status == 200
    row = stored().get()
    assert (row.workspace, row.event_id, row.type) == (workspace, "e-1", "video.media.ready")
    assert (row.object_id, row.state, row.times, row.conflicting) == ("m-1", "received", 1, False)
    assert row.last_received_at is None
    assert bytes(row.body) == raw
    assert row.sha256 == hashlib.sha256(raw).hexdigest()
    assert row.occurred_at == datetime(2026, 5, 20, 9, 6, 49, 998127, tzinfo=UTC)
    assert abs(row.received_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_final_slash_is_optional(edge, workspace):
    raw = json.dumps(event()).encode()
    headers = [(b"fastpix-signature", webhooks.sign(raw, SECRET).encode())]
    assert edge.send("POST", "/webhooks/harbor", chunks=(raw,), headers=headers).status == 200
    assert stored().count() == 1


def test_a_repeat_is_counted_and_a_differing_one_flagged(edge, workspace):
    """RELIABILITY 7: the first is kept, the conflict flagged."""
    for body in (event(), event(), event(status="another word")):
        assert edge.post(body).status == 200
    row = stored().get()
    assert (row.times, row.conflicting) == (3, True)
    assert row.received_at < row.last_received_at < datetime.now(UTC) + timedelta(seconds=1)
    assert json.loads(bytes(row.body)) == event()


@pytest.mark.parametrize("body", [b"", b"{}", b" { } \n"])
def test_the_unsigned_probe_is_welcomed_and_not_stored(edge, workspace, body):
    Workspace.objects.update(webhook_secret="")
    assert edge.post(body, secret=None).status == 200
    assert not stored().exists()


@pytest.mark.parametrize("known", [True, False])
def test_the_signed_probe_is_welcomed_and_not_stored(edge, workspace, known):
    if not known:
        Workspace.objects.update(webhook_secret="")
    assert edge.post({"status": "validation"}).status == 200
    assert not stored().exists()


@pytest.mark.parametrize(("body", "secret"), [(b"", None), ({"status": "validation"}, SECRET)])
def test_the_set_up_page_hears_of_a_probe(edge, workspace, body, secret):
    cache.clear()
    assert edge.post(b"{}", secret=None, slug="nobody").status == 404
    assert edge.post(event()).status == 200
    assert probes.seen_at("harbor") is None, "an event is not a probe"
    edge.post(body, secret=secret)
    until = time.monotonic() + 5
    while probes.seen_at("harbor") is None and time.monotonic() < until:
        time.sleep(0.01)
    assert abs(probes.seen_at("harbor") - datetime.now(UTC)) < timedelta(minutes=1)
    assert probes.seen_at("nobody") is None


def test_a_body_changed_by_one_space_is_refused(edge, workspace):
    """RELIABILITY 2: altered by one space."""
    raw = json.dumps(event()).encode()
    signature = webhooks.sign(raw, SECRET).encode()
    assert edge.post(raw + b" ", headers=[(b"fastpix-signature", signature)]).status == 401
    assert not stored().exists()


def test_an_undecoded_secret_signs_nothing(edge, workspace):
    """RELIABILITY 4: the secret as text."""
    assert edge.post(event(), secret=base64.b64encode(SECRET.encode()).decode()).status == 401


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.one_of(st.binary(max_size=60), st.just(b"A" * 10_240), st.just("é€".encode()), st.just(b"")))
def test_no_signature_header_can_be_worse_than_wrong(edge, workspace, value):
    """RELIABILITY 3: empty, not base64, not ASCII, 10 kB."""
    assert edge.post(event(), headers=[(b"fastpix-signature", value)]).status == 401


def test_a_doubled_signature_header_is_refused(edge, workspace):
    """RELIABILITY 3: twice."""
    raw = json.dumps(event()).encode()
    header = (b"fastpix-signature", webhooks.sign(raw, SECRET).encode())
    assert edge.post(raw, headers=[header, header]).status == 401
    assert not stored().exists()


def test_an_unsigned_event_is_refused_with_and_without_a_secret(edge, workspace):
    assert edge.post(event(), secret=None).status == 401
    Workspace.objects.update(webhook_secret="")
    assert edge.post(event(), secret=None).status == 401


def test_without_a_secret_events_are_asked_to_come_again(edge, workspace):
    Workspace.objects.update(webhook_secret="")
    answer = edge.post(event())
    assert answer.status == 503
    assert int(answer.headers["retry-after"]) > 0
    assert not stored().exists()


def test_a_secret_just_entered_counts_at_once(edge, workspace):
    Workspace.objects.update(webhook_secret="")
    assert edge.post(event()).status == 503
    workspace.webhook_secret = OTHER_SECRET
    workspace.save()
    assert edge.post(event(), secret=OTHER_SECRET).status == 200


def test_the_previous_secret_holds_until_its_time_is_over(edge, workspace):
    """RELIABILITY 19: both in the overlap, only the new one after it."""
    workspace.webhook_secret, workspace.webhook_secret_previous = OTHER_SECRET, SECRET
    workspace.webhook_secret_previous_until = datetime.now(UTC) + timedelta(seconds=60)
    workspace.save()
    assert [edge.post(event("a"), secret=one).status for one in (SECRET, OTHER_SECRET)] == [200, 200]
    Workspace.objects.update(webhook_secret_previous_until=datetime.now(UTC) - timedelta(seconds=1))
    time.sleep(1.1)  # keys serve for a second
    assert [edge.post(event("a"), secret=one).status for one in (SECRET, OTHER_SECRET)] == [401, 200]


def test_one_unreadable_secret_leaves_the_other_workspaces_alone(edge, workspace):
    make_workspace("broken")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workspace_app_workspace SET webhook_secret = 'nonsense' WHERE slug = 'broken'")
    assert edge.post(event()).status == 200
    assert edge.post(event(), slug="broken").status == 503


def test_an_unknown_workspace_is_not_found(edge, workspace):
    for slug in ("nobody", "Harbor", "har bor", "a/b", "x" * 41):
        assert edge.post(event(), slug=slug).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_events_come_by_post_only(edge, workspace, method):
    """RELIABILITY 20: 405. What else is exempt from CSRF and sign-in: tests/house/test_access.py."""
    answer = edge.send(method, "/webhooks/harbor/")
    assert answer.status == 405
    assert answer.headers["allow"] == "POST"


def test_the_first_event_binds_the_workspace_and_another_workspaces_are_refused(edge, workspace):
    assert edge.post(event("a", workspace={"id": "ws-1"})).status == 200
    workspace.refresh_from_db()
    assert workspace.remote_id == "ws-1"
    assert edge.post(event("b", workspace={"id": "ws-2"})).status == 403
    assert edge.post(event("c", workspace=None, Workspace={"id": "ws-2"})).status == 403
    assert edge.post(event("d", workspace=None, environment={"id": "ws-2"})).status == 403
    assert edge.post(event("e", workspace=None)).status == 200
    assert [row.event_id for row in stored()] == ["a", "e"]


@pytest.mark.parametrize("remote_id", ["x" * 65, "a\0b", "\ud800"])
def test_a_workspace_id_that_cannot_be_one_is_refused(edge, workspace, remote_id):
    assert edge.post(event(workspace={"id": remote_id})).status == 403


BOMB = gzip.compress(json.dumps(event()).encode() + b" " * 50_000_000)


@pytest.mark.parametrize("raw", [b"not json", b"[1]", b'"text"', b"1" * 5000, b"\xff\xfe\xff", b"[" * 100_000, BOMB])
def test_what_is_not_a_json_object_is_refused(edge, workspace, raw):
    """RELIABILITY 13 and 14: 400, stored nowhere, nothing inflated."""
    headers = [(b"content-encoding", b"gzip"), (b"fastpix-signature", webhooks.sign(raw, SECRET).encode())]
    assert edge.post(raw, headers=headers).status == 400
    assert not stored().exists()


@pytest.mark.parametrize("length", [None, b"2000000", b"5", b"nonsense", b"9" * 30])
def test_more_than_a_mebibyte_is_refused_whatever_its_length_says(edge, workspace, length):
    """RELIABILITY 13: in chunks without a length, and with one that lies."""
    headers = [(b"content-length", length)] if length else []
    answer = edge.send("POST", "/webhooks/harbor/", chunks=[b"x" * 50_000] * 40, headers=headers)
    assert answer.status == 413
    assert not stored().exists()


def test_exactly_a_mebibyte_is_taken(edge, workspace):
    raw = json.dumps(event()).encode()
    raw += b" " * (1024 * 1024 - len(raw))
    assert edge.post(raw).status == 200
    assert edge.post(raw + b" ").status == 413
    assert len(bytes(stored().get().body)) == 1024 * 1024


def test_a_sender_that_takes_too_long_is_told(start_edge, workspace):
    """RELIABILITY 21: the answer; with a real socket in test_edge_process."""
    edge = start_edge(intake=Intake(seconds=0.2))
    stream = edge.open("POST", "/webhooks/harbor/", headers=[(b"content-length", b"5")], chunks=[b"x", None])
    assert stream.ended.wait(5)
    assert (stream.response.status, stream.response.headers["connection"]) == (408, "close")


ODD = {
    "deep": b'{"id":"e","type":"video.media.ready","data":{"a":' + b"[" * 300 + b"]" * 300 + b"}}",
    "nan": b'{"id":"e","type":"video.media.ready","data":{"a":NaN,"b":Infinity}}',
    "duplicate keys": b'{"id":"x","id":"e","type":"a","type":"video.media.ready"}',
    "lone surrogate": b'{"id":"e\\ud800","type":"video.\\udfff","object":{"id":"\\ud800"}}',
    "nul": b'{"id":"e\\u0000","type":"a\\u0000b","object":{"id":"\\u0000"}}',
    "long": json.dumps({"id": "i" * 500, "type": "t" * 500, "object": {"id": "o" * 500}}).encode(),
    "wrong types": b'{"id":17,"type":["x"],"object":"no","data":3,"workspace":[],"createdAt":{}}',
    "garbage time": b'{"id":"e","type":"video.media.ready","createdAt":"the day before"}',
    "only an id": b'{"id":"e"}',
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD.keys())
def test_odd_events_are_kept_as_they_came(edge, workspace, raw):
    """RELIABILITY 11 and 14: kept raw, whatever they hold."""
    assert [edge.post(raw).status, edge.post(raw).status] == [200, 200]
    row = stored().get()
    assert row.times == 2
    assert (decrypt(bytes(row.body)) if row.encrypted else bytes(row.body)) == raw


def test_an_event_without_an_id_is_kept_under_its_hash(edge, workspace):
    raw = json.dumps({"type": "video.media.ready", "data": {"id": "m-1"}}).encode()
    assert [edge.post(raw).status, edge.post(raw).status] == [200, 200]
    row = stored().get()
    assert (row.event_id, row.times) == (hashlib.sha256(raw).hexdigest(), 2)


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        ("video.media.ready", False),
        ("video.live_stream.active", True),
        ("live_stream.idle", True),
        ("video.media.upload", True),
        ("video.upload.media_created", True),
        ("video.live_stream.simulcast_target.created", True),
        ("video.something.new", True),
    ],
)
def test_bodies_that_can_carry_secrets_are_encrypted(edge, workspace, kind, secret):
    """RELIABILITY 12: also of a type nobody knows."""
    raw = json.dumps(event(kind=kind, data={"id": "m-1", "streamKey": "canary"})).encode()
    assert edge.post(raw).status == 200
    row = stored().get()
    assert row.encrypted is secret
    assert (b"canary" in bytes(row.body)) is not secret
    assert (decrypt(bytes(row.body)) if secret else bytes(row.body)) == raw


def test_pages_get_what_is_not_the_edges(edge, workspace):
    for path in ("/", "/w/harbor/media/", "/webhooks", "/pushed/"):
        assert edge.send("GET", path).body == b"a page"
    assert edge.pages_asked == ["/", "/w/harbor/media/", "/webhooks", "/pushed/"]
