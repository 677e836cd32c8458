from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from media_app import budget, importing, reconcile, sweeping
from media_app.models import ImportRun, Media, SweepRun
from tests.media_app.fastpix_model import BOUND, Model
from tests.people import make_workspace
from workspace_app.fastpix import person_asks
from workspace_app.models import TimelineEntry, Workspace


@pytest.fixture(autouse=True)
def _calm():
    cache.clear()


@pytest.fixture
def fastpix(workspace):
    """120 media, all imported, in a workspace that is bound and proved."""
    Workspace.objects.filter(pk=workspace.pk).update(remote_id=BOUND, proved_token_id=workspace.token_id)
    workspace.refresh_from_db()
    model = Model()
    for number in range(120):
        model.holds(f"m-{number:03}", title=f"Film {number}", createdAt=moment(number))
    importing.order(workspace)
    importing.import_existing(workspace, client_of=model.client_of)
    model.asked.clear()
    TimelineEntry.objects.all().delete()
    return model


def moment(number):
    return f"2026-05-20T12:{number // 60:02}:{number % 60:02}Z"


def sweep(workspace, fastpix, **settings):
    return sweeping.sweep(workspace, client_of=fastpix.client_of, **settings)


def settle(workspace, fastpix):
    return reconcile.ask_unsettled(client_of=fastpix.client_of)


def test_a_walk_through_an_unchanged_library_costs_its_pages_and_then_rests(workspace, fastpix):
    assert sweep(workspace, fastpix) == 3
    assert fastpix.asked == ["", "", ""]
    assert not Media.objects.filter(unsettled=True).exists()
    assert not TimelineEntry.objects.exists()
    assert sweep(workspace, fastpix) == 0
    assert SweepRun.objects.get().finished_at is not None


@pytest.mark.parametrize(("page", "rest"), [(1, 45), (20, 200), (400, 600)])
def test_the_rest_grows_with_the_library_but_not_for_ever(workspace, fastpix, page, rest):
    sweep(workspace, fastpix)
    # a last page without anything on it, and nothing of ours that it could lack
    SweepRun.objects.update(page=page, next_try_at=None, reached=2**60)
    fastpix.media.clear()
    sweep(workspace, fastpix)
    wait = SweepRun.objects.get().next_try_at - timezone.now()
    assert timedelta(seconds=rest - 10) < wait <= timedelta(seconds=rest)


def test_an_edit_without_an_event_is_found_and_told(workspace, fastpix):
    edited = (timezone.now() - timedelta(minutes=5)).isoformat()
    fastpix.holds("m-070", title="New name", createdAt=moment(70), updatedAt=edited)
    assert sweep(workspace, fastpix) == 2, "it gives way to the row that waits"
    assert settle(workspace, fastpix) == 1
    assert Media.objects.get(remote_id="m-070").title == "New name"
    entry = TimelineEntry.objects.get()
    assert (entry.verb, entry.object_id) == ("missed", "m-070")
    assert entry.details["note"].startswith("missed: video.media.updated, found by poll ")
    assert entry.details["seconds"] == pytest.approx(300, abs=10)
    assert sweep(workspace, fastpix) == 1


@pytest.mark.parametrize("names", [["m-000"], ["m-049", "m-050"], ["m-119"], ["m-100", "m-003"]])
def test_a_deletion_without_an_event_is_found_wherever_it_is(workspace, fastpix, names):
    for name in names:
        del fastpix.media[name]
    sweep(workspace, fastpix)
    assert sorted(Media.objects.filter(gone=True).values_list("remote_id", flat=True)) == sorted(names)
    entries = TimelineEntry.objects.filter(object_id__in=names)
    assert {(entry.verb, entry.details["note"]) for entry in entries} == {
        ("missed", "missed: video.media.deleted, found by poll")
    }


def test_a_deletion_soon_after_the_row_was_settled_is_found_too(workspace, fastpix):
    Media.objects.filter(remote_id="m-050").update(settled_at=timezone.now() - timedelta(seconds=20))
    del fastpix.media["m-050"]
    sweep(workspace, fastpix)
    assert Media.objects.get(remote_id="m-050").gone


def test_a_deletion_in_the_middle_of_a_walk_buries_nothing_else(workspace, fastpix):
    def delete_ten():
        if len(fastpix.asked) == 1:
            for number in range(10):
                del fastpix.media[f"m-{number:03}"]

    fastpix.when_asked = delete_ten
    sweep(workspace, fastpix)
    assert not Media.objects.filter(gone=True).exclude(remote_id__lt="m-010").exists()


