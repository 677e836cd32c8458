import hashlib
import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events_app import backlog, projections, replay
from events_app.models import WebhookEvent
from media_app.models import Media, Track
from tests.media_app import told_lives
from tests.people import make_workspace
from workspace_app import timeline
from workspace_app.models import TimelineEntry
from workspace_app.secrets_at_rest import encrypt

State = WebhookEvent.State


def put(workspace, number, *, kind="video.test_only.ready", object_id="o", **fields):
    body = json.dumps({"type": kind, "id": f"e-{number}", "data": {"number": number}}).encode()
    values = {"event_id": f"e-{number}", "type": kind, "object_id": object_id, "body": body}
    digest = hashlib.sha256(body).hexdigest()
    return WebhookEvent.objects.create(workspace=workspace, sha256=digest, **(values | fields))


def projected():
    """What was projected, in its order: (object, number). Rows, so that what was rolled back is not among them."""
    entries = TimelineEntry.objects.filter(area="test").order_by("pk").values_list("object_id", "verb")
    return [(object_id, int(verb)) for object_id, verb in entries]


@pytest.fixture
def seen():
    """A projection for `test_only.` types that keeps what it saw, and fails for a poisoned event."""

    @projections.projects("test_only.")
    def keep(event):
        number = event.data["number"]
        if number == 13:
            raise KeyError("sk-secret-value")
        timeline.record(event.workspace, "test", event.object_id, str(number), source="webhook")

    yield projected
    del projections._PREFIXES["test_only."]


def state(number):
    return WebhookEvent.objects.get(event_id=f"e-{number}")


def test_events_are_projected_oldest_first_for_each_object(workspace, seen):
    for number in range(30, 60):
        put(workspace, number, object_id=f"o-{number % 7}")
    assert backlog.project(workspace.pk) is False
    assert sorted(seen()) == sorted((f"o-{number % 7}", number) for number in range(30, 60))
    told = seen()
    for name in {name for name, _ in told}:
        mine = [number for object_id, number in told if object_id == name]
        assert mine == sorted(mine)
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {State.PROJECTED}


def test_a_poison_event_fails_alone_and_tells_no_values(workspace, seen):
    for number in (12, 13, 14):
        put(workspace, number)
    backlog.project(workspace.pk)
    assert [number for _, number in seen()] == [12, 14]
    poisoned = state(13)
    assert (poisoned.state, poisoned.tries) == (State.RECEIVED, 1)
    assert poisoned.error.startswith("KeyError in test_backlog.py, line")
    assert "secret" not in poisoned.error
    assert poisoned.next_try_at > timezone.now()


def test_it_is_tried_again_later_and_later_given_up_after_five_and_replayed_once_it_can_be(workspace, seen):
    """RELIABILITY 18: a projection that raises every time."""
    put(workspace, 13)
    pauses = []
    for _round in range(5):
        WebhookEvent.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
        before = timezone.now()
        backlog.project()
        pauses += [round((at - before).total_seconds()) for at in [state(13).next_try_at] if at]
    assert (state(13).state, state(13).tries, state(13).next_try_at) == (State.FAILED, 5, None)
    assert pauses == sorted(set(pauses))
    assert len(pauses) == 4
    backlog.project()
    assert state(13).tries == 5
    projections.projects("test_only.ready")(lambda event: None)
    try:
        assert replay.one(state(13))
        backlog.project()
    finally:
        del projections._EXACT["test_only.ready"]
    assert (state(13).state, state(13).error) == (State.PROJECTED, "")


def test_a_type_nobody_projects_stays_unhandled_until_somebody_does(workspace, seen):
    """RELIABILITY 12: unhandled."""
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
    assert seen() == [("o", 5)]


def test_a_body_under_a_lost_key_fails_without_harm(workspace, seen):
    put(workspace, 6, body=b"not a token", encrypted=True)
    backlog.project()
    assert state(6).error.startswith("SecretUnreadable")


def test_what_is_left_when_the_time_is_over_is_told(workspace, seen):
    for number in range(20, 30):
        put(workspace, number)
    assert backlog.project(workspace.pk, seconds=-1) is True
    assert seen() == []


def test_a_late_event_is_flagged(workspace):
    from events_app.rules import Action, Verdict

    projections.projects("test_late.x")(lambda event: Verdict(Action.RECORD, late=True))
    put(workspace, 1, kind="test_late.x")
    backlog.project()
    assert (state(1).state, state(1).late) == (State.PROJECTED, True)
    del projections._EXACT["test_late.x"]


def heap(workspace, numbers, object_of, **fields):
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
            **fields,
        )
        for number in numbers
    )


def put_media(workspace, *, tracks, events):
    """First events of that many media."""
    for number in range(100, 100 + events):
        said = [{"id": f"t-{number}-{track}", "type": "subtitle"} for track in range(tracks)]
        data = {"id": f"m-{number}", "status": "Ready", "createdAt": "2026-05-20T09:00:00Z", "tracks": said}
        body = {"type": "video.media.ready", "id": f"e-{number}", "data": {**data, "playbackIds": []}}
        raw = json.dumps({**body, "createdAt": "2026-05-20T10:00:00Z"}).encode()
        put(workspace, number, kind="video.media.ready", object_id=f"m-{number}", body=raw)


