from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from media_app import importing
from media_app.models import ImportRun, Media
from tests.media_app.fastpix_model import BOUND, Model
from workspace_app.models import TimelineEntry


@pytest.fixture(autouse=True)
def _calm():
    cache.clear()


@pytest.fixture
def fastpix(workspace):
    model = Model()
    for number in range(120):
        model.holds(
            f"m-{number:03}", title=f"Film {number}", createdAt=f"2026-05-20T12:{number // 60:02}:{number % 60:02}Z"
        )
    return model


def run(workspace, fastpix, **settings):
    importing.order(workspace)
    return importing.import_existing(workspace, client_of=fastpix.client_of, **settings)


def test_a_library_comes_in_whole_and_binds_the_workspace(workspace, fastpix):
    assert run(workspace, fastpix) is None
    assert Media.objects.filter(workspace=workspace).count() == 120
    workspace.refresh_from_db()
    assert (workspace.remote_id, workspace.proved_token_id) == (BOUND, workspace.token_id)
    assert TimelineEntry.objects.get(verb="imported").details == {"added": 120}
    assert TimelineEntry.objects.count() == 1


def test_it_goes_on_where_it_stopped(workspace, fastpix):
    fastpix.when_asked = lambda: setattr(fastpix, "status", 503 if len(fastpix.asked) == 1 else 200)
    assert run(workspace, fastpix) == 10
    assert Media.objects.count() == 50
    assert importing.progress(workspace) == importing.Progress(read=50, total=120, added=50, newest=False)
    assert run(workspace, fastpix) is None, "not due yet"
    cache.clear()
    ImportRun.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    fastpix.status = 200
    assert run(workspace, fastpix) is None
    assert Media.objects.count() == 120
    assert importing.progress(workspace) is None


def test_what_is_deleted_meanwhile_hides_nothing(workspace, fastpix):
    def delete_the_first_ten():
        if len(fastpix.asked) == 1:
            for name in list(fastpix.media)[:10]:
                del fastpix.media[name]

    fastpix.when_asked = delete_the_first_ten
    run(workspace, fastpix)
    assert Media.objects.count() == 120


def test_rows_that_exist_are_not_written_but_marked_where_they_differ(workspace, fastpix):
    same = Media.objects.create(workspace=workspace, remote_id="m-000", title="Film 0", status="ready")
    other = Media.objects.create(workspace=workspace, remote_id="m-001", title="Older name", status="ready")
    for media in (same, other):
        Media.objects.filter(pk=media.pk).update(created_at=f"2026-05-20T12:00:0{media.remote_id[-1]}Z")
    run(workspace, fastpix)
    same.refresh_from_db()
    other.refresh_from_db()
    assert (same.unsettled, other.unsettled, other.title) == (False, True, "Older name")


def test_a_tombstone_that_fastpix_lists_is_asked_about_and_revived(workspace, fastpix):
    buried = Media.objects.create(
        workspace=workspace, remote_id="m-007", gone=True, gone_at=timezone.now() - timedelta(minutes=1)
    )
    run(workspace, fastpix)
    buried.refresh_from_db()
    assert (buried.gone, buried.title) == (False, "Film 7")


def test_a_library_of_another_workspace_is_refused(workspace, fastpix):
    workspace.remote_id = "bound-to-this"
    workspace.save()
    assert run(workspace, fastpix) is None
    assert not Media.objects.exists()
    assert TimelineEntry.objects.get().verb == "import_refused"


def test_after_a_whole_import_the_next_looks_at_the_newest_only(workspace, fastpix):
    run(workspace, fastpix)
    fastpix.asked.clear()
    fastpix.holds("m-new", title="Film 120", createdAt="2026-05-21T12:00:00Z")
    assert run(workspace, fastpix) is None
    assert Media.objects.filter(remote_id="m-new").exists()
    assert len(fastpix.asked) == 2, "the newest page, and one without anything new"
    assert [entry.details["added"] for entry in TimelineEntry.objects.order_by("pk")] == [120, 1]


def test_one_page_without_anything_new_is_enough(workspace, fastpix):
    run(workspace, fastpix)
    fastpix.asked.clear()
    run(workspace, fastpix)
    assert len(fastpix.asked) == 1


def test_an_import_that_was_never_through_walks_everything_again(workspace, fastpix):
    fastpix.holds("z", workspaceId="another")
    run(workspace, fastpix)
    assert ImportRun.objects.get().state == "refused"
    del fastpix.media["z"]
    run(workspace, fastpix)
    assert (ImportRun.objects.get().state, Media.objects.count()) == ("done", 120)


def test_a_second_order_while_one_runs_changes_nothing(workspace, fastpix):
    assert importing.order(workspace)
    assert not importing.order(workspace)
    importing.withdraw(workspace)
    assert importing.progress(workspace) is None
    assert importing.order(workspace)


def test_the_import_of_a_dead_worker_goes_on_from_its_page_without_redis(workspace, fastpix):
    importing.order(workspace)
    lapsed = timezone.now() - timedelta(minutes=1)
    ImportRun.objects.update(page=3, added=100, total=120, leased_by="dead", leased_until=lapsed, next_try_at=lapsed)
    cache.clear()
    assert importing.overdue() == [workspace.pk]
    assert importing.import_existing(workspace, client_of=fastpix.client_of) is None
    assert (len(fastpix.asked), Media.objects.count()) == (1, 20)
    assert importing.overdue() == []


def test_two_workers_never_walk_at_once(workspace, fastpix):
    importing.order(workspace)
    ImportRun.objects.update(leased_by="another", leased_until=timezone.now() + timedelta(minutes=1))
    assert importing.import_existing(workspace, client_of=fastpix.client_of) is None
    assert fastpix.asked == []
    assert importing.overdue() == []


def test_a_worker_that_lost_its_turn_writes_no_place(workspace, fastpix):
    importing.order(workspace)
    fastpix.when_asked = lambda: ImportRun.objects.update(leased_by="another")
    assert importing.import_existing(workspace, client_of=fastpix.client_of) is None
    run_now = ImportRun.objects.get()
    assert (run_now.page, run_now.leased_by, run_now.state) == (1, "another", "everything")
