"""A worker at a bulk job, against FastPix on a socket that fails where the test says."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from media_app import budget
from media_app.models import BulkItem, BulkJob, Media
from media_app.services import bulk, bulk_turns
from tests.media_app.bulk_shelf import due, gone, order, placed, proved, states, stock, stock_one, turns
from workspace_app.models import TimelineEntry


@pytest.fixture
def docks(harbor):
    """The workspace, connected to the far side, with credentials that have proved themselves."""
    cache.clear()
    return proved(harbor)


def deletes(far):
    return [media_id for method, media_id in far.changed if method == "DELETE"]


def test_every_media_is_deleted_once_and_told_in_its_history(docks, far, editor):
    media = stock(docks, far, 5)
    job = turns(order(docks, editor.user, media))
    assert job.state == "done"
    assert job.finished_at
    assert states(job) == ["done"] * 5
    assert sorted(deletes(far)) == sorted(one.remote_id for one in media)
    assert gone() == 5
    told = TimelineEntry.objects.filter(verb="deleted", area="media")
    assert told.count() == 5
    assert {line.actor for line in told} == {editor.user}


def test_media_that_were_not_chosen_stay(docks, far, editor):
    chosen, kept = stock(docks, far, 2)
    turns(order(docks, editor.user, [chosen]))
    assert set(far.media) == {kept.remote_id}


def test_what_the_mirror_knows_to_be_gone_is_skipped_without_asking(docks, far, editor):
    one, two = stock(docks, far, 2)
    job = order(docks, editor.user, [one, two])
    Media.objects.filter(pk=one.pk).update(gone=True)
    assert states(turns(job)) == ["skipped", "done"]
    assert far.count("DELETE", "/v1/on-demand/" + one.remote_id) == 0


def test_what_somebody_deleted_elsewhere_is_skipped_and_nobody_here_is_said_to_have_done_it(docks, far, editor):
    one, two = stock(docks, far, 2)
    job = order(docks, editor.user, [one, two])
    del far.media[one.remote_id]
    assert states(turns(job)) == ["skipped", "done"]
    assert job.items.get(remote_id=one.remote_id).result == "FastPix no longer had it."
    assert gone() == 2
    assert not TimelineEntry.objects.filter(verb="deleted", object_id=one.remote_id).exists()


def test_a_404_that_proves_nothing_fails_the_item_and_leaves_its_row(harbor, far, editor):
    """RELIABILITY 30: credentials that never showed this workspace may be of another one."""
    cache.clear()
    media = stock(harbor, far, 1)
    job = order(harbor, editor.user, media)
    far.media.clear()
    assert states(turns(job)) == ["failed"]
    assert gone() == 0


def test_after_a_lost_answer_it_looks_first_and_deletes_nothing_twice(docks, far, editor):
    """RELIABILITY 25: the reply of a change lost."""
    media = stock(docks, far, 3)
    job = order(docks, editor.user, media)
    far.api.extend(["ok", "lost"])
    job = turns(job)
    assert states(job) == ["done", "doing", "waiting"]
    assert job.trouble.startswith("FastPix broke off the connection")
    assert job.next_try_at > timezone.now()
    due(job)
    cache.clear()
    job = turns(job)
    assert states(job) == ["done"] * 3
    assert job.trouble == ""
    assert len(deletes(far)) == 3
    assert far.count("DELETE", "/v1/on-demand/" + media[1].remote_id) == 0, "but for the one that was never answered"


def test_an_item_found_begun_that_fastpix_did_not_do_is_done_then(docks, far, editor):
    media = stock(docks, far, 1)
    job = order(docks, editor.user, media)
    job.items.update(state="doing")
    assert states(turns(job)) == ["done"]
    assert len(deletes(far)) == 1


def test_an_item_found_begun_whose_deletion_a_webhook_told_needs_no_call(docks, far, editor):
    media = stock(docks, far, 1)
    job = order(docks, editor.user, media)
    job.items.update(state="doing")
    Media.objects.update(gone=True)
    assert states(turns(job)) == ["done"]
    assert far.calls == []


def test_while_fastpix_is_away_the_job_waits_says_so_and_goes_on(docks, far, editor):
    """RELIABILITY 24 and 26, for bulk jobs."""
    media = stock(docks, far, 3)
    job = order(docks, editor.user, media)
    far.api.extend(["ok", "503"])
    job = turns(job)
    assert job.state == "running"
    assert job.trouble == "FastPix has trouble of its own (status 503).", "it tries again by itself"
    assert job.leased_until is None, "its place is free for others"
    assert bulk_turns.work(job.pk, placed(job)) == "", "its moment has not come"
    due(job)
    cache.clear()
    assert states(turns(job)) == ["done"] * 3
    assert len(deletes(far)) == 3


def test_retry_after_is_waited_for_and_nobody_else_asks_meanwhile(docks, far, editor):
    """RELIABILITY 23, for bulk jobs."""
    job = order(docks, editor.user, stock(docks, far, 2))
    far.api.append("429:120")
    job = turns(job)
    assert 100 < (job.next_try_at - timezone.now()).total_seconds() <= 120
    assert states(job) == ["waiting", "waiting"], "FastPix refused it, so nothing was begun"
    assert not budget.spend(docks)


def test_a_retry_after_of_hours_is_capped(docks, far, editor):
    """RELIABILITY 23, for bulk jobs."""
    job = order(docks, editor.user, stock(docks, far, 1))
    far.api.append("429:9999")
    job = turns(job)
    assert (job.next_try_at - timezone.now()).total_seconds() <= 300


def test_refused_credentials_stop_the_job_and_fail_no_item(docks, far, editor):
    """RELIABILITY 27, for bulk jobs."""
    job = order(docks, editor.user, stock(docks, far, 2))
    far.api.append("401")
    job = turns(job)
    assert states(job) == ["waiting", "waiting"]
    assert job.trouble.endswith("Store a valid pair in the workspace's settings."), "only a person can help"


def test_a_refusal_of_one_media_fails_it_with_the_sentence_and_the_others_go_on(docks, far, editor):
    job = order(docks, editor.user, stock(docks, far, 3))
    far.api.extend(["ok", "400"])
    job = turns(job)
    assert job.state == "done"
    assert states(job) == ["done", "failed", "done"]
    assert job.items.get(state="failed").result.startswith("FastPix refused this (status 400)")


def test_trouble_with_one_media_alone_fails_it_at_last_and_holds_up_nobody(docks, far, editor):
    job = order(docks, editor.user, stock(docks, far, 2))
    job.items.filter(pk=job.items.order_by("pk")[0].pk).update(tries=bulk_turns.MOST_TRIES - 1)
    far.api.extend(["ok", "500", "ok"])
    job = turns(job)
    assert states(job) == ["failed", "done"]


def test_the_minutes_budget_is_kept_and_something_is_left_for_others(docks, far, editor, monkeypatch):
    monkeypatch.setattr(budget, "A_MINUTE_SANDBOX", 8)
    job = turns(order(docks, editor.user, stock(docks, far, 10)))
    assert states(job).count("done") == 6
    assert job.state == "running"
    assert job.trouble == ""
    assert bulk.line(job).rests
    assert budget.spend(docks)


def test_a_failed_item_alone_is_tried_again(docks, far, editor):
    media = stock(docks, far, 3)
    job = order(docks, editor.user, media)
    far.api.extend(["ok", "400"])
    turns(job)
    assert bulk.retry_failed(job) == 1
    assert states(turns(job)) == ["done"] * 3
    assert sorted(deletes(far)) == sorted(one.remote_id for one in media)
    assert bulk.retry_failed(job) == 0


def test_a_job_that_is_not_over_is_not_tried_again(docks, far, editor):
    job = order(docks, editor.user, stock(docks, far, 1))
    job.items.update(state="failed")
    assert bulk.retry_failed(job) == 0


def test_a_cancelled_job_begins_nothing_more(docks, far, editor):
    job = order(docks, editor.user, stock(docks, far, 3))
    bulk.cancel(job, by=editor.user)
    job = turns(job)
    assert job.state == "cancelled"
    assert job.cancelled_by_name == str(editor.user)
    assert states(job) == ["cancelled"] * 3
    assert far.calls == []


def test_a_cancelled_job_settles_what_was_begun_and_does_not_begin_it_again(docks, far, editor):
    media = stock(docks, far, 3)
    job = order(docks, editor.user, media)
    job.items.filter(remote_id__in=[media[0].remote_id, media[1].remote_id]).update(state="doing")
    del far.media[media[0].remote_id]
    BulkJob.objects.update(state="running")
    bulk.cancel(job, by=editor.user)
    assert states(turns(job)) == ["done", "cancelled", "cancelled"]
    assert deletes(far) == []


def test_a_message_that_comes_twice_is_followed_once(docks, far, editor):
    """RELIABILITY 39, for bulk jobs: rung twice, worked on once; the ticket of a turn that was is nobody's."""
    job = order(docks, editor.user, stock(docks, far, 2))
    ticket = placed(job)
    following = bulk_turns.work(job.pk, ticket, seconds=0)
    assert following
    assert bulk_turns.work(job.pk, ticket) == ""
    assert far.calls == []
    assert bulk_turns.work(job.pk, following) == ""
    assert states(job) == ["done", "done"]


