import pytest

from events_app import backlog, deliveries, projections, replay
from events_app.models import WebhookEvent
from tests.events_app.test_backlog import put, state
from tests.people import make_workspace
from workspace_app import timeline, words

State = WebhookEvent.State


@pytest.fixture
def seen():
    """A projection that keeps the numbers it saw."""
    numbers = []
    projections.projects("test_only.")(lambda event: numbers.append(event.data["number"]))
    yield numbers
    del projections._PREFIXES["test_only."]


@pytest.mark.parametrize("before", [State.FAILED, State.UNHANDLED, State.PROJECTED])
def test_an_event_is_projected_once_more(workspace, seen, before):
    """RELIABILITY 18: a failed one too, by hand."""
    event = put(workspace, 1, state=before, tries=5, error="KeyError in fields.py, line 7")
    assert replay.one(event) is True
    assert (state(1).state, state(1).tries, state(1).error) == (State.RECEIVED, 0, "")
    assert replay.one(event) is False, "it waits already"
    backlog.project(workspace.pk)
    assert (state(1).state, seen) == (State.PROJECTED, [1])


def test_an_event_that_is_being_retried_keeps_its_place(workspace):
    event = put(workspace, 1, tries=3, error="KeyError in fields.py, line 7")
    assert replay.one(event) is False
    assert state(1).tries == 3


def test_all_that_failed_are_projected_again_oldest_first(workspace, seen):
    for number in range(250):
        put(workspace, number, state=State.FAILED if number % 2 else State.PROJECTED)
    put(make_workspace("elsewhere"), 999, state=State.FAILED)
    assert replay.failed_count(workspace) == 125
    assert replay.all_failed(workspace, by=None) == 125
    assert (replay.failed_count(workspace), deliveries.waiting(workspace).count) == (0, 125)
    backlog.project(workspace.pk)
    assert seen == sorted(seen) == list(range(1, 250, 2))
    assert state(999).state == State.FAILED


def test_the_workspaces_history_tells_how_many_and_who(workspace, admin):
    put(workspace, 1, state=State.FAILED)
    assert replay.all_failed(workspace, by=admin.user) == 1
    assert replay.all_failed(workspace, by=admin.user) == 0
    [line] = words.lines(timeline.of(workspace, "workspace", workspace.slug))
    assert (line.sentence, line.entry.actor) == ("Failed events projected again: 1", admin.user)


def test_what_an_event_said_of_a_media_is_not_said_twice(workspace):
    """The mirror judges a replayed event like any other: what it says is known."""
    from media_app.models import Media

    body = (
        b'{"type":"video.media.ready","id":"e-1","object":{"type":"media","id":"m-1"},'
        b'"data":{"id":"m-1","status":"Ready","title":"A"},"createdAt":"2026-05-20T09:06:49Z"}'
    )
    event = put(workspace, 1, kind="video.media.ready", object_id="m-1", body=body)
    backlog.project(workspace.pk)
    before = Media.objects.values().get()
    entries = timeline.of(workspace, "media", "m-1").count()
    replay.one(event)
    backlog.project(workspace.pk)
    after = Media.objects.values().get()
    told = {"version", "unsettled", "ask_at", "asks"}  # a mark: FastPix is asked
    assert {k: v for k, v in after.items() if k not in told} == {k: v for k, v in before.items() if k not in told}
    assert timeline.of(workspace, "media", "m-1").count() == entries
