"""Real workers, a real broker, a real SIGKILL."""

import hashlib
import os
import signal
import sys
import time
from contextlib import suppress

import pytest
from django.conf import settings as django_settings
from django.db import connection

from media_app.models import Upload
from media_app.services import transfers
from media_app.services.media_settings import Asked
from media_app.tasks import sweep_transfers
from media_app.tasks.transfers import wake
from tests.stack import Process, clean_environment

ASKED = Asked({"accessPolicy": "public", "maxResolution": "1080p", "mediaQuality": "standard"})
SIZE = 48 * 1024**2


@pytest.fixture
def worker(far, import_folder, tmp_path, transactional_db):
    """Starts a worker of the transfers queue on this test's database, broker, folder and far side."""
    database = connection.settings_dict
    postgres = f"postgres://postgres@{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}/{database['NAME']}"
    environment = clean_environment(
        DATABASE_URL=f"sqlite:///{database['NAME']}" if connection.vendor == "sqlite" else postgres,
        REDIS_URL=django_settings.REDIS_URL,
        DATA_DIR=tmp_path / "data",
        IMPORT_DIR=import_folder,
        SECRET_KEY=django_settings.SECRET_KEY,
        FIELD_ENCRYPTION_KEYS=",".join(django_settings.FIELD_ENCRYPTION_KEYS),
        SANDBOX_PORT=far.address.rpartition(":")[2],
        DJANGO_SETTINGS_MODULE="fastpix_console.settings",
    )
    started = []

    def start():
        argv = [sys.executable, "-m", "celery", "-A", "fastpix_console", "worker", "-Q", "transfers", "-c", "1"]
        process = Process([*argv, "--without-mingle", "--without-gossip"], tmp_path / "worker.log", environment)
        started.append(process)
        return process

    yield start
    for process in started:
        kill(process)


def kill(process):
    with suppress(ProcessLookupError):
        os.killpg(process.popen.pid, signal.SIGKILL)
    process.popen.wait()


def wait_until(true, process, seconds, meanwhile=lambda: None):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return
        meanwhile()
        time.sleep(0.1)
    raise AssertionError(process.log[-3000:])


@pytest.mark.slow
def test_a_killed_workers_file_goes_on_where_storage_says_within_a_minute(worker, far, harbor, editor, import_folder):
    """RELIABILITY 33 and 37, for transfers: SIGKILL loses no byte and sends none of those kept again."""
    data = os.urandom(SIZE)
    (import_folder / "film.mp4").write_bytes(data)
    far.seconds_a_chunk = 0.7
    [upload], _ = transfers.start(harbor, editor.user, ["film.mp4"], ASKED)
    wake()
    first = worker()
    wait_until(lambda: Upload.objects.get(pk=upload.pk).offset > 0, first, 30)
    kill(first)
    killed_at, kept = time.monotonic(), Upload.objects.get(pk=upload.pk).offset
    assert 0 < kept < SIZE
    far.seconds_a_chunk = 0.0
    second = worker()
    wait_until(lambda: Upload.objects.get(pk=upload.pk).state == "sent", second, 75, meanwhile=lambda: _beat(killed_at))
    upload.refresh_from_db()
    assert far.stored(upload.remote_id) == hashlib.sha256(data).hexdigest()
    assert len(far.sessions) == 1
    assert time.monotonic() - killed_at < 60
    assert upload.session_url == ""
    assert "canary-" not in first.log + second.log


def _beat(since, every=15, state={"last": 0.0}):  # noqa: B006 - one beat for the whole run
    if time.monotonic() - state["last"] >= every:
        state["last"] = time.monotonic()
        sweep_transfers()
