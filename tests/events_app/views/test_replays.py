"""All that failed, once more: what it means is told first, how far it is while it runs, what came of it in the end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events_app import backlog, projections, replay
from events_app.models import WebhookEvent
from tests.events_app.test_backlog import put, state
from tests.events_app.views.test_events import url
from workspace_app.models import TimelineEntry

State = WebhookEvent.State


@pytest.fixture
def choosy():
    """A projection that fails for number 2."""

    @projections.projects("test_only.")
    def keep(event):
        if event.data["number"] == 2:
            raise KeyError("no")

    yield
    del projections._PREFIXES["test_only."]


def progress(person):
    return person.get(url("replay_progress", person)).content.decode()


def test_replaying_all_names_the_number_first_and_then_how_far_it_is(editor, workspace, choosy):
    for number in (1, 2, 3):
        put(workspace, number, state=State.FAILED)
    dialog = editor.get(url("replay_failed", editor)).content.decode()
    assert "the 3 events that failed" in dialog
    assert "Nothing is sent to FastPix" in dialog
    assert state(1).state == State.FAILED, "asking changes nothing"
    assert "replay-progress" in progress(editor)
    assert "Replay" not in progress(editor)

    assert editor.post(url("replay_failed", editor)).status_code == 302
    page = editor.get(url("event_list", editor)).content.decode()
    assert "0 of 3 events done" in page
    assert "every 2s" in progress(editor)
    assert "No event has failed" in editor.get(url("replay_failed", editor)).content.decode()

    backlog.project(workspace.pk)
    part = progress(editor)
    assert "2 of 3 events done" in part
    assert "1 failed and will be tried again" in part

    for _round in range(backlog.TRIES):
        WebhookEvent.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
        backlog.project(workspace.pk)
    part = progress(editor)
    assert "Replayed 3 events that had failed" in part
    assert "2 went through, 1 failed again for good" in part
    assert "every 2s" not in part


def test_what_failed_again_is_not_put_back_a_second_time(workspace):
    since = timezone.now()
    put(workspace, 1, state=State.FAILED, settled_at=since - timedelta(minutes=1))
    put(workspace, 2, state=State.FAILED, settled_at=since + timedelta(seconds=1))
    last = put(workspace, 3, state=State.FAILED)
    put(workspace, 4, state=State.FAILED)
    assert replay.go_on(workspace, last.pk, since) is False
    assert [state(number).state for number in (1, 2, 3, 4)] == ["received", "failed", "received", "failed"]


def test_what_takes_longer_than_a_person_waits_goes_on_in_the_worker(workspace, admin):
    from events_app.tasks import replay_failed

    for number in range(replay.BLOCK * 2 + 1):
        put(workspace, number, state=State.FAILED)
    last, since = WebhookEvent.objects.order_by("-pk").first(), timezone.now()
    assert replay.go_on(workspace, last.pk, since, seconds=0) is True
    assert replay.failed_count(workspace) == replay.BLOCK + 1, "one block, then the time was over"
    replay_failed(workspace.pk, last.pk, since.isoformat())
    assert replay.failed_count(workspace) == 0


def test_an_old_replay_is_told_no_more(editor, workspace):
    put(workspace, 1, state=State.FAILED)
    editor.post(url("replay_failed", editor))
    WebhookEvent.objects.update(state=State.PROJECTED)
    assert "Replayed" in progress(editor)
    TimelineEntry.objects.update(occurred_at=timezone.now() - timedelta(minutes=16))
    assert "Replayed" not in progress(editor)
