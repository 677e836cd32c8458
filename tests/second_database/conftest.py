"""The run on PostgreSQL goes on beside the first one: both wait for processes more than they work."""

import os
import signal
import subprocess
import sys
import tempfile

import pytest

from tests.requirement import POSTGRES, postgres_answers
from tests.stack import ROOT

# no database in these, or processes with one of their own
SAME_EVERYWHERE = ("contract", "fastpix_api", "fastpix_console/up", "flows", "house", "sandbox", "web")


class Beside:
    """A pytest process of its own; `.end()` waits for it."""

    def __init__(self):
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by stop
        argv = [sys.executable, "-m", "pytest", "-q", "-rfE", "-m", "not flow"]
        argv += [f"--ignore=tests/{folder}" for folder in SAME_EVERYWHERE]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("FP_WHOLE", "PYTEST"))}
        for name in ("DATA_DIR", "REDIS_URL", "DATABASE_URL"):
            environment.pop(name, None)
        self._run = subprocess.Popen(
            argv,
            cwd=ROOT,
            env=environment | {"TEST_DATABASE_URL": POSTGRES},
            stdin=subprocess.DEVNULL,
            stdout=self.said,
            stderr=subprocess.STDOUT,
        )

    def end(self):
        """(exit code, what it printed)."""
        code = self._run.wait()
        self.said.seek(0)
        return code, self.said.read()

    def stop(self):
        if self._run.poll() is None:
            self._run.send_signal(signal.SIGINT)  # as Ctrl-C: it tidies up
        self._run.wait()
        self.said.close()


_beside: list[Beside] = []


def pytest_collection_finish(session):
    wanted = any("second_database" in item.nodeid for item in session.items)
    if wanted and not session.config.option.collectonly and postgres_answers():
        _beside.append(Beside())


def pytest_unconfigure():
    for run in _beside:
        run.stop()


@pytest.fixture
def beside():
    """The run that was started with this one; None where no PostgreSQL answers."""
    return _beside[0] if _beside else None