def test_what_came_without_an_event_comes_in_and_is_told(workspace, fastpix):
    fastpix.holds("m-new", title="Unheard of", createdAt="2026-05-21T12:00:00Z")
    sweep(workspace, fastpix)
    assert Media.objects.filter(remote_id="m-new").exists()
    assert TimelineEntry.objects.get().details["note"].startswith("missed: video.media.created, found by poll")


def test_a_library_that_nobody_imported_is_not_imported_by_stealth(workspace, fastpix):
    ImportRun.objects.update(whole_at=None)
    fastpix.holds("m-new", createdAt="2026-05-21T12:00:00Z")
    sweep(workspace, fastpix)
    assert not Media.objects.filter(remote_id="m-new").exists()


def test_the_place_is_kept_and_the_walk_goes_on_from_it(workspace, fastpix):
    fastpix.when_asked = lambda: setattr(fastpix, "status", 503)
    assert sweep(workspace, fastpix) == 1
    assert SweepRun.objects.get().page == 2
    cache.clear()
    fastpix.status, fastpix.when_asked = 200, lambda: None
    del fastpix.media["m-060"]
    sweep(workspace, fastpix)
    assert Media.objects.get(remote_id="m-060").gone


def test_credentials_that_show_an_empty_workspace_bury_nothing(workspace, fastpix):
    Workspace.objects.filter(pk=workspace.pk).update(token_id="another-token")
    workspace.refresh_from_db()
    fastpix.media.clear()
    sweep(workspace, fastpix)
    assert not Media.objects.filter(gone=True).exists()
    assert fastpix.asked == [""]


def test_credentials_of_another_workspace_bury_and_mark_nothing(workspace, fastpix):
    """RELIABILITY 27: another workspace's credentials empty no library."""
    fastpix.media = {"theirs": {"id": "theirs", "workspaceId": "another", "status": "Ready"}}
    sweep(workspace, fastpix)
    assert not Media.objects.filter(gone=True).exists()
    assert not Media.objects.filter(remote_id="theirs").exists()
    assert sweep(workspace, fastpix) == 0, "it rests until a person has looked"


def test_refused_credentials_bury_nothing(workspace, fastpix):
    """RELIABILITY 27: refused credentials empty no library."""
    fastpix.status = 401
    sweep(workspace, fastpix)
    assert not Media.objects.filter(gone=True).exists()


def test_too_many_deletions_stop_the_walk_and_ask_a_person(workspace, fastpix):
    fastpix.media = {name: fastpix.media[name] for name in list(fastpix.media)[:60]}
    sweep(workspace, fastpix)
    assert Media.objects.filter(gone=True).count() == 20
    assert TimelineEntry.objects.filter(verb="missing_stopped").count() == 1
    assert sweep(workspace, fastpix) == 0


def test_it_gives_way_to_a_person_to_rows_that_wait_and_to_an_import(workspace, fastpix):
    person_asks(workspace)
    assert sweep(workspace, fastpix) == 0
    cache.clear()
    row = Media.objects.filter(remote_id="m-001")
    row.update(unsettled=True, ask_at=timezone.now())
    assert sweep(workspace, fastpix) == 0
    row.update(unsettled=False, ask_at=None)
    importing.order(workspace)
    assert sweep(workspace, fastpix) == 0
    importing.withdraw(workspace)
    assert sweep(workspace, fastpix) == 3


def test_a_person_who_checks_a_media_is_noticed(workspace, fastpix):
    media = Media.objects.select_related("workspace").get(remote_id="m-001")
    reconcile.ask(media, by="call", client=fastpix.client_of(workspace))
    assert sweep(workspace, fastpix) == 0


def test_it_takes_only_its_share_of_a_minute(workspace, fastpix):
    workspace.sandbox = False
    taken = sum(budget.spare(workspace) for _ in range(40))
    assert taken in (15, 30)  # 30 where the minute turned meanwhile
    assert budget.spend(workspace), "the rest is for what cannot wait"


def test_another_worker_on_the_walk_is_left_alone(workspace, fastpix):
    SweepRun.objects.create(
        workspace=workspace, leased_by="another", leased_until=timezone.now() + timedelta(minutes=1)
    )
    assert sweep(workspace, fastpix) == 0
    assert fastpix.asked == []


def test_every_workspace_with_credentials_has_its_turn(workspace, fastpix):
    make_workspace("unconnected", token_id="")
    assert sweeping.sweep_all(client_of=fastpix.client_of) == 3
    assert SweepRun.objects.count() == 1
