"""The whole product as real processes on free ports, started the way a person starts it: by the supervisor.

The sandbox alone, and a PostgreSQL database for one run, too.
"""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

import psycopg
import requests

from tests.redis_server import free_port
from tests.requirement import POSTGRES

ROOT = Path(__file__).parent.parent
# What a test run, or a person, has set for other purposes must not leak into a stack
FOREIGN = (
    "DATA_DIR", "DATABASE_URL", "REDIS_URL", "PORT", "SANDBOX_PORT", "SANDBOX", "PUBLIC_URL", "SECRET_KEY",
    "FIELD_ENCRYPTION_KEYS", "IMPORT_DIR", "TRUSTED_PROXIES", "CONSOLE_ADMIN_EMAIL", "CONSOLE_ADMIN_PASSWORD",
    "SANDBOX_TOKEN_ID", "SANDBOX_SECRET_KEY", "SANDBOX_WEBHOOK_SECRET", "SANDBOX_WEBHOOK_URL", "DJANGO_SETTINGS_MODULE",
    "FASTPIX_CONSOLE_RUN",
)  # fmt: skip


def clean_environment(**values):
    """This process's environment without the console's own variables, plus `values` (None leaves a name out)."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {name: str(value) for name, value in (kept | values).items() if value is not None}


class Process:
    """A program in a session of its own, with what it printed."""

    def __init__(self, argv, log_file, environment):
        self.log_file = Path(log_file)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as output:
            self.popen = subprocess.Popen(
                [str(part) for part in argv],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def log(self):
        """Everything it printed so far."""
        return self.log_file.read_text(errors="replace")

    def wait_for(self, url, *, seconds):
        """Return once `url` answers 200; fails with the log when that takes too long or the process ends."""
        deadline = time.monotonic() + seconds
        said = ""
        while time.monotonic() < deadline:
            if self.popen.poll() is not None:
                raise AssertionError(f"it ended with {self.popen.returncode}:\n{self.log[-4000:]}")
            try:
                answer = requests.get(url, timeout=5)
                if answer.status_code == 200:
                    return
                said = answer.text[:1000]
            except requests.RequestException as error:
                said = str(error)
            time.sleep(0.2)
        raise AssertionError(f"{url} did not answer 200 within {seconds} s ({said}):\n{self.log[-4000:]}")

    def stop(self, number=signal.SIGTERM, *, seconds=15):
        """Ask it to stop and return its exit code; after `seconds` it is killed and this fails."""
        if self.popen.poll() is None:
            self.popen.send_signal(number)
        try:
            return self.popen.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.popen.pid, signal.SIGKILL)
            self.popen.wait()
            raise AssertionError(f"it did not stop within {seconds} s:\n{self.log[-4000:]}") from None


class Stack:
    """The console, its workers, Redis and sandbox. `admin` is (e-mail, password); further variables by keyword."""

    admin = ("ada@example.com", "a long enough pass phrase")

    def __init__(self, folder, **variables):
        self.folder = Path(folder)
        self.data_dir = self.folder / "data"
        self.import_dir = self.data_dir / "import"
        self.port, self.sandbox_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.sandbox_url = f"http://127.0.0.1:{self.sandbox_port}"
        self.environment = clean_environment(
            DATA_DIR=self.data_dir,
            PORT=self.port,
            SANDBOX_PORT=self.sandbox_port,
            CONSOLE_ADMIN_EMAIL=self.admin[0],
            CONSOLE_ADMIN_PASSWORD=self.admin[1],
        )
        for name, value in variables.items():
            self.environment[name] = str(value)
            if value is None:
                del self.environment[name]
        self.process = None

    def start(self, *, ready=True, seconds=120):
        """Start it; with `ready` return only once /readyz answers 200."""
        argv = [sys.executable, "-m", "fastpix_console.up"]
        self.process = Process(argv, self.folder / "stack.log", self.environment)
        if ready:
            self.process.wait_for(f"{self.url}/readyz", seconds=seconds)
        return self

    @property
    def log(self):
        """Everything its processes printed."""
        return self.process.log if self.process else ""

    @property
    def children(self):
        """Name → pid of what runs now."""
        listed = json.loads((self.data_dir / "run" / "children.json").read_text())["children"]
        return {child["name"]: child["pid"] for child in listed}

    @property
    def run(self):
        """The word that marks every process of the run."""
        return json.loads((self.data_dir / "run" / "children.json").read_text())["run"]

    def kill(self, name):
        """Kill the child of that name (`web`, `events`, `calls`, `transfers`, `beat`, `sandbox`, `valkey`)."""
        os.killpg(self.children[name], signal.SIGKILL)

    def stop(self, number=signal.SIGTERM):
        """Stop everything; returns the exit code."""
        return self.process.stop(number) if self.process else 0


@contextmanager
def postgres_database(prefix="fp_stack"):
    """A fresh database at TEST_PG for the time of the block; yields its DATABASE_URL."""
    name = f"{prefix}_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{POSTGRES.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=5) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


class Sandbox:
    """The sandbox alone. Token ID and Secret Key are both "sandbox"."""

    token_id = secret_key = "sandbox"

    def __init__(self, folder, **variables):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.api_url = f"{self.url}/v1"
        environment = clean_environment(DATA_DIR=folder, SANDBOX_PORT=port, PYTHONUNBUFFERED=1, **variables)
        self.process = Process([sys.executable, "-m", "sandbox"], Path(folder) / "sandbox.log", environment)
        self.process.wait_for(f"{self.url}/healthz", seconds=30)

    @property
    def log(self):
        """Everything it printed."""
        return self.process.log

    def switch(self, **positions):
        """Turn switches: webhooks="dropped", api="slow:3", storage="drop:2" (sandbox/switches.py lists all)."""
        requests.post(f"{self.url}/_sandbox/switches", json=positions, timeout=5).raise_for_status()

    def seed(self, media, *, events=False):
        """Make so many finished media without files; `events`: each told by video.media.ready."""
        body = {"media": media, "events": events}
        requests.post(f"{self.url}/_sandbox/seed", json=body, timeout=300).raise_for_status()

    def stop(self):
        """Stop it; returns the exit code."""
        return self.process.stop()
