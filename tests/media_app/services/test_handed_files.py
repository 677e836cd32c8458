import hashlib
import io
import os
from datetime import timedelta

import pytest
from django.utils import timezone

from media_app.models import Upload
from media_app.services import browser_uploads, handed_files, handed_folder, transfers, uploads
from media_app.services.media_settings import Asked
from media_app.services.uploads import UploadProblem
from media_app.tasks import clear_handed

DATA = os.urandom(3 * 1024**2 + 77)
SIZE = len(DATA)
TAB = "tab-one-1"
FILE = {
    "filename": "harbour.mp4",
    "size": len(DATA),
    "fingerprint": "a" * 64,
    "content_type": "video/mp4",
    "asked": Asked({"accessPolicy": "public"}),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.HANDED_DIR = tmp_path / "handed"
    return settings.HANDED_DIR


@pytest.fixture
def upload(harbor, editor):
    return handed_files.begin(harbor, editor.user, FILE)[0]


def hand(upload, offset=0, until=SIZE, tab=TAB):
    body = io.BytesIO(DATA[offset:until])
    return handed_files.take(upload, tab, offset=offset, length=until - offset, read=body.read)


def whole(upload):
    assert handed_files.open_for_tab(upload, TAB) == 0
    assert hand(upload) == (len(DATA), "waiting")
    upload.refresh_from_db()
    return upload


def refusal(call, *args, **kwargs):
    with pytest.raises(UploadProblem) as refused:
        call(*args, **kwargs)
    return refused.value


def test_a_handed_file_arrives_byte_for_byte_and_the_copy_goes(far, upload, folder):
    """RELIABILITY 34: the name on the console's disk is its own."""
    assert handed_files.open_for_tab(upload, TAB) == 0
    assert hand(upload, 0, 1024**2) == (1024**2, "receiving")
    assert hand(upload, 1024**2) == (len(DATA), "waiting")
    [copy] = folder.iterdir()
    assert (copy.name, copy.stat().st_mode & 0o777) == (upload.public_id.hex, 0o600)
    rung = []
    assert transfers.admit(rung.append) == 1
    assert transfers.work(upload.pk, "a") is False
    upload.refresh_from_db()
    assert (upload.state, upload.leased_by) == ("sent", "")
    assert far.stored(upload.remote_id) == hashlib.sha256(DATA).hexdigest()
    assert list(folder.iterdir()) == []


def test_no_worker_takes_a_file_that_the_console_does_not_have_yet(upload):
    assert transfers.admit(lambda pk: None) == 0
    assert transfers.work(upload.pk, "a") is False


def test_a_piece_sent_twice_or_too_early_changes_nothing(upload):
    handed_files.open_for_tab(upload, TAB)
    hand(upload, 0, 1000)
    assert refusal(hand, upload, 0, 1000).reason == "offset"
    assert refusal(hand, upload, 2000, 3000).reason == "offset"
    assert handed_files.open_for_tab(upload, TAB) == 1000


def test_what_came_of_a_broken_piece_counts(upload):
    handed_files.open_for_tab(upload, TAB)
    cut = io.BytesIO(DATA[:700])
    assert handed_files.take(upload, TAB, offset=0, length=5000, read=cut.read) == (700, "receiving")
    assert hand(upload, 700) == (len(DATA), "waiting")


def test_the_same_file_goes_on_after_a_reload_and_two_tabs_never_mix(harbor, editor, upload):
    """RELIABILITY 35: two tabs, for files handed to the console."""
    handed_files.open_for_tab(upload, TAB)
    hand(upload, 0, 1000)
    assert handed_files.begin(harbor, editor.user, FILE) == (upload, True)
    assert browser_uploads.begin(harbor, editor.user, FILE) == (upload, True), "whatever way the page says now"
    assert refusal(handed_files.open_for_tab, upload, "tab-two-2").reason == "busy"
    assert refusal(hand, upload, 1000, tab="tab-two-2").reason == "busy"
    Upload.objects.update(leased_until=None)
    assert handed_files.open_for_tab(upload, "tab-two-2") == 1000
    assert refusal(hand, upload, 1000).reason == "busy"


def test_a_larger_file_than_the_limit_is_refused_with_the_limit(harbor, editor, settings):
    settings.HANDED_MAX_BYTES = 2 * 1000**2
    refused = refusal(handed_files.begin, harbor, editor.user, FILE)
    assert refused.sentence == "The console takes files up to 2.0 MB. Send this one straight to FastPix."
    assert not Upload.objects.exists()


def test_a_file_is_refused_where_the_disk_has_no_room_beside_those_promised(harbor, editor, upload, settings):
    settings.HANDED_MAX_BYTES = 5 * 1024**4
    too_much = handed_folder.room() - len(DATA) // 2
    refused = refusal(handed_files.begin, harbor, editor.user, FILE | {"size": too_much, "fingerprint": "b" * 64})
    assert (refused.reason, refused.status) == ("room", 507)


def test_a_full_disk_stops_the_file_and_says_so(upload):
    handed_files.open_for_tab(upload, TAB)

    def full(_size):
        raise OSError(28, "No space left on device")

    refused = refusal(handed_files.take, upload, TAB, offset=0, length=1000, read=full)
    upload.refresh_from_db()
    assert (refused.status, upload.state, upload.error) == (507, "stopped", refused.sentence)
    assert "disk is full" in refused.sentence
    assert handed_files.open_for_tab(upload, TAB) == 0


def test_the_disks_reserve_is_left_to_the_database_also_while_a_file_comes(upload, monkeypatch):
    handed_files.open_for_tab(upload, TAB)
    hand(upload, 0, 1000)
    monkeypatch.setattr(handed_folder, "RESERVE", handed_folder.room() + handed_folder.RESERVE - 500)
    assert "disk is full" in refusal(hand, upload, 1000).sentence
    monkeypatch.undo()
    assert handed_files.open_for_tab(upload, TAB) == 1000


def test_a_web_process_killed_at_the_last_byte_leaves_no_file_that_nobody_goes_on_with(upload, monkeypatch):
    handed_files.open_for_tab(upload, TAB)

    def killed(*_args, **_kwargs):
        raise SystemExit

    monkeypatch.setattr(handed_files.uploads, "write", killed)
    monkeypatch.setattr(handed_files.uploads, "record", killed)
    with pytest.raises(SystemExit):
        hand(upload)
    upload.refresh_from_db()
    assert (upload.state, upload.handed) == ("waiting", SIZE)
    assert transfers.admit(lambda pk: None) == 1


def test_a_file_that_waits_for_a_worker_is_kept_however_long_that_takes(upload, folder):
    whole(upload)
    Upload.objects.update(updated_at=timezone.now() - timedelta(hours=100))
    clear_handed()
    upload.refresh_from_db()
    assert upload.state == "waiting"
    assert [path.name for path in folder.iterdir()] == [upload.public_id.hex]


def test_pause_and_resume_go_back_to_the_step_it_was_in(editor, upload):
    handed_files.open_for_tab(upload, TAB)
    hand(upload, 0, 1000)
    assert uploads.pause(upload, by=editor.user)
    assert refusal(hand, upload, 1000).reason == "paused"
    assert uploads.resume(upload, by=editor.user)
    upload.refresh_from_db()
    assert upload.state == "receiving"
    hand(upload, 1000)
    assert uploads.pause(upload, by=editor.user)
    assert uploads.resume(upload, by=editor.user)
    upload.refresh_from_db()
    assert upload.state == "waiting"


def test_cancel_removes_the_copy(editor, upload, folder):
    handed_files.open_for_tab(upload, TAB)
    hand(upload, 0, 1000)
    assert uploads.cancel(upload, by=editor.user)
    assert list(folder.iterdir()) == []
    assert refusal(hand, upload, 1000).reason == "cancelled"


def test_a_copy_that_changed_is_told_and_not_sent(far, upload, folder):
    whole(upload)
    (folder / upload.public_id.hex).write_bytes(b"another film")
    transfers.work(upload.pk, "a")
    upload.refresh_from_db()
    assert upload.state == "stopped"
    assert "changed" in upload.error
    assert far.complete == []


def test_a_copy_that_vanished_is_told_and_choosing_the_file_again_mends_it(far, harbor, editor, upload, folder):
    whole(upload)
    assert refusal(handed_files.open_for_tab, upload, TAB).reason == "handed"
    (folder / upload.public_id.hex).unlink()
    transfers.work(upload.pk, "a")
    upload.refresh_from_db()
    assert upload.state == "stopped"
    assert "Choose the same file again" in upload.error
    assert handed_files.begin(harbor, editor.user, FILE) == (upload, True)
    whole(upload)
    transfers.work(upload.pk, "b")
    upload.refresh_from_db()
    assert far.stored(upload.remote_id) == hashlib.sha256(DATA).hexdigest()


def test_what_nobody_goes_on_with_is_given_up_and_strays_are_removed(upload, folder):
    handed_files.open_for_tab(upload, TAB)
    hand(upload, 0, 1000)
    old = timezone.now() - timedelta(hours=73)
    stray = folder / "00000000000040008000000000000001"
    stray.write_bytes(b"left by a crash")
    for path in folder.iterdir():
        os.utime(path, (old.timestamp(), old.timestamp()))
    (folder / "notes.txt").write_text("an admin's own")
    clear_handed()
    assert {path.name for path in folder.iterdir()} == {upload.public_id.hex, "notes.txt"}
    Upload.objects.update(updated_at=old)
    clear_handed()  # a tab is at it
    assert Upload.objects.get().state == "receiving"
    Upload.objects.update(leased_until=None)
    clear_handed()
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    gone = Upload.objects.get()
    assert gone.state == "cancelled"
    assert gone.error == "Nobody went on with it for 72 h, so the console removed its copy."


def test_a_tab_that_leaves_in_the_middle_of_a_piece_lets_the_next_one_in_at_once(upload):
    handed_files.open_for_tab(upload, TAB)

    def leaves(_size):
        browser_uploads.leave(upload, TAB)
        return b""

    handed_files.take(upload, TAB, offset=0, length=1000, read=leaves)
    assert handed_files.open_for_tab(upload, "tab-two-2") == 0


def test_the_consoles_road_takes_the_place_of_the_way_straight_to_storage(far, harbor, editor):
    direct = browser_uploads.begin(harbor, editor.user, FILE)[0]
    handed = handed_files.begin(harbor, editor.user, FILE)[0]
    direct.refresh_from_db()
    assert (direct.state, handed.state) == ("cancelled", "receiving")
    assert handed_files.begin(harbor, editor.user, FILE) == (handed, True)


def test_one_that_another_tab_is_just_sending_straight_stays(far, harbor, editor):
    direct = browser_uploads.begin(harbor, editor.user, FILE)[0]
    browser_uploads.open_for_tab(direct, TAB, cors_origin="https://console.example.com")
    handed_files.begin(harbor, editor.user, FILE)
    direct.refresh_from_db()
    assert direct.state == "sending"