def test_a_worker_that_lost_its_lease_writes_nothing(docks, far, editor):
    """Between FastPix's answer and our write the job went to another: that one will look what became of the item."""
    job = order(docks, editor.user, stock(docks, far, 2))

    def asleep(workspace):
        BulkJob.objects.update(leased_by="another")
        return budget.asking_client(workspace)

    bulk_turns.work(job.pk, placed(job), client_of=asleep)
    assert states(job) == ["waiting", "waiting"], "its lease was gone before it began"
    assert BulkJob.objects.get().leased_by == "another"
    assert far.changed == []


def test_only_so_many_jobs_have_a_place_and_a_dead_workers_job_gets_another(docks, far, editor):
    jobs = [order(docks, editor.user, stock(docks, far, 1)) for _ in range(bulk_turns.AT_ONCE + 1)]
    rung = []

    def ring(job_id, ticket):
        assert BulkJob.objects.get(pk=job_id).leased_by == ticket
        rung.append(job_id)

    assert bulk_turns.admit(ring) == bulk_turns.AT_ONCE
    assert bulk_turns.admit(ring) == 0
    BulkJob.objects.filter(pk=jobs[0].pk).update(leased_by="dead", leased_until=bulk_turns.leases.until(-1))
    assert bulk_turns.admit(ring) == 1
    assert rung == [jobs[0].pk, jobs[1].pk, jobs[0].pk]


