from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from fastpix_api import NotFound, Unauthorized
from media_app import budget, reconcile
from media_app.models import Media, Upload
from tests.media_app.fastpix_model import BOUND, Model
from workspace_app.models import TimelineEntry, Workspace

ONE = "media-1"


@pytest.fixture(autouse=True)
def _calm():
    cache.clear()


@pytest.fixture
def fastpix(workspace):
    """The model, with the workspace bound and its Token ID proved."""
    Workspace.objects.filter(pk=workspace.pk).update(remote_id=BOUND, proved_token_id=workspace.token_id)
    workspace.refresh_from_db()
    return Model()


def put(workspace, remote_id=ONE, **fields):
    now = timezone.now()
    values = {"status": "processing", "created_at": now - timedelta(seconds=40), "known_at": now - timedelta(minutes=9)}
    return Media.objects.create(workspace=workspace, remote_id=remote_id, **(values | fields))


def marked(workspace, remote_id=ONE, **fields):
    return put(workspace, remote_id, unsettled=True, ask_at=timezone.now() - timedelta(seconds=1), **fields)


def ask_unsettled(fastpix):
    return reconcile.ask_unsettled(client_of=fastpix.client_of)


def test_a_marked_row_is_asked_about_once_and_settles(workspace, fastpix):
    media = marked(workspace)
    fastpix.holds(ONE, title="Quay")
    assert ask_unsettled(fastpix) == 1
    media.refresh_from_db()
    assert (media.title, media.status, media.unsettled, media.ask_at) == ("Quay", "ready", False, None)
    assert ask_unsettled(fastpix) == 0


def test_a_row_another_worker_claimed_is_left_to_it(workspace, fastpix):
    media = marked(workspace)
    Media.objects.filter(pk=media.pk).update(ask_at=timezone.now() + timedelta(seconds=5))
    assert not reconcile._claim(media)


def test_while_fastpix_is_silent_the_row_stays_marked_and_asking_backs_off_to_five_minutes(workspace, fastpix):
    media = marked(workspace)
    fastpix.status = 503
    waits = []
    for _round in range(7):
        cache.clear()
        Media.objects.update(ask_at=timezone.now() - timedelta(seconds=1))
        ask_unsettled(fastpix)
        media.refresh_from_db()
        waits.append(round((media.ask_at - timezone.now()).total_seconds(), -1))
    assert waits == [10, 20, 40, 80, 160, 300, 300]
    assert media.unsettled


def test_one_silence_ends_the_pass_and_the_next_waits(workspace, fastpix):
    marked(workspace, "a")
    marked(workspace, "b")
    fastpix.status = 500
    assert ask_unsettled(fastpix) == 1
    assert ask_unsettled(fastpix) == 0


def test_being_told_to_wait_is_waiting(workspace, fastpix):
    marked(workspace)
    fastpix.status, fastpix.retry_after = 429, 120
    ask_unsettled(fastpix)
    fastpix.status = 200
    Media.objects.update(ask_at=timezone.now())
    assert ask_unsettled(fastpix) == 0


def test_a_change_that_crosses_with_the_answer_is_asked_again(workspace, fastpix):
    media = marked(workspace)
    fastpix.holds(ONE)

    def cross():
        if len(fastpix.asked) == 1:
            Media.objects.filter(pk=media.pk).update(version=media.version + 1)

    fastpix.when_asked = cross
    reconcile.ask(media, client=fastpix.client_of(workspace))
    assert len(fastpix.asked) == 2
    media.refresh_from_db()
    assert not media.unsettled


def test_a_404_by_id_is_a_deletion_when_the_workspace_can_still_be_listed(workspace, fastpix):
    """RELIABILITY 30: what FastPix deleted becomes a tombstone."""
    media = marked(workspace)
    ask_unsettled(fastpix)
    media.refresh_from_db()
    assert (media.gone, media.unsettled) == (True, False)
    assert TimelineEntry.objects.get(object_id=ONE).verb == "missed"


@pytest.mark.parametrize("trouble", ["never proved", "list refused", "other workspace"])
def test_a_404_is_no_deletion_when_the_credentials_prove_nothing(workspace, fastpix, trouble):
    """RELIABILITY 30: a 404 alone proves no deletion."""
    media = marked(workspace)
    if trouble == "never proved":
        Workspace.objects.filter(pk=workspace.pk).update(proved_token_id="older")
    elif trouble == "list refused":
        fastpix.status_by_id, fastpix.status = 404, 401
        fastpix.answer = lambda name, query: (404 if name else 401, {"success": False, "error": {"code": 0}})
    else:
        fastpix.holds("someone-elses", workspaceId="another")
    ask_unsettled(fastpix)
    media.refresh_from_db()
    assert (media.gone, media.unsettled) == (False, True)


