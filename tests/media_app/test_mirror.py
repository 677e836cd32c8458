from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events_app.blocks import Block
from events_app.mirror import Said, whole
from events_app.models import WebhookEvent
from events_app.rules import Action
from fastpix_api import Answer
from media_app.mirror import apply, hear
from media_app.models import Media, Upload
from tests.events_app.lives import at
from tests.media_app.media_lives import MEDIA_ID, MediaLife
from tests.media_app.topics import heard_topics  # noqa: F401 - a fixture
from workspace_app.models import TimelineEntry

LIVES = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
FULL = {
    "id": MEDIA_ID,
    "title": "Harbour",
    "status": "Processing",
    "metadata": {"project": "spring"},
    "createdAt": "2026-05-20T12:00:00.064393Z",
    "tracks": [{"id": "t-1", "type": "video", "width": 1920, "height": 1080, "status": "available"}],
    "playbackIds": [{"id": "p-1", "accessPolicy": "public"}],
    "mp4Support": "capped_4k",
}


def said(kind="whole", data=FULL, seconds=0, **fields):
    by = "webhook" if kind == "event" else "poll"
    values = {"at": at(seconds), "heard_at": at(seconds), "by": by, **fields}
    return Said(kind, data, **values)


def row(workspace):
    return Media.objects.get(workspace=workspace, remote_id=MEDIA_ID)


@LIVES
@given(rng=st.randoms(use_true_random=False), undated=st.sampled_from([0.0, 0.2]), mortal=st.booleans())
def test_the_mirror_equals_fastpix_once_the_marked_rows_were_asked(workspace, rng, undated, mortal):
    """RELIABILITY 9: events in any order, doubled and undated."""
    Media.objects.all().delete()
    life = MediaLife(rng, workspace, undated=undated, mortal=mortal)
    life.play()
    assert life.equal


@LIVES
@given(rng=st.randoms(use_true_random=False), lost=st.sampled_from([0.3, 1.0]), mortal=st.booleans())
def test_where_events_were_lost_it_does_after_one_pass_of_the_reconciler(workspace, rng, lost, mortal):
    Media.objects.all().delete()
    life = MediaLife(rng, workspace, undated=0.1, lost=lost, mortal=mortal)
    life.play()
    life.reconcile()
    assert life.equal


def test_a_whole_answer_unsets_what_it_does_not_carry(workspace):
    apply(workspace, MEDIA_ID, said())
    apply(workspace, MEDIA_ID, said(data={"id": MEDIA_ID, "status": "Ready"}, seconds=9, read_version=1))
    media = row(workspace)
    assert (media.title, media.metadata, media.extra, media.status) == ("", {}, {}, "ready")
    assert not media.tracks.exists()
    assert media.created_at is not None


def test_a_partial_answer_leaves_what_it_does_not_carry(workspace):
    apply(workspace, MEDIA_ID, said())
    apply(workspace, MEDIA_ID, said("partial", {"title": "Quay", "chapters": True}, 9, read_version=1))
    media = row(workspace)
    assert (media.title, media.status) == ("Quay", "processing")
    assert media.extra == {"mp4Support": "capped_4k", "chapters": True}
    assert media.search.split("\n")[:2] == ["quay", "spring"]
    assert media.tracks.get().width == 1920


def test_an_answer_to_a_change_that_lacks_what_we_hold_applies_and_has_fastpix_asked(workspace):
    apply(workspace, MEDIA_ID, said())
    # mp4Support was taken away at FastPix, and no event tells of that
    without = {name: value for name, value in FULL.items() if name != "mp4Support"}
    apply(workspace, MEDIA_ID, said("partial", {**without, "title": "Quay"}, 9, read_version=1))
    assert (row(workspace).title, row(workspace).unsettled) == ("Quay", True)
    apply(workspace, MEDIA_ID, said(data={**without, "title": "Quay"}, seconds=10, read_version=row(workspace).version))
    assert (row(workspace).extra, row(workspace).unsettled) == ({}, False)


@pytest.mark.parametrize("order", [("Processing", "Ready"), ("Ready", "Processing")])
def test_of_two_events_of_one_time_the_second_has_fastpix_asked_whichever_it_is(workspace, order):
    """RELIABILITY 10: equal createdAt."""
    for status in order:
        assert not Media.objects.filter(unsettled=True).exists()
        apply(workspace, MEDIA_ID, said("event", {**FULL, "status": status}, 5))
    assert row(workspace).unsettled
    apply(workspace, MEDIA_ID, said(data={**FULL, "status": "Ready"}, seconds=9, read_version=row(workspace).version))
    assert (row(workspace).status, row(workspace).unsettled) == ("ready", False)


