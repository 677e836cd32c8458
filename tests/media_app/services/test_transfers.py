import hashlib
import logging
import os
from datetime import timedelta

import pytest
import requests
from django.db import connection
from django.utils import timezone

from media_app.models import Upload
from media_app.services import transfers, uploads
from media_app.services.media_settings import Asked
from workspace_app import road
from workspace_app.models import TimelineEntry

ASKED = Asked({"accessPolicy": "public", "maxResolution": "1080p", "mediaQuality": "standard"})
MIB = 1024**2


@pytest.fixture
def film(import_folder):
    """20 MiB that compress badly, and their sha256."""
    data = os.urandom(20 * MIB + 12345)
    (import_folder / "film.mp4").write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def chosen(harbor, editor, *paths):
    begun, problems = transfers.start(harbor, editor.user, list(paths or ["film.mp4"]), ASKED)
    assert problems == []
    return begun[0]


def due_again(upload):
    Upload.objects.filter(pk=upload.pk).update(next_try_at=None)


def entries(upload):
    return set(TimelineEntry.objects.filter(object_id=str(upload.public_id)).values_list("verb", flat=True))


def test_a_file_of_the_folder_arrives_byte_for_byte(far, harbor, editor, film):
    upload = chosen(harbor, editor)
    assert transfers.work(upload.pk, "a") is False
    upload.refresh_from_db()
    assert (upload.state, upload.offset, upload.session_url, upload.leased_by) == ("sent", upload.size, "", "")
    assert far.stored(upload.remote_id) == film
    assert far.uploads[upload.remote_id]["pushMediaSettings"]["title"] == "film"
    assert far.uploads[upload.remote_id]["browser"] is False
    assert {"upload_started", "upload_sent"} <= entries(upload)


def test_cut_lines_refusals_and_lost_answers_change_no_byte(far, harbor, editor, film):
    """RELIABILITY 31, sent by a worker."""
    far.faults.extend(["503", "503", "half", "nothing", "lost", "drop"])
    upload = chosen(harbor, editor)
    transfers.work(upload.pk, "a", seconds=60)
    upload.refresh_from_db()
    assert upload.state == "sent"
    assert far.stored(upload.remote_id) == film


def test_a_turn_ends_in_time_and_the_next_one_goes_on_from_there(far, harbor, editor, film):
    far.seconds_a_chunk = 0.3
    upload = chosen(harbor, editor)
    assert transfers.work(upload.pk, "a", seconds=0.1) is True
    upload.refresh_from_db()
    assert 0 < upload.offset < upload.size
    assert upload.leased_by == transfers.QUEUED
    before = far.count("PUT", "/bucket")
    assert transfers.work(upload.pk, "b", seconds=60) is False
    upload.refresh_from_db()
    assert upload.state == "sent"
    assert len(far.sessions) == 1
    assert far.stored(upload.remote_id) == film
    assert far.count("PUT", "/bucket") - before <= 4


def test_a_turn_ends_in_the_middle_of_a_chunk_that_takes_too_long(far, harbor, editor, film, monkeypatch):
    monkeypatch.setattr(transfers, "TURN_SECONDS", 0.5)
    far.seconds_a_chunk = 3  # the lines' buffers hold less than the chunk of 8 MiB
    upload = chosen(harbor, editor)
    assert transfers.work(upload.pk, "a", seconds=0.5) is True
    upload.refresh_from_db()
    assert (upload.state, upload.offset, upload.error, upload.tries) == ("sending", 0, "", 0)
    far.seconds_a_chunk = 0
    monkeypatch.setattr(transfers, "TURN_SECONDS", 60)
    assert transfers.work(upload.pk, "b") is False
    upload.refresh_from_db()
    assert far.stored(upload.remote_id) == film