def test_an_edit_is_merged_with_what_fastpix_holds_now(docks, far, editor):
    media = stock_one(docks, far, "Film", metadata={"show": "old", "season": "1", "note": "keep"})
    far.media[media.remote_id]["metadata"]["late"] = "somebody else's"
    change = {"put": {"show": "new"}, "remove": ["season"], "creator": "desk-4"}
    job = turns(order(docks, editor.user, [media], "edit", **change))
    assert states(job) == ["done"]
    held = {"show": "new", "note": "keep", "late": "somebody else's"}
    assert far.bodies == [{"metadata": held, "creatorId": "desk-4"}]
    media.refresh_from_db()
    assert (media.metadata, media.creator_id) == (held, "desk-4")
    line = TimelineEntry.objects.get(object_id=media.remote_id, verb="edited")
    assert line.actor == editor.user
    assert line.details["edited"] == {
        "creatorId": [None, "desk-4"],
        "metadata.show": ["old", "new"],
        "metadata.season": ["1", None],
    }
    assert line.details["job"] == str(job.public_id)


def test_an_edit_that_changes_nothing_sends_nothing(docks, far, editor):
    media = stock_one(docks, far, "Film", metadata={"show": "new"})
    job = turns(order(docks, editor.user, [media], "edit", put={"show": "new"}))
    assert far.changed == []
    assert job.items.get().result == "It was so already."
    assert not TimelineEntry.objects.filter(verb="edited").exists()