def test_a_playback_id_that_stays_keeps_its_row(workspace):
    apply(workspace, MEDIA_ID, said())
    kept = row(workspace).playback_ids.get().pk
    two = [{"id": "p-2", "accessPolicy": "private"}, *FULL["playbackIds"]]
    change = apply(workspace, MEDIA_ID, said("event", {"playbackIds": two}, 60))
    assert change.fields == ("playback_ids",)
    assert set(row(workspace).playback_ids.values_list("remote_id", flat=True)) == {"p-1", "p-2"}
    assert row(workspace).playback_ids.get(remote_id="p-1").pk == kept


def test_answers_never_write_the_reason_of_a_failure_and_a_later_success_ends_it(workspace):
    failed = {**FULL, "status": "Failed", "failedReason": "The file is not a video."}
    apply(workspace, MEDIA_ID, said("event", failed))
    apply(workspace, MEDIA_ID, said(data={**failed, "failedReason": "other"}, seconds=9, read_version=1))
    assert row(workspace).failed_reason == "The file is not a video."
    apply(workspace, MEDIA_ID, said(data={**FULL, "status": "Ready"}, seconds=20, read_version=2))
    assert row(workspace).failed_reason == ""


def test_a_row_that_changed_after_it_was_read_ahead_is_judged_again(workspace):
    """A block reads its rows before the first event; what another wrote since is found by its version."""
    apply(workspace, MEDIA_ID, said("event", FULL))
    with transaction.atomic():
        block = Block(workspace, [MEDIA_ID])
        hear(workspace, MEDIA_ID, said("event", {**FULL, "title": "Quay"}, 10), block)
        Media.objects.update(title="Theirs", event_at=at(30), version=F("version") + 1)
        outcome = hear(workspace, MEDIA_ID, said("event", {**FULL, "title": "Late"}, 20), block)
        block.close()
    assert (outcome.verdict.action, outcome.newly_unsettled) == (Action.RECORD, True)
    assert row(workspace).title == "Theirs"


def test_statements_of_one_block_build_on_each_other(workspace):
    """Insert, change, change again, and delete: one transaction, a line of history each, in their order."""
    with transaction.atomic():
        block = Block(workspace, [MEDIA_ID, "other"])
        hear(workspace, MEDIA_ID, said("event", FULL), block)
        more = [*FULL["tracks"], {"id": "t-2", "type": "audio", "status": "available"}]
        hear(workspace, MEDIA_ID, said("event", {"tracks": more, "status": "Ready"}, 10), block)
        hear(workspace, MEDIA_ID, said("event", {"tracks": more[1:], "title": "Quay"}, 20), block)
        hear(workspace, MEDIA_ID, said("event", {}, 30, gone=True), block)
        block.close()
    media = row(workspace)
    assert (media.title, media.status, media.gone, media.version) == ("Quay", "ready", True, 4)
    assert [track.remote_id for track in media.tracks.all()] == ["t-2"]
    assert [line.verb for line in timeline(workspace)] == ["created", "ready", "updated", "gone"]
    assert timeline(workspace)[2].details["values"]["tracks"] == ["video 1920×1080 available", ""]


def test_a_tombstone_is_revived_only_by_an_answer_asked_for_after_it(workspace):
    apply(workspace, MEDIA_ID, said())
    apply(workspace, MEDIA_ID, said("deleted", {}, 5))
    assert apply(workspace, MEDIA_ID, said("event", FULL, 60)) is None
    assert hear(workspace, MEDIA_ID, said(seconds=61, read_version=1)).verdict.again
    assert row(workspace).gone
    change = apply(workspace, MEDIA_ID, said(seconds=70, read_version=row(workspace).version))
    assert (change.verb, row(workspace).gone, row(workspace).gone_at) == ("revived", False, None)


def test_a_list_item_inserts_what_is_missing_and_marks_what_differs_but_writes_nothing(workspace):
    apply(workspace, MEDIA_ID, said("listed"))
    listed = {**FULL, "tracks": [{**FULL["tracks"][0], "status": "Ready"}], "status": "processing"}
    apply(workspace, MEDIA_ID, said("listed", listed, 60))
    assert not row(workspace).unsettled, "Ready and available are one word"
    apply(workspace, MEDIA_ID, said("listed", {**listed, "title": "Quay"}, 70))
    assert (row(workspace).title, row(workspace).unsettled) == ("Harbour", True)


