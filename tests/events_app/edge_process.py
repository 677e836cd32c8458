"""The edge as a real server process, on this test's own database and Redis."""

import socket
import sys
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.redis_server import free_port
from tests.requirement import POSTGRES
from tests.stack import Process, clean_environment


def environment(**variables):
    """What makes a process work on this test's database, Redis and keys."""
    name = connection.settings_dict["NAME"]
    database = f"sqlite:///{name}" if connection.vendor == "sqlite" else f"{POSTGRES.rpartition('/')[0]}/{name}"
    known = {"DATA_DIR": settings.DATA_DIR, "DATABASE_URL": database, "REDIS_URL": settings.REDIS_URL}
    return clean_environment(**known | variables)


class EdgeProcess:
    """granian with one worker, started as the supervisor starts it."""

    def __init__(self, folder, app="fastpix_console.asgi:application", *, port=None, **variables):
        self.port = port or free_port()
        self.address = ("127.0.0.1", self.port)
        self.url = f"http://127.0.0.1:{self.port}"
        argv = [Path(sys.executable).parent / "granian", "--interface", "asginl", "--workers", "1", "--no-ws"]
        argv += ["--workers-kill-timeout", "5", "--log-level", "warning", "--port", self.port, app]
        self.process = Process(argv, Path(folder) / "edge.log", environment(**variables))
        self._wait()

    def _wait(self):
        for _ in range(200):
            try:
                socket.create_connection(self.address, 1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.process.log)

    def worker(self):
        """The pid of the process that answers."""
        pid = self.process.popen.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[-1])

    def resident(self):
        """Megabytes of memory it holds."""
        status = Path(f"/proc/{self.worker()}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def raw(self, *parts, seconds=5, pause=0.0):
        """Send these bytes on a connection of its own; returns what came back until it was closed or went silent."""
        with socket.create_connection(self.address, seconds) as connection_:
            for part in parts:
                connection_.sendall(part)
                time.sleep(pause)
            got = b""
            try:
                while data := connection_.recv(65536):
                    got += data
            except (TimeoutError, ConnectionResetError):
                got += b"<silence>"
            return got