def told_of(workspace):
    """Everything that events leave behind, but for our own numbers and clock."""
    ours_alone = ("id", "workspace", "known_at", "ask_at")
    names = [field.name for field in Media._meta.concrete_fields if field.name not in ours_alone]
    rows = Media.objects.filter(workspace=workspace).order_by("remote_id")
    parts = [[track.remote_id for track in row.tracks.order_by("remote_id")] for row in rows]
    entries = TimelineEntry.objects.filter(workspace=workspace, area="media").order_by("object_id", "pk")
    states = (
        WebhookEvent.objects.filter(workspace=workspace).order_by("event_id").values_list("event_id", "state", "late")
    )
    return (
        list(rows.values(*names)),
        parts,
        list(entries.values("object_id", "verb", "details", "event_id")),
        list(states),
    )


def count_rows():
    """Of what projections write."""
    return sum(rows.objects.count() for rows in (Media, Track, TimelineEntry))


def in_order(seen):
    last = {}
    return all(last.get(name, -1) < number and not last.update({name: number}) for name, number in seen)


def test_what_just_came_does_not_wait_for_a_backlog(workspace, seen):
    heap(workspace, range(100, 2100), lambda number: f"old-{number % 150}")
    heap(workspace, range(5000, 5020), lambda number: f"new-{number}")
    assert backlog.project(workspace.pk, seconds=120) is False
    places = [place for place, (name, _) in enumerate(seen()) if name.startswith("new-")]
    assert len(places) == 20
    assert max(places) < 3 * (backlog.OLD_BLOCKS + 1) * backlog.BLOCK
    assert len(seen()) == 2020
    assert in_order(seen())


def test_an_object_s_newest_event_brings_its_older_ones_before_it(workspace, seen):
    heap(workspace, range(100, 1300), lambda number: "early" if number < 130 else f"old-{number % 97}")
    heap(workspace, [5000], lambda number: "early")
    backlog.project(workspace.pk, seconds=120)
    assert len(seen()) == 1201
    assert in_order(seen())


def test_events_that_keep_coming_are_done_while_the_backlog_drains(workspace, seen):
    heap(workspace, range(1000, 4000), lambda number: f"old-{number % 200}")
    came = {}

    @projections.projects("test_feed.")
    def feed(event):
        """Every event of the feed brings the next one with it."""
        number = event.data["number"]
        came[number] = len(seen())
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
    assert in_order(seen())
    assert len(seen()) == 3000


def test_no_transaction_writes_more_rows_than_the_intake_can_wait_for(workspace):
    """Media with many tracks: a block ends where it has written enough, and the rest follows in its order."""
    put_media(workspace, tracks=30, events=12)
    written = []
    ends = backlog._project

    def watched(workspace, rows):
        before = count_rows()
        went = ends(workspace, rows)
        written.append(count_rows() - before)
        return went

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backlog, "_project", watched)
        backlog.project(workspace.pk)
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {State.PROJECTED}
    assert len(written) > 3
    assert max(written) <= 80 + 32


@pytest.mark.parametrize("seed", range(4))
def test_blocks_end_as_one_by_one_would(workspace, seed):
    """Lives in any order: the same rows, parts and history, whether each event has a transaction of its own or not."""
    other = make_workspace("other")
    for one in (workspace, other):
        told_lives.fill(one, 12, seed=seed, shuffled=True)
    backlog.project(workspace.pk, seconds=60)
    for pk in WebhookEvent.objects.filter(workspace=other).order_by("pk").values_list("pk", flat=True):
        backlog.project_one(other, pk)
    assert told_of(workspace) == told_of(other)
    assert Media.objects.filter(workspace=workspace).count() == 12


def test_a_block_reads_ahead_and_writes_its_history_at_once(workspace):
    """Twice the events cost far fewer than twice the statements."""
    put_media(workspace, tracks=0, events=15)
    with CaptureQueriesContext(connection) as queries:
        backlog._together(workspace, list(WebhookEvent.objects.values_list("pk", flat=True)))
    told = [query["sql"] for query in queries if "workspace_app_timelineentry" in query["sql"]]
    read = [query["sql"] for query in queries if 'FROM "media_app_media"' in query["sql"]]
    assert (len(told), len(read)) == (1, 1)
    assert TimelineEntry.objects.filter(area="media").count() == 15


def by_two_workers(workspace, **options):
    """Project what waits in two threads at once."""

    def work():
        try:
            backlog.project(workspace.pk, **options)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def all_once_and_in_order(told, numbers):
    assert sorted(number for _, number in told) == list(numbers)
    for name in {name for name, _ in told}:
        mine = [number for object_id, number in told if object_id == name]
        assert mine == sorted(mine)


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_a_backlog_keep_the_order_too(seen):
    workspace = make_workspace()
    heap(workspace, range(1000, 1900), lambda number: f"o-{number % 5}")
    by_two_workers(workspace, seconds=60)
    all_once_and_in_order(seen(), range(1000, 1900))


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_one_event_twice_and_keep_the_order(seen):
    workspace = make_workspace()
    for number in range(100, 180):
        put(workspace, number, object_id=f"o-{number % 3}")
    by_two_workers(workspace)
    all_once_and_in_order(seen(), range(100, 180))


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