def test_each_row_says_how_and_when_its_state_was_learned(workspace):
    apply(workspace, MEDIA_ID, said("event", FULL, event_id="e-1", heard_at=at(3)))
    media = row(workspace)
    assert (media.known_by, media.known_at, media.known_event_id) == ("webhook", at(3), "e-1")
    answer = Answer({**FULL, "status": "Ready"}, None, at(60), 200, "r-1")
    apply(workspace, MEDIA_ID, whole(answer, media.version, by="call"))
    assert (row(workspace).known_by, row(workspace).known_event_id) == ("call", "")


def timeline(workspace):
    return TimelineEntry.objects.filter(workspace=workspace, object_id=MEDIA_ID).order_by("pk")


def test_every_change_is_told_once_in_the_timeline(workspace):
    apply(workspace, MEDIA_ID, said("event", {**FULL, "status": "Created"}))
    apply(workspace, MEDIA_ID, said("event", {"status": "Ready"}, 10))
    apply(workspace, MEDIA_ID, said("event", {"status": "Ready"}, 20))
    apply(workspace, MEDIA_ID, said("event", {"title": "Quay"}, 30))
    apply(workspace, MEDIA_ID, said("event", {}, 40, gone=True))
    assert [(line.verb, line.source) for line in timeline(workspace)] == [
        ("created", "webhook"),
        ("ready", "webhook"),
        ("updated", "webhook"),
        ("gone", "webhook"),
    ]
    assert timeline(workspace)[2].details["fields"] == ["title"]


def test_a_poll_that_repairs_a_missed_event_says_so(workspace):
    apply(workspace, MEDIA_ID, said())
    ready = {**FULL, "status": "Ready", "updatedAt": at(18).isoformat()}
    apply(workspace, MEDIA_ID, said(data=ready, seconds=60, read_version=1))
    line = timeline(workspace).last()
    assert (line.verb, line.source) == ("missed", "poll")
    assert line.details["note"] == "missed: video.media.ready, found by poll 42 s later"


def test_a_poll_says_nothing_of_the_kind_when_the_event_had_come(workspace):
    apply(workspace, MEDIA_ID, said())
    WebhookEvent.objects.create(
        workspace=workspace, event_id="e", type="video.media.ready", object_id=MEDIA_ID, body=b"{}", sha256=""
    )
    ready = {**FULL, "status": "Ready", "updatedAt": at(18).isoformat()}
    apply(workspace, MEDIA_ID, said(data=ready, seconds=60, read_version=1))
    assert timeline(workspace).last().verb == "ready"


def test_pages_are_told_after_the_commit_and_uploads_when_one_brought_the_media(
    workspace,
    heard_topics,  # noqa: F811 - the fixture
    django_capture_on_commit_callbacks,
):
    Upload.objects.create(workspace=workspace, origin="browser", filename="a.mp4", size=1, remote_id=MEDIA_ID)
    with django_capture_on_commit_callbacks(execute=True):
        apply(workspace, MEDIA_ID, said())
        assert heard_topics() == []
    assert heard_topics() == [["harbor", "media", f"media:{MEDIA_ID}", "uploads"]]


def test_an_id_that_no_media_can_have_is_refused(workspace):
    for name in ("", "x" * 65):
        with pytest.raises(ValueError, match="No media"):
            apply(workspace, name, said())


def test_an_event_with_the_whole_media_that_lacks_what_we_hold_applies_and_has_fastpix_asked(workspace):
    apply(workspace, MEDIA_ID, said())
    lacking = {key: value for key, value in FULL.items() if key not in ("metadata", "mp4Support")}
    apply(workspace, MEDIA_ID, said("event", {**lacking, "title": "Quay"}, 60))
    media = row(workspace)
    assert (media.title, media.metadata, media.unsettled) == ("Quay", {"project": "spring"}, True)


def test_a_marked_row_is_due_at_once(workspace):
    apply(workspace, MEDIA_ID, said())
    apply(workspace, MEDIA_ID, said("event", {"status": "Ready"}, 1))
    media = row(workspace)
    assert (media.unsettled, media.ask_at - at(0)) == (True, timedelta(seconds=1))
    assert media.status == "processing"
