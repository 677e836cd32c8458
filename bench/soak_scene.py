"""What the soak stands on: the whole product under its supervisor, a PostgreSQL of its own, and what its sandbox holds.

Everything lies in temporary folders and is gone afterwards.
"""

import contextlib
import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from fastpix_api import FastPix
from tests.redis_server import free_port
from tests.requirement import POSTGRES, postgres_answers
from tests.stack import Stack, postgres_database

# Where Debian and its children put each version of PostgreSQL.
CLUSTERS = Path("/usr/lib/postgresql")


class Cluster:
    """A PostgreSQL server of our own: it can crash and come back without harming anybody else's."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs = folder, programs
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self._as: list[str] = []
        if os.getuid() == 0:
            # PostgreSQL refuses to be root
            nobody = pwd.getpwnam("postgres")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._as = ["runuser", "-u", "postgres", "--"]
        self._run("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync")
        self.rise()

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    def crash(self) -> None:
        """End it as a power cut would, as far as it can tell: nothing is written out, and it recovers when it rises."""
        self._control("-m", "immediate", "stop")

    def rise(self) -> None:
        """Start it; returns when it answers."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder}"
        self._control("-l", self.folder / "log", "-o", options, "start")

    def _control(self, *words: str | Path) -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-t", "60", *words)

    def _run(self, program: str, *words: str | Path) -> None:
        argv = [*self._as, self.programs / program, *words]
        done = subprocess.run(argv, cwd=self.folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} {' '.join(map(str, words))}: {done.stdout}{done.stderr}")


class Shared:
    """A database at somebody else's PostgreSQL: it cannot be stopped, but it can be closed to us."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = url.rpartition("/")[2]

    def crash(self) -> None:
        """Cut every connection and refuse new ones."""
        self._allow(open_again=False)
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            server.execute(ours, [self.name])

    def rise(self) -> None:
        """Let connections in again."""
        self._allow(open_again=True)

    def _allow(self, *, open_again: bool) -> None:
        said = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(said.format(sql.Identifier(self.name), sql.SQL("true" if open_again else "false")))


Database = Cluster | Shared


@contextlib.contextmanager
def database() -> Iterator[Database | None]:
    """A PostgreSQL that may crash: our own, else a database at TEST_PG; None where there is neither (then SQLite)."""
    found = sorted(CLUSTERS.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    with contextlib.ExitStack() as cleanup:
        if found:
            folder = Path(tempfile.mkdtemp(prefix="fastpix-soak-pg-"))
            cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
            own = Cluster(folder, found[-1].parent)
            cleanup.callback(_give_up, own)
            yield own
        elif postgres_answers():
            yield Shared(cleanup.enter_context(postgres_database("fp_soak")))
        else:
            yield None


def _give_up(cluster: Cluster) -> None:
    with contextlib.suppress(RuntimeError):  # it may be down already
        cluster.crash()


class Scene:
    """The running product, with the doors that a soak needs into it."""

    def __init__(self, stack: Stack, store: Database | None) -> None:
        self.stack, self.store = stack, store
        self.held = stack.data_dir / "sandbox"
        keys = json.loads((stack.data_dir / "sandbox-credentials.json").read_text())
        self.fastpix = FastPix(keys["token_id"], keys["secret_key"], base_url=f"{stack.sandbox_url}/v1")
        address = json.loads((stack.data_dir / "valkey" / "address.json").read_text())
        self.redis_url = f"redis://:{address['password']}@127.0.0.1:{address['port']}/0"
        self.environment = stack.environment | {
            "REDIS_URL": self.redis_url,
            "SANDBOX_TOKEN_ID": keys["token_id"],
            "SANDBOX_SECRET_KEY": keys["secret_key"],
            "DJANGO_SETTINGS_MODULE": "fastpix_console.settings",
        }

    def sandbox_rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Rows of the sandbox's own memory, read beside it."""
        with contextlib.closing(sqlite3.connect(f"file:{self.held}/sandbox.sqlite3?mode=ro", uri=True)) as memory:
            memory.row_factory = sqlite3.Row
            return [dict(row) for row in memory.execute(query, values)]

    def stored(self, media_id: str) -> Path | None:
        """The file of a media as the sandbox's storage holds it; None where it has none (yet, or any more)."""
        places = (self.held / "media" / media_id / "source", self.held / "uploads" / media_id)
        return next((place for place in places if place.exists()), None)


@contextlib.contextmanager
def scene() -> Iterator[Scene]:
    """The whole product, started as a person starts it; stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="fastpix-soak-"))
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        store = cleanup.enter_context(database())
        stack = Stack(folder, DATABASE_URL=store.url if store else None)
        cleanup.callback(_stop, stack)
        stack.start()
        yield Scene(stack, store)


def _stop(stack: Stack) -> None:
    if stack.process and stack.process.popen.poll() is None:
        stack.stop()


def wait_until(true: Any, seconds: float, every: float = 0.2) -> bool:
    """Whether `true()` came to hold within `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(every)
    return False
