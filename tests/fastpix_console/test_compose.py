"""docker-compose.yml proved without Docker: each service's own command runs as a plain process and becomes healthy.

Host names become ports of this machine, /data a folder; nothing else of a service is changed.
"""

import re
import sys

import pytest
import requests
import yaml

from fastpix_console.up.plan import CONCURRENCY
from tests import redis_server
from tests.redis_server import free_port
from tests.requirement import postgres_answers
from tests.stack import ROOT, Process, clean_environment, postgres_database

GIVEN = {
    "POSTGRES_PASSWORD": "a-password",
    "SANDBOX": "1",
    "SANDBOX_WEBHOOK_SECRET": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "CONSOLE_ADMIN_EMAIL": "ada@example.com",
    "CONSOLE_ADMIN_PASSWORD": "a long enough pass phrase",
}
OURS = {"prepare", "web", "worker-events", "worker-calls", "worker-transfers", "beat", "sandbox"}


def services():
    """The services as Compose sees them with GIVEN in .env."""
    text = (ROOT / "docker-compose.yml").read_text()
    text = re.sub(r"\$\{(\w+)(?::([-?])([^}]*))?\}", _value, text)
    return yaml.safe_load(text)["services"]


def _value(match):
    name, kind, default = match.groups()
    assert name in GIVEN or kind == "-", f"{name} has no default"
    return GIVEN.get(name, default or "")


class Machine:
    """Runs services as processes of this machine."""

    def __init__(self, folder, database_url):
        self.folder, self.database_url = folder, database_url
        self.ports = {"8000": free_port(), "8100": free_port(), "6379": free_port()}
        self.running = {}

    def start(self, name, service):
        argv = [self._here(part) for part in service["command"]]
        if argv[0] == "valkey-server":
            argv = [redis_server.binary(), *argv[1:], "--port", self.ports["6379"], "--dir", self.folder]
        elif argv[0] == "python":
            argv[0] = sys.executable
        environment = {key: self._here(str(value)) for key, value in service.get("environment", {}).items()}
        data = self.folder / ("sandbox" if name == "sandbox" else "data")
        environment = clean_environment(PYTHONUNBUFFERED=1, **environment | {"DATA_DIR": data})
        if "SANDBOX_PORT" not in environment:
            environment["SANDBOX_PORT"] = str(self.ports["8100"])
        self.running[name] = Process(argv, self.folder / f"{name}.log", environment)
        return self.running[name]

    def _here(self, text):
        text = text.replace("postgres://console:a-password@postgres:5432/console", self.database_url)
        text = text.replace("redis://redis:", "redis://127.0.0.1:").replace("0.0.0.0", "127.0.0.1")
        for port, here in self.ports.items():
            text = re.sub(rf"\b{port}\b", str(here), text)
        return text

    def stop(self):
        for process in reversed(self.running.values()):
            process.stop()


@pytest.fixture
def machine(tmp_path, require):
    if not postgres_answers():
        require.missing("postgres")
    (tmp_path / "data").mkdir()
    with postgres_database("fp_compose") as url:
        machine = Machine(tmp_path, url)
        yield machine
        machine.stop()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_every_service_starts_by_its_own_command_and_becomes_healthy(machine):
    described = services()
    assert set(described) == OURS | {"postgres", "redis"}
    machine.start("redis", described["redis"])
    prepared = machine.start("prepare", described["prepare"])
    assert prepared.popen.wait(timeout=90) == 0, prepared.log
    assert "Sign in as ada@example.com" in prepared.log
    for name in sorted(OURS - {"prepare"}):
        machine.start(name, described[name])
    url, sandbox = (f"http://127.0.0.1:{machine.ports[port]}" for port in ("8000", "8100"))
    machine.running["sandbox"].wait_for(f"{sandbox}/healthz", seconds=60)
    machine.running["web"].wait_for(f"{url}/healthz", seconds=90)
    machine.running["web"].wait_for(f"{url}/readyz", seconds=90)
    for name in OURS - {"prepare"}:
        assert machine.running[name].popen.poll() is None, machine.running[name].log
    hosts = requests.get(f"{url}/accounts/login/", timeout=10)
    assert hosts.status_code == 200


def test_only_this_machine_reaches_a_published_port():
    for service in services().values():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")


def test_the_database_is_never_published_and_its_password_has_no_default():
    assert "ports" not in services()["postgres"]
    assert "ports" not in services()["redis"]
    assert "${POSTGRES_PASSWORD:?" in (ROOT / "docker-compose.yml").read_text()


def test_the_workers_of_compose_listen_to_every_queue_there_is():
    listened = [
        part["command"][part["command"].index("-Q") + 1]
        for part in services().values()
        if "-Q" in part.get("command", [])
    ]
    assert sorted(listened) == sorted(CONCURRENCY)
