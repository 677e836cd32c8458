"""Looking at bulk jobs, cancelling them, having the failed tried again."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from media_app.models import BulkItem, BulkJob
from tests.media_app import bulk_shelf, shelf
from tests.people import make_workspace

HTMX = {"HX-Request": "true"}


@pytest.fixture
def job(workspace, editor):
    media = [shelf.put(workspace, f"film {number}") for number in range(4)]
    return bulk_shelf.order(workspace, editor.user, media, "edit", put={"show": "<b>Harbour</b>"})


def at(client, name, job=None):
    return reverse(f"media:{name}", args=[client.slug, *([job.public_id] if job else [])])


def settled(job, *states):
    for item, state in zip(job.items.order_by("pk"), states, strict=True):
        result = "10 pairs are too many." if state == "failed" else ""
        BulkItem.objects.filter(pk=item.pk).update(state=state, result=result, settled_at=timezone.now())


def over(job, state="done"):
    BulkJob.objects.filter(pk=job.pk).update(state=state, finished_at=timezone.now())


def test_the_list_says_who_ordered_what_and_how_far_it_is(viewer, job, editor):
    settled(job, "done", "skipped", "failed", "waiting")
    page = viewer.get(at(viewer, "job_list")).content.decode()
    assert "Edit the metadata of 4 media" in page
    assert f"by {editor.user}" in page
    assert "1 of 4 done" in page
    assert "1 skipped" in page
    assert "1 failed" in page


def test_a_workspace_without_jobs_says_how_to_get_one(viewer):
    assert "No jobs yet" in viewer.get(at(viewer, "job_list")).content.decode()


def test_a_job_shows_each_media_with_its_result_and_what_is_changed(viewer, job):
    settled(job, "done", "skipped", "failed", "waiting")
    page = viewer.get(at(viewer, "job_detail", job)).content.decode()
    assert page.count('<tr id="item-') == 4
    assert "10 pairs are too many." in page
    assert "Set show" in page
    assert "&lt;b&gt;Harbour&lt;/b&gt;" in page


def test_the_items_are_filtered_by_their_state(viewer, job):
    settled(job, "done", "skipped", "failed", "failed")
    page = viewer.get(at(viewer, "job_detail", job) + "?state=failed", headers=HTMX).content.decode()
    assert page.count('<tr id="item-') == 2
    assert "<html" not in page
    everything = viewer.get(at(viewer, "job_detail", job) + "?state=nonsense", headers=HTMX).content.decode()
    assert everything.count('<tr id="item-') == 4


def test_many_items_are_paged(viewer, workspace, editor):
    media = [shelf.put(workspace, f"film {number}") for number in range(60)]
    job = bulk_shelf.order(workspace, editor.user, media)
    first = viewer.get(at(viewer, "job_detail", job))
    assert first.content.decode().count('<tr id="item-') == 50
    older = viewer.get(at(viewer, "job_detail", job) + "?before=" + first.context["page"].older)
    assert older.content.decode().count('<tr id="item-') == 10


def test_a_job_that_waits_for_fastpix_says_why_and_that_it_goes_on(viewer, job):
    waits = {"trouble": "FastPix did not answer in time.", "next_try_at": timezone.now() + timedelta(minutes=1)}
    BulkJob.objects.filter(pk=job.pk).update(state="running", **waits)
    page = viewer.get(at(viewer, "job_state", job)).content.decode()
    assert "FastPix did not answer in time." in page
    assert "It goes on by itself" in page


def test_cancelling_stops_what_has_not_begun(editor, job):
    page = editor.post(at(editor, "job_cancel", job), headers=HTMX)
    assert "Stopping" in page.content.decode()
    job.refresh_from_db()
    assert (job.state, job.cancelled_by_name) == ("stopping", str(editor.user))


def test_a_job_that_is_over_cannot_be_cancelled(editor, job):
    over(job)
    editor.post(at(editor, "job_cancel", job), headers=HTMX)
    job.refresh_from_db()
    assert job.state == "done"


def test_the_failed_alone_are_tried_again(editor, job):
    settled(job, "done", "skipped", "failed", "done")
    over(job)
    assert "Try the 1 failed again" in editor.get(at(editor, "job_detail", job)).content.decode()
    editor.post(at(editor, "job_retry", job), headers=HTMX)
    assert bulk_shelf.states(job) == ["done", "skipped", "waiting", "done"]
    job.refresh_from_db()
    assert (job.state, job.finished_at) == ("waiting", None)


def test_without_htmx_an_act_leads_back_to_the_job(editor, job):
    assert editor.post(at(editor, "job_cancel", job))["Location"] == at(editor, "job_detail", job)


def test_a_viewer_sees_no_acts_and_may_do_none(viewer, job):
    page = viewer.get(at(viewer, "job_detail", job)).content.decode()
    assert "Cancel the rest" not in page
    assert viewer.post(at(viewer, "job_cancel", job)).status_code == 403
    assert viewer.post(at(viewer, "job_retry", job)).status_code == 403


@pytest.mark.parametrize("name", ["job_detail", "job_state"])
def test_the_job_of_another_workspace_is_not_there(viewer, name):
    foreign = BulkJob.objects.create(workspace=make_workspace("other"), kind="delete", created_by_name="Eve")
    assert viewer.get(at(viewer, name, foreign)).status_code == 404
    foreign.public_id = uuid.uuid4()
    assert viewer.get(at(viewer, name, foreign)).status_code == 404


def test_the_library_tells_of_running_jobs_and_of_ones_own_that_ended_just_now(viewer, editor, job):
    assert "0 of 4 done" in viewer.get(at(viewer, "job_progress")).content.decode()
    settled(job, "done", "done", "done", "failed")
    over(job)
    assert "3 of 4 done" in editor.get(at(editor, "job_progress")).content.decode()
    assert "hidden" in viewer.get(at(viewer, "job_progress")).content.decode()
    BulkJob.objects.update(finished_at=timezone.now() - timedelta(minutes=6))
    assert "hidden" in editor.get(at(editor, "job_progress")).content.decode()
