"""Handing a file to the console in a real Chromium, on a line that breaks; a worker's turn brings it on."""

import hashlib

import pytest
from playwright.sync_api import expect

from media_app.models import Upload
from media_app.services import handed_files, handed_folder, transfers
from media_app.tasks import clear_handed
from tests.media_app.views.test_upload_story import LONG, MIB, film, harbor, person, workspace  # noqa: F401 - fixtures

pytestmark = [pytest.mark.flow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.HANDED_DIR = tmp_path / "handed"
    return settings.HANDED_DIR


@pytest.fixture
def handing(person):  # noqa: F811
    """The person, who has chosen the road through the console."""
    person.page.get_by_label("Way to FastPix").select_option("console")
    return person


@pytest.fixture
def line(handing):
    """Call it with the most kB/s this page may send, or with 0 for none at all."""
    network = handing.page.context.new_cdp_session(handing.page)
    network.send("Network.enable")

    def carries(kilobytes):
        limits = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": kilobytes * 1000}
        network.send("Network.emulateNetworkConditions", limits | {"offline": not kilobytes})

    return carries


def sent_on(upload):
    while transfers.work(upload.pk, "worker", seconds=60):
        pass
    upload.refresh_from_db()
    return upload


def test_a_handed_file_shows_both_steps_and_arrives_byte_for_byte(handing, far, film, folder):  # noqa: F811
    file, sha256 = film()
    handing.chooses(file).waits(lambda: Upload.objects.filter(state="waiting").exists())
    upload = Upload.objects.get()
    assert (upload.origin, upload.handed, far.calls) == ("handed", upload.size, [])
    handing.sees("film.mp4", "Starts when a place is free")
    far.seconds_a_chunk = 0.3
    assert transfers.work(upload.pk, "worker", seconds=0.1)
    handing.page.reload()
    handing.sees("film.mp4", "Step 2 of 2: from the console to FastPix")
    assert sent_on(upload).state == "sent"
    assert far.stored(upload.remote_id) == sha256
    assert list(folder.iterdir()) == []


def test_a_handed_file_survives_offline_and_a_reload(handing, far, film, line):  # noqa: F811
    """RELIABILITY 33: offline and a reload, for files handed to the console."""
    file, sha256 = film(40 * MIB)
    line(4000)
    handing.chooses(file).sees("film.mp4", "Step 1 of 2")
    handing.waits(lambda: Upload.objects.get().handed > 0)
    line(0)
    handing.sees("film.mp4", "Offline")
    line(4000)
    kept = Upload.objects.get().handed
    handing.waits(lambda: Upload.objects.get().handed > kept)
    handing.page.reload()
    handing.sees("film.mp4", "Choose the same file again")
    kept = Upload.objects.get().handed
    handing.chooses(file).waits(lambda: Upload.objects.get().state == "waiting")
    upload = Upload.objects.get()
    assert 0 < kept < upload.handed == upload.size
    assert far.stored(sent_on(upload).remote_id) == sha256


def test_pause_resume_and_cancel_while_a_file_is_handed_over(handing, film, folder, line):  # noqa: F811
    file, _ = film(40 * MIB)
    line(3000)
    handing.chooses(file).sees("film.mp4", "Step 1 of 2")
    handing.page.get_by_role("button", name="Pause film.mp4").click()
    handing.sees("film.mp4", "handed to the console")
    handing.waits(lambda: Upload.objects.get().state == "paused")
    handing.page.get_by_role("button", name="Resume film.mp4").click()
    handing.sees("film.mp4", "Step 1 of 2")
    handing.page.get_by_role("button", name="Cancel film.mp4").click()
    handing.sees("film.mp4", "Cancelled")
    handing.waits(lambda: not list(folder.iterdir()))
    assert Upload.objects.get().state == "cancelled"


def test_what_the_console_does_not_take_says_why(handing, film, settings):  # noqa: F811
    settings.HANDED_MAX_BYTES = MIB
    film(2 * MIB, "large.mp4")
    file, _ = film(0, "empty.mp4")
    handing.chooses(file.parent / "large.mp4", file)
    handing.sees("large.mp4", "The console takes files up to 1.0 MB")
    handing.sees("empty.mp4", "The file is empty")


def test_a_proxy_that_takes_less_at_once_gets_smaller_pieces(handing, film, monkeypatch):  # noqa: F811
    monkeypatch.setattr(handed_files, "LARGEST_PIECE", 300 * 1024)
    file, sha256 = film(3 * MIB)
    handing.chooses(file).waits(lambda: Upload.objects.filter(state="waiting").exists())
    copy = handed_folder.open_copy(Upload.objects.get().public_id)
    assert hashlib.sha256(copy.read()).hexdigest() == sha256
    copy.close()


def test_what_was_given_up_leaves_the_page_in_order(handing, film, line):  # noqa: F811
    file, _ = film(40 * MIB)
    line(3000)
    handing.chooses(file).sees("film.mp4", "Step 1 of 2")
    handing.waits(lambda: Upload.objects.get().handed > 0)
    handing.page.reload()
    Upload.objects.update(leased_until=None, updated_at="2026-01-01T00:00:00Z")
    clear_handed()
    handing.page.reload()
    handing.sees("film.mp4", "Cancelled")
    handing.sees("film.mp4", "so the console removed its copy")
    expect(handing.row("film.mp4").get_by_role("button")).to_have_count(0, timeout=LONG)
