import hashlib
import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from events_app import backlog, projections
from events_app.models import WebhookEvent
from workspace_app.secrets_at_rest import encrypt

State = WebhookEvent.State


def put(workspace, number, *, kind="video.test_only.ready", object_id="o", **fields):
    body = json.dumps({"type": kind, "id": f"e-{number}", "data": {"number": number}}).encode()
    values = {"event_id": f"e-{number}", "type": kind, "object_id": object_id, "body": body}
    digest = hashlib.sha256(body).hexdigest()
    return WebhookEvent.objects.create(workspace=workspace, sha256=digest, **(values | fields))


@pytest.fixture
def seen():
    """A projection for `test_only.` types that keeps what it saw, and fails for a poisoned event."""
    numbers = []

    @projections.projects("test_only.")
    def keep(event):
        if event.data.get("number") == 13:
            raise KeyError("sk-secret-value")
        numbers.append((event.object_id, event.data["number"]))

    yield numbers
    del projections._PREFIXES["test_only."]


def state(number):
    return WebhookEvent.objects.get(event_id=f"e-{number}")


def test_events_are_projected_oldest_first_for_each_object(workspace, seen):
    for number in range(30, 60):
        put(workspace, number, object_id=f"o-{number % 7}")
    assert backlog.project(workspace.pk) is False
    assert sorted(seen) == sorted((f"o-{number % 7}", number) for number in range(30, 60))
    for name in {name for name, _ in seen}:
        mine = [number for object_id, number in seen if object_id == name]
        assert mine == sorted(mine)
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {State.PROJECTED}


def test_a_poison_event_fails_alone_and_tells_no_values(workspace, seen):
    for number in (12, 13, 14):
        put(workspace, number)
    backlog.project(workspace.pk)
    assert [number for _, number in seen] == [12, 14]
    poisoned = state(13)
    assert (poisoned.state, poisoned.tries) == (State.RECEIVED, 1)
    assert poisoned.error.startswith("KeyError in test_backlog.py, line")
    assert "secret" not in poisoned.error
    assert poisoned.next_try_at > timezone.now()


def test_it_is_tried_again_and_given_up_after_five(workspace, seen):
    put(workspace, 13)
    for _round in range(5):
        WebhookEvent.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
        backlog.project()
    assert (state(13).state, state(13).tries, state(13).next_try_at) == (State.FAILED, 5, None)
    backlog.project()
    assert state(13).tries == 5


def test_a_type_nobody_projects_stays_unhandled_until_somebody_does(workspace, seen):
    put(workspace, 1, kind="video.other_area.ready")
    backlog.project()
    assert state(1).state == State.UNHANDLED
    assert backlog.requeue_unhandled() == 0
    projections.projects("other_area.ready")(lambda event: None)
    assert backlog.requeue_unhandled() == 1
    backlog.project()
    assert state(1).state == State.PROJECTED
    del projections._EXACT["other_area.ready"]


def test_an_encrypted_body_is_read(workspace, seen):
    row = put(workspace, 5)
    WebhookEvent.objects.filter(pk=row.pk).update(body=encrypt(bytes(row.body)), encrypted=True)
    backlog.project()
    assert seen == [("o", 5)]


def test_a_body_under_a_lost_key_fails_without_harm(workspace, seen):
    put(workspace, 6, body=b"not a token", encrypted=True)
    backlog.project()
    assert state(6).error.startswith("SecretUnreadable")


def test_what_is_left_when_the_time_is_over_is_told(workspace, seen):
    for number in range(20, 30):
        put(workspace, number)
    assert backlog.project(workspace.pk, seconds=-1) is True
    assert seen == []


def test_a_late_event_is_flagged(workspace):
    from events_app.rules import Action, Verdict

    projections.projects("test_late.x")(lambda event: Verdict(Action.RECORD, late=True))
    put(workspace, 1, kind="test_late.x")
    backlog.project()
    assert (state(1).state, state(1).late) == (State.PROJECTED, True)
    del projections._EXACT["test_late.x"]


