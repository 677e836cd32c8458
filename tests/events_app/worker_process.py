"""Real workers of the `events` queue on the test's own database and broker."""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.stack import Process, clean_environment


class Workers:
    """Starts workers, or anything else that `celery` starts, and ends them with the test."""

    def __init__(self, folder):
        database = connection.settings_dict
        postgres = (
            f"postgres://postgres@{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}/{database['NAME']}"
        )
        self.folder = folder
        self.environment = clean_environment(
            DATABASE_URL=f"sqlite:///{database['NAME']}" if connection.vendor == "sqlite" else postgres,
            REDIS_URL=settings.REDIS_URL,
            DATA_DIR=folder / "data",
            SECRET_KEY=settings.SECRET_KEY,
            FIELD_ENCRYPTION_KEYS=",".join(settings.FIELD_ENCRYPTION_KEYS),
            SANDBOX=0,
            DJANGO_SETTINGS_MODULE="fastpix_console.settings",
        )
        self._started = []

    def start(self, processes=2):
        """A worker as the product starts it, with so many processes."""
        options = ["--pool", "prefork", "--concurrency", str(processes), "--without-mingle", "--without-gossip"]
        return self._run("worker", "worker", "-Q", "events", *options, "--loglevel", "WARNING")

    def beat(self, number):
        """The schedule, on a folder of its own as on another machine."""
        schedule = self.folder / f"schedule-{number}"
        return self._run(f"beat-{number}", "beat", "--pidfile=", "-s", schedule, "--loglevel", "WARNING")

    def close(self):
        for process in self._started:
            kill(process)

    def _run(self, name, *argv):
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "fastpix_console.celery"]
        process = Process([*celery, *argv], self.folder / f"{name}-{len(self._started)}.log", self.environment)
        self._started.append(process)
        return process


@pytest.fixture
def workers(transactional_db, tmp_path):
    """`workers.start()`, `workers.beat(1)`."""
    started = Workers(tmp_path)
    yield started
    started.close()


def kill(process):
    """SIGKILL to a process and all its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.popen.pid, signal.SIGKILL)
    process.popen.wait()


def children(process):
    """The process ids of a worker's own processes."""
    listed = Path(f"/proc/{process.popen.pid}/task/{process.popen.pid}/children").read_text()
    return [int(pid) for pid in listed.split()]


def wait_until(true, process, *, seconds=60, meanwhile=lambda: None):
    """Return once `true()`; fails with the process's log when that takes too long."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, process.log[-4000:]
        meanwhile()
        time.sleep(0.05)