def test_what_fastpix_would_drop_is_refused_for_that_media_alone(docks, far, editor):
    full = stock_one(docks, far, "Full", metadata={f"key {number}": "x" for number in range(10)})
    free = stock_one(docks, far, "Free")
    job = turns(order(docks, editor.user, [full, free], "edit", put={"show": "new"}))
    assert states(job) == ["failed", "done"]
    assert job.items.get(state="failed").result == "11 pairs. FastPix keeps 10 and drops the rest."
    assert [media_id for _, media_id in far.changed] == [free.remote_id]


def test_an_edit_whose_answer_was_lost_is_compared_and_not_sent_again(docks, far, editor):
    """RELIABILITY 25: the reply of a change lost."""
    media = stock_one(docks, far, "Film")
    job = order(docks, editor.user, [media], "edit", put={"show": "new"})
    far.api.extend(["ok", "lost"])
    assert states(turns(job)) == ["doing"]
    due(job)
    cache.clear()
    assert states(turns(job)) == ["done"]
    assert len(far.bodies) == 1
    line = TimelineEntry.objects.get(verb="edited", actor=editor.user)
    assert line.details["edited"] == {"metadata.show": [None, "new"]}, "it was known before FastPix was asked"
    media.refresh_from_db()
    assert media.metadata == {"show": "new"}


def test_an_edit_whose_answer_was_lost_does_not_undo_what_somebody_changed_since(docks, far, editor):
    media = stock_one(docks, far, "Film", metadata={"show": "old"})
    job = order(docks, editor.user, [media], "edit", put={"show": "new"})
    far.api.extend(["ok", "lost"])
    turns(job)
    far.media[media.remote_id]["metadata"] = {"show": "theirs"}
    due(job)
    cache.clear()
    assert states(turns(job)) == ["failed"]
    assert "Changed elsewhere meanwhile, so it is left as it is now: show." in job.items.get().result
    assert len(far.bodies) == 1
    bulk.retry_failed(job)
    assert states(turns(job)) == ["done"]
    assert far.media[media.remote_id]["metadata"] == {"show": "new"}


def test_an_edit_of_what_is_gone_is_skipped(docks, far, editor):
    media = stock_one(docks, far, "Film")
    job = order(docks, editor.user, [media], "edit", put={"show": "new"})
    far.media.clear()
    assert states(turns(job)) == ["skipped"]
    assert gone() == 1


def test_an_answer_about_another_workspace_stops_the_job(docks, far, editor):
    media = stock_one(docks, far, "Film", workspaceId="somebody-elses")
    job = turns(order(docks, editor.user, [media], "edit", put={"show": "new"}))
    assert states(job) == ["waiting"]
    assert "another workspace" in job.trouble
    assert far.changed == []


def test_a_turn_ends_in_time_and_the_next_goes_on(docks, far, editor):
    job = order(docks, editor.user, stock(docks, far, 2))
    assert bulk_turns.work(job.pk, placed(job), seconds=0)
    assert states(job) == ["waiting", "waiting"]
    assert states(turns(job)) == ["done", "done"]


def test_every_state_of_an_item_is_counted(docks, far, editor):
    job = order(docks, editor.user, stock(docks, far, len(BulkItem.State.values)))
    for item, state in zip(job.items.all(), BulkItem.State.values, strict=True):
        BulkItem.objects.filter(pk=item.pk).update(state=state)
    progress = bulk.line(job).progress
    assert progress.total == len(BulkItem.State.values)
    assert progress.settled == 3