def test_wrong_credentials_tombstone_nothing(workspace, fastpix):
    """RELIABILITY 27: a wrong token empties no library."""
    media = marked(workspace)
    fastpix.status = 401
    with pytest.raises(Unauthorized):
        reconcile.ask(media, client=fastpix.client_of(workspace))
    media.refresh_from_db()
    assert not media.gone


def test_an_answer_about_another_workspace_is_refused(workspace, fastpix):
    media = marked(workspace)
    fastpix.holds(ONE, workspaceId="another")
    with pytest.raises(Unauthorized):
        reconcile.ask(media, client=fastpix.client_of(workspace))
    media.refresh_from_db()
    assert media.status == "processing"


def test_a_person_is_asked_before_more_of_a_library_is_taken_for_deleted(workspace, fastpix):
    for number in range(30):
        marked(workspace, f"lost-{number}")
    ask_unsettled(fastpix)
    assert Media.objects.filter(gone=True).count() == 20
    assert TimelineEntry.objects.filter(verb="missing_stopped").count() == 1
    person = Media.objects.select_related("workspace").filter(gone=False).first()
    reconcile.ask(person, by="call", client=fastpix.client_of(workspace))
    assert Media.objects.filter(gone=True).count() == 21


def test_a_person_hears_that_a_404_proves_nothing(workspace, fastpix):
    media = marked(workspace)
    Workspace.objects.filter(pk=workspace.pk).update(proved_token_id="older")
    workspace.refresh_from_db()
    with pytest.raises(NotFound):
        reconcile.ask(Media.objects.get(pk=media.pk), by="call", client=fastpix.client_of(workspace))


def test_what_is_not_final_is_polled_and_what_is_final_is_not(workspace, fastpix):
    for remote_id, status in (("a", "processing"), ("b", "ready"), ("c", "failed"), ("d", "a new word")):
        put(workspace, remote_id, status=status)
        fastpix.holds(remote_id)
    assert reconcile.poll_open(workspace, client_of=fastpix.client_of) == 2
    assert set(fastpix.asked) == {"a", "d"}
    assert reconcile.poll_open(workspace, client_of=fastpix.client_of) == 0


def test_an_old_media_is_polled_less_often():
    seconds = [round(reconcile.pause_before(timedelta(seconds=age)).total_seconds()) for age in (1, 40, 120, 500, 700)]
    assert seconds == [5, 10, 30, 60, 300]


def test_a_poll_does_not_hurry_what_was_heard_of_just_now(workspace, fastpix):
    put(workspace, known_at=timezone.now())
    assert reconcile.poll_open(workspace, client_of=fastpix.client_of) == 0


def sent(workspace):
    return Upload.objects.create(
        workspace=workspace,
        origin="browser",
        filename="a.mp4",
        size=1,
        state="sent",
        remote_id="upload-1",
        sent_at=timezone.now() - timedelta(seconds=30),
    )


def test_an_upload_that_fastpix_does_not_know_is_not_yet_a_media(workspace, fastpix):
    sent(workspace)
    assert reconcile.poll_open(workspace, client_of=fastpix.client_of) == 1
    assert not Media.objects.exists()
    assert reconcile.poll_open(workspace, client_of=fastpix.client_of) == 0


def test_an_upload_whose_events_were_missed_brings_its_media_by_a_poll(workspace, fastpix):
    sent(workspace)
    fastpix.holds("upload-1", title="Harbour")
    reconcile.poll_open(workspace, client_of=fastpix.client_of)
    assert Media.objects.get(remote_id="upload-1").title == "Harbour"
    assert reconcile.poll_open(workspace, client_of=fastpix.client_of) == 0


def test_the_list_call_that_proves_a_deletion_is_on_the_same_account(workspace, fastpix, monkeypatch):
    monkeypatch.setattr(budget, "A_MINUTE_SANDBOX", 4)
    for number in range(5):
        marked(workspace, f"m-{number}")
    assert ask_unsettled(fastpix) == 2, "each took a GET by its id and a list call"
    assert len(fastpix.asked) == 4
    assert Media.objects.filter(gone=True).count() == 2


def test_the_budget_of_a_minute_is_kept(workspace, fastpix):
    Workspace.objects.filter(pk=workspace.pk).update(sandbox=False)
    for number in range(70):
        fastpix.holds(f"m-{number}")
        marked(workspace, f"m-{number}")
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        assert ask_unsettled(fastpix) == 60
        assert ask_unsettled(fastpix) == 0
