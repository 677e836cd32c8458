import hashlib
import json
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from events_app.envelope import NotAnEvent, parse

NOW_FORM = {
    "type": "video.media.ready",
    "object": {"type": "media", "id": "m-1"},
    "id": "e-1",
    "workspace": {"id": "w-1", "name": "Demo"},
    "status": "ready",
    "data": {"id": "m-1", "status": "Ready"},
    "createdAt": "2026-05-20T09:06:49.998127440Z",
    "attempts": [],
}
OLD_FORM = {
    "type": "live_stream.created",
    "webhookId": "e-2",
    "object": {"name": "live", "id": "s-1"},
    "Workspace": {"id": "w-1"},
    "data": {"streamId": "s-1"},
    "created_at": "2026-05-20T10:10:00.451Z",
}


def read(changes=None, *, base=NOW_FORM, **more):
    changes = {**(changes or {}), **more}
    body = {key: value for key, value in {**base, **changes}.items() if value is not None}
    return parse(json.dumps(body).encode())


def test_the_current_envelope_is_read():
    parsed = read()
    assert (parsed.event_id, parsed.type, parsed.family) == ("e-1", "video.media.ready", "media.ready")
    assert (parsed.object_id, parsed.workspace_id, parsed.data["status"]) == ("m-1", "w-1", "Ready")
    assert parsed.occurred_at == datetime(2026, 5, 20, 9, 6, 49, 998127, tzinfo=UTC)


def test_the_older_envelope_is_read():
    parsed = read(base=OLD_FORM)
    assert (parsed.event_id, parsed.family, parsed.object_id) == ("e-2", "live_stream.created", "s-1")
    assert (parsed.workspace_id, parsed.occurred_at.microsecond) == ("w-1", 451000)


@pytest.mark.parametrize("name", ["workspace", "Workspace", "environment"])
def test_the_workspace_stands_under_one_of_three_names(name):
    assert read({"workspace": None} | {name: {"id": "w-9"}}).workspace_id == "w-9"


@pytest.mark.parametrize(
    ("event_type", "named", "data", "subject"),
    [
        ("video.media.updated", "m-1", {"id": "m-1"}, "m-1"),
        ("video.media.updated", None, {"id": "m-2"}, "m-2"),
        ("video.media.upload", "other", {"uploadId": "u-1"}, "u-1"),
        ("video.media.upload.cancelled", "u-2", {}, "u-2"),
        ("video.upload.media_created", None, {"mediaId": "m-3", "uploadId": "u-3"}, "m-3"),
        ("video.media.track.ready", "m-4", {"id": "t-1"}, "m-4"),
        ("video.media.track.ready", None, {"id": "t-1"}, ""),
        ("video.media.subtitle.generated", None, {"id": "t-1"}, ""),
        ("video.media.watermark.ready", None, {"id": "wm-1"}, ""),
        ("video.mediaAI.summary.ready", "m-5", {}, "m-5"),
        ("video.live_stream.active", None, {"streamId": "s-1"}, "s-1"),
        ("live_stream.active", "s-2", {"streamId": "s-2"}, "s-2"),
    ],
)
def test_each_family_names_its_subject_in_its_own_way(event_type, named, data, subject):
    thing = None if named is None else {"id": named}
    assert read(type=event_type, object=thing, data=data).object_id == subject


def test_a_probe_has_neither_id_nor_type():
    assert parse(b"{}").probe
    assert parse(b'{"hello": 1}').probe
    assert not read().probe


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[1]", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000])
def test_what_is_no_json_object_is_no_event(body):
    with pytest.raises(NotAnEvent):
        parse(body)


def test_text_that_no_database_takes_is_made_fit():
    parsed = parse(b'{"type": "video.media.\\u0000ready\\ud800", "id": "e", "object": {"id": "m\\u0000"}}')
    for text in (parsed.type, parsed.object_id):
        assert "\0" not in text
        text.encode()


@pytest.mark.parametrize(
    "told", ["a\nb", "\r\n\x85\u2028", "a\0b", "half \ud800", ".", "../../settings", "a/./b", "x" * 81]
)
def test_an_id_that_no_column_or_address_can_hold_becomes_its_hash(told):
    parsed = read(id=told, object={"id": told})
    hashed = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
    assert (parsed.event_id, parsed.object_id) == (hashed, "")
    reverse("events:event_detail", args=["demo", parsed.event_id])


@pytest.mark.parametrize("told", ["a/b", "a b", "münchen?x#y%00", "a..b"])
def test_an_unusual_id_that_an_address_can_hold_stays(told):
    assert read(id=told).event_id == told


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(NOW_FORM | OLD_FORM)), inner),
    max_leaves=12,
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NOW_FORM | OLD_FORM, JSON)))
def test_whatever_stands_in_the_fields_reading_them_never_crashes(said):
    parsed = parse(json.dumps(said).encode())
    assert max(len(parsed.event_id), len(parsed.object_id)) <= 80
    assert len(parsed.type) <= 120
    assert isinstance(parsed.data, dict)