def test_a_session_that_storage_forgot_is_replaced_and_the_page_says_so(far, harbor, editor, film):
    """RELIABILITY 32."""
    far.faults.extend(["ok", "gone"])
    upload = chosen(harbor, editor)
    transfers.work(upload.pk, "a")
    upload.refresh_from_db()
    assert (upload.state, upload.offset, upload.session_url) == ("sending", 0, "")
    assert "starts again" in upload.error
    due_again(upload)
    transfers.work(upload.pk, "b")
    upload.refresh_from_db()
    assert upload.state == "sent"
    assert len(far.uploads) == 2
    assert far.stored(upload.remote_id) == film
    assert {"upload_lost", "upload_restarted"} <= entries(upload)


def test_a_session_forgotten_after_the_last_byte_does_not_send_the_file_twice(far, harbor, editor, film):
    upload = chosen(harbor, editor)
    client_says = {"session_url": f"{far.address}/bucket/x?upload_id=forgotten", "remote_id": "whole"}
    Upload.objects.filter(pk=upload.pk).update(**client_says)
    far.media["whole"] = {"id": "whole", "status": "Processing", "createdAt": ""}
    transfers.work(upload.pk, "a")
    upload.refresh_from_db()
    assert (upload.state, len(far.uploads)) == ("sent", 0)


def test_silence_puts_a_file_off_and_a_refusal_stops_it(far, harbor, editor, film):
    far.api.extend(["401"])
    upload = chosen(harbor, editor)
    transfers.work(upload.pk, "a")
    upload.refresh_from_db()
    assert upload.state == "stopped"
    assert "Token ID" in upload.error
    uploads.retry(upload, by=editor.user)
    transfers.work(upload.pk, "b")
    upload.refresh_from_db()
    assert upload.state == "sent"


def test_an_address_outside_the_workspaces_storage_gets_no_byte_and_is_asked_for_once(far, harbor, editor, film):
    harbor.upload_url = "https://storage.googleapis.com"
    harbor.save()
    upload = chosen(harbor, editor)
    assert transfers.work(upload.pk, "a") is False
    upload.refresh_from_db()
    assert upload.state == "stopped"
    assert "Add it as upload storage" in upload.error
    assert (len(far.uploads), far.count("PUT", "/bucket")) == (1, 0)


def test_a_storage_whose_public_name_leads_inside_gets_no_byte(far, harbor, editor, film):
    """RELIABILITY 57: no address leads inside, whatever its name resolves to."""
    inside = far.address.replace("http://127.0.0.1", "https://localhost")
    harbor.sandbox, harbor.upload_url = False, inside
    harbor.save()
    upload = chosen(harbor, editor)
    Upload.objects.filter(pk=upload.pk).update(session_url=f"{inside}/bucket/x?upload_id=1", remote_id="x")
    transfers.work(upload.pk, "a")
    upload.refresh_from_db()
    assert upload.state == "sending"
    assert "The line to storage was cut." in upload.error
    assert far.calls == []
    assert why_no_line(harbor, inside) == "private"


def why_no_line(workspace, address):
    with pytest.raises(requests.ConnectionError) as refused:
        road.to_storage(workspace).get(address, timeout=5)
    return road.why(refused.value)


def test_a_file_that_changed_is_told_and_not_sent(far, harbor, editor, film, import_folder):
    upload = chosen(harbor, editor)
    (import_folder / "film.mp4").write_bytes(b"another film")
    transfers.work(upload.pk, "a")
    upload.refresh_from_db()
    assert upload.state == "stopped"
    assert "changed" in upload.error
    assert far.complete == []


def test_a_file_that_vanished_is_told(far, harbor, editor, film, import_folder):
    upload = chosen(harbor, editor)
    (import_folder / "film.mp4").unlink()
    transfers.work(upload.pk, "a")
    upload.refresh_from_db()
    assert upload.state == "stopped"
    assert "no longer in the import folder" in upload.error


