from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from media_app import importing
from media_app.fields import microseconds
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


def test_each_media_that_came_in_is_told_by_its_id(workspace, fastpix, monkeypatch, django_capture_on_commit_callbacks):
    """An open list fetches only what it heard of; a bare "media" beside a change of a shown row would be lost on it."""
    told = []
    monkeypatch.setattr(importing.push, "_publish", lambda words: told.extend(words.split("\n")))
    with django_capture_on_commit_callbacks(execute=True):
        run(workspace, fastpix)
    assert {f"media:m-{number:03}" for number in range(120)} <= set(told)


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


@pytest.mark.parametrize("deleted", [1, 10, 70])
def test_as_many_deleted_as_created_meanwhile_hide_nothing(workspace, fastpix, deleted):
    def swap():
        if len(fastpix.asked) == 2:
            for name in list(fastpix.media)[:deleted]:
                del fastpix.media[name]
                fastpix.holds(f"new-{name}", createdAt=f"2026-05-21T12:00:{int(name[2:]) % 60:02}Z")

    fastpix.when_asked = swap
    run(workspace, fastpix)
    assert set(Media.objects.values_list("remote_id", flat=True)) >= set(fastpix.media)
    assert len(fastpix.media) == 120


def test_a_library_that_shrinks_below_where_the_walk_stands_is_still_read_to_its_end(workspace, fastpix):
    fastpix.when_asked = lambda: [fastpix.media.pop(name) for name in list(fastpix.media)[:15]]
    assert run(workspace, fastpix) is None
    assert ImportRun.objects.get().state == "done"


def test_every_page_begins_with_something_read_and_brings_most_of_what_was_not():
    read, pages = 0, 0
    while read < 10_000:
        limit, page = importing._window(read)
        assert (page - 1) * limit <= max(0, read - 1)
        assert page * limit > read
        read, pages = page * limit, pages + 1
    assert pages < 1.25 * 10_000 / importing.PAGE


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
    stood = {"read": 100, "reached": microseconds(datetime(2026, 5, 20, 12, 1, 39, tzinfo=UTC)), "added": 100}
    ImportRun.objects.update(total=120, leased_by="dead", leased_until=lapsed, next_try_at=lapsed, **stood)
    cache.clear()
    assert importing.overdue() == [workspace.pk]
    assert importing.import_existing(workspace, client_of=fastpix.client_of) is None
    assert len(fastpix.asked) == 1
    assert 20 <= Media.objects.count() <= 50
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
    assert (run_now.read, run_now.leased_by, run_now.state) == (0, "another", "everything")