def heap(workspace, numbers, object_of):
    """Many waiting events at once."""
    body = json.dumps({"type": "video.test_only.ready", "id": "e", "data": {"number": -1}}).encode()
    text = body.decode()
    WebhookEvent.objects.bulk_create(
        WebhookEvent(
            workspace=workspace,
            event_id=f"e-{number}",
            type="video.test_only.ready",
            object_id=object_of(number),
            body=text.replace("-1", str(number)).encode(),
            sha256="0" * 64,
        )
        for number in numbers
    )


def in_order(seen):
    last = {}
    return all(last.get(name, -1) < number and not last.update({name: number}) for name, number in seen)


def test_what_just_came_does_not_wait_for_a_backlog(workspace, seen):
    heap(workspace, range(100, 2100), lambda number: f"old-{number % 150}")
    heap(workspace, range(5000, 5020), lambda number: f"new-{number}")
    assert backlog.project(workspace.pk, seconds=120) is False
    places = [place for place, (name, _) in enumerate(seen) if name.startswith("new-")]
    assert len(places) == 20
    assert max(places) < (backlog.OLD_BLOCKS + 1) * backlog.BLOCK + 20
    assert len(seen) == 2020
    assert in_order(seen)


def test_an_object_s_newest_event_brings_its_older_ones_before_it(workspace, seen):
    heap(workspace, range(100, 1300), lambda number: "early" if number < 130 else f"old-{number % 97}")
    heap(workspace, [5000], lambda number: "early")
    backlog.project(workspace.pk, seconds=120)
    assert len(seen) == 1201
    assert in_order(seen)


def test_events_that_keep_coming_are_done_while_the_backlog_drains(workspace, seen):
    heap(workspace, range(1000, 4000), lambda number: f"old-{number % 200}")
    came = {}

    @projections.projects("test_feed.")
    def feed(event):
        """Every event of the feed brings the next one with it."""
        number = event.data["number"]
        came[number] = len(seen)
        if number < 5:
            put(workspace, f"{number + 1:03}", kind="video.test_feed.x", object_id=f"feed-{number + 1}")
            row = WebhookEvent.objects.filter(event_id=f"e-{number + 1:03}")
            row.update(
                body=json.dumps({"type": "video.test_feed.x", "id": "e", "data": {"number": number + 1}}).encode()
            )

    body = json.dumps({"type": "video.test_feed.x", "id": "e", "data": {"number": 0}}).encode()
    put(workspace, "000", kind="video.test_feed.x", object_id="feed-0", body=body)
    try:
        backlog.project(workspace.pk, seconds=120)
    finally:
        del projections._PREFIXES["test_feed."]
    waits = [came[number + 1] - came[number] for number in range(5)]
    assert max(waits) <= (backlog.OLD_BLOCKS + 1) * backlog.BLOCK
    assert in_order(seen)
    assert len(seen) == 3000


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_a_backlog_keep_the_order_too(seen):
    from tests.people import make_workspace

    workspace = make_workspace()
    heap(workspace, range(1000, 1900), lambda number: f"o-{number % 5}")

    def work():
        try:
            backlog.project(workspace.pk, seconds=60)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(number for _, number in seen) == list(range(1000, 1900))
    for name in {name for name, _ in seen}:
        mine = [number for object_id, number in seen if object_id == name]
        assert mine == sorted(mine)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_one_event_twice_and_keep_the_order(seen):
    from tests.people import make_workspace

    workspace = make_workspace()
    for number in range(100, 180):
        put(workspace, number, object_id=f"o-{number % 3}")

    def work():
        try:
            backlog.project(workspace.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(number for _, number in seen) == list(range(100, 180))
    for name in ("o-0", "o-1", "o-2"):
        mine = [number for object_id, number in seen if object_id == name]
        assert mine == sorted(mine)


def test_the_longest_fitting_registration_wins():
    def exact(event):
        """One type."""

    def below(event):
        """Everything else."""

    projections.projects("test_x.a.b")(exact)
    projections.projects("test_x.")(below)
    try:
        assert projections.projection_for("video.test_x.a.b") is exact
        assert projections.projection_for("test_x.a") is below
        assert projections.projection_for("test_y") is None
    finally:
        del projections._EXACT["test_x.a.b"], projections._PREFIXES["test_x."]