def test_an_empty_file_is_refused_and_a_file_being_sent_is_not_sent_twice(far, harbor, editor, film, import_folder):
    (import_folder / "empty.mp4").touch()
    begun, problems = transfers.start(harbor, editor.user, ["empty.mp4", "film.mp4", "film.mp4", "../x.mp4"], ASKED)
    assert [upload.path for upload in begun] == ["film.mp4"]
    assert problems[0] == "empty.mp4: The file is empty, so there is nothing to send."
    assert problems[1].startswith("x.mp4: That path is not inside")
    assert transfers.start(harbor, editor.user, ["film.mp4"], ASKED) == ([], [])


def test_a_pause_is_kept_by_the_worker_and_resume_goes_on(far, harbor, editor, film):
    far.seconds_a_chunk = 0.2
    upload = chosen(harbor, editor)
    transfers.work(upload.pk, "a", seconds=0.1)
    assert uploads.pause(upload, by=editor.user)
    assert transfers.work(upload.pk, "b") is False
    upload.refresh_from_db()
    assert upload.state == "paused"
    assert uploads.resume(upload, by=editor.user)
    transfers.work(upload.pk, "c", seconds=60)
    upload.refresh_from_db()
    assert upload.state == "sent"
    assert far.stored(upload.remote_id) == film


def test_cancel_tells_fastpix_and_storage(far, harbor, editor, film):
    """RELIABILITY 35: DELETE is sent."""
    far.seconds_a_chunk = 0.2
    upload = chosen(harbor, editor)
    transfers.work(upload.pk, "a", seconds=0.1)
    upload.refresh_from_db()
    assert uploads.cancel(upload, by=editor.user)
    assert far.count("PUT", f"/v1/on-demand/upload/{upload.remote_id}/cancel") == 1
    assert far.count("DELETE", "/bucket") == 1
    assert transfers.work(upload.pk, "b") is False
    upload.refresh_from_db()
    assert (upload.state, upload.session_url) == ("cancelled", "")


def test_the_sessions_address_is_in_no_log_and_in_no_column_as_it_is(far, harbor, editor, film, caplog):
    """RELIABILITY 36: logs and timeline, also of everything that goes wrong on the way."""
    caplog.set_level(logging.DEBUG)
    far.seconds_a_chunk = 0.1
    for fault in ("503", "drop", "gone", "401"):
        far.faults.append(fault)
        upload = chosen(harbor, editor)
        transfers.work(upload.pk, "a", seconds=1)
        upload.refresh_from_db()
        if fault == "503":
            assert "canary-" in upload.session_url
        uploads.cancel(upload, by=editor.user)
    assert "canary-" not in caplog.text
    assert "canary-" not in everything_kept()


def everything_kept():
    """Every row of every table, as the database has it."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += cursor.fetchall()
    assert len(rows) > 20
    return str(rows)


def test_a_worker_that_lost_its_lease_writes_nothing(far, harbor, editor, film):
    upload = chosen(harbor, editor)
    Upload.objects.filter(pk=upload.pk).update(leased_by="other", leased_until=timezone.now() + timedelta(minutes=1))
    assert transfers.work(upload.pk, "a") is False
    assert far.calls == []
    upload.refresh_from_db()
    assert upload.leased_by == "other"


def test_three_files_have_a_place_and_the_next_one_waits(harbor, editor, import_folder):
    for number in range(5):
        (import_folder / f"{number}.mp4").write_bytes(b"film")
    rows, _ = transfers.start(harbor, editor.user, [f"{n}.mp4" for n in range(5)], ASKED)
    rung = []
    assert transfers.admit(rung.append) == 3
    assert transfers.admit(rung.append) == 0
    assert rung == [row.pk for row in rows[:3]]


def test_the_sweep_gives_the_place_of_a_dead_worker_to_the_same_file(harbor, editor, film):
    upload = chosen(harbor, editor)
    dead = {"leased_by": "dead", "leased_until": timezone.now() - timedelta(seconds=1), "state": "sending"}
    Upload.objects.filter(pk=upload.pk).update(**dead)
    rung = []
    transfers.admit(rung.append)
    assert rung == [upload.pk]
