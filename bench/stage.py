"""What every benchmark stands on: a scratch console whose processes start one by one, taking turns, the closing line.

Nothing here measures. A figure is a ratio to something that ran in the same minutes; an absolute one stands beside it.
"""

import contextlib
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from fastpix_console.up.plan import CELERY, PYTHON
from tests import redis_server
from tests.redis_server import free_port
from tests.requirement import postgres_answers
from tests.stack import ROOT, Process, clean_environment, postgres_database

SHARED = ROOT.parent / "shared" / "bench"


class Stage:
    """A console of its own: empty data folder, migrated database, Redis. Its processes start when asked for."""

    def __init__(self, folder: Path, database_url: str | None) -> None:
        self.folder = folder
        self.environment = clean_environment(
            DATA_DIR=folder / "data",
            DATABASE_URL=database_url,
            REDIS_URL=redis_server.start(),
            DJANGO_SETTINGS_MODULE="fastpix_console.settings",
            SANDBOX=0,
            PYTHONUNBUFFERED=1,
        )
        (folder / "data").mkdir()
        self._processes: list[Process] = []
        self.run(*PYTHON, "fastpix_console.up.preparation")

    def run(self, *argv: str, **variables: str) -> str:
        """Run a program of the console to its end; returns what it printed. Raises CalledProcessError."""
        done = subprocess.run(
            argv, cwd=ROOT, env=self.environment | variables, capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-4000:], file=sys.stderr)
            done.check_returncode()
        return done.stdout

    def python(self, source: str) -> str:
        """Run lines of Python inside the console's Django; returns what they printed."""
        return self.run(sys.executable, "-c", f"import django; django.setup()\n{source}")

    def start(self, name: str, *argv: str, **variables: str) -> Process:
        """Start a process of the console; it ends with the stage."""
        process = Process(argv, self.folder / f"{name}.log", self.environment | variables)
        self._processes.append(process)
        return process

    def web(
        self,
        application: str = "fastpix_console.asgi:application",
        *options: str,
        interface: str = "asginl",
        healthy: str = "/healthz",
        **variables: str,
    ) -> tuple[str, Process]:
        """One granian process, as the product starts it, on a free port; returns its URL once it answers."""
        port = free_port()
        argv = (
            *PYTHON,
            "granian",
            "--interface",
            interface,
            "--workers",
            "1",
            "--workers-kill-timeout",
            "5",
            "--no-ws",
            "--backpressure",
            "4096",
            "--log-level",
            "warning",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            *options,
            application,
        )
        process = self.start(f"web-{port}", *argv, **variables)
        process.wait_for(f"http://127.0.0.1:{port}{healthy}", seconds=30)
        return f"http://127.0.0.1:{port}", process

    def worker(self, queue: str, *, processes: int = 1) -> Process:
        """A Celery worker of one queue, as the product starts it."""
        return self.start(
            f"worker-{queue}",
            *CELERY,
            "worker",
            "-Q",
            queue,
            "-n",
            f"{queue}-{free_port()}@bench",
            "--pool",
            "prefork",
            "--concurrency",
            str(processes),
            "--without-mingle",
            "--without-gossip",
            "--loglevel",
            "WARNING",
            C_FORCE_ROOT="1",
        )

    def close(self) -> None:
        """End every process that still runs, at once."""
        for process in self._processes:
            end(process)


def end(process: Process) -> None:
    """Kill a process and its children, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.popen.pid, signal.SIGKILL)
    process.popen.wait()


@contextlib.contextmanager
def stage(store: str) -> Iterator[Stage]:
    """A stage on "postgresql" (a database of its own at TEST_PG) or "sqlite"; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f"fastpix-bench-{store}-"))
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        url = cleanup.enter_context(postgres_database("fp_bench")) if store == "postgresql" else None
        built = Stage(folder, url)
        cleanup.callback(built.close)
        yield built


def stores() -> list[str]:
    """The databases that can be measured here: SQLite always, PostgreSQL where one answers (TEST_PG)."""
    wanted = os.environ.get("BENCH_STORES", "postgresql sqlite").split()
    if "postgresql" in wanted and not postgres_answers():
        print("no PostgreSQL at TEST_PG: SQLite only")
        wanted.remove("postgresql")
    return wanted


def in_turn(subjects: Mapping[str, Callable[[], float]], rounds: int = 3) -> dict[str, list[float]]:
    """Measure every subject once a round, so that what else the machine does meets them alike."""
    measured: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(rounds):
        # every other round backwards: no subject always follows the same one
        for name in list(subjects) if number % 2 == 0 else list(subjects)[::-1]:
            measured[name].append(subjects[name]())
            print(f"  round {number + 1}  {name:<28} {measured[name][-1]:12,.2f}", flush=True)
    return measured


def medians(measured: Mapping[str, list[float]]) -> dict[str, float]:
    """The median of each subject's rounds."""
    return {name: statistics.median(values) for name, values in measured.items()}


class Target(NamedTuple):
    """One figure and what it has to reach: `at_least`, or `at_most`, in `unit`."""

    name: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the figure reaches its target; one without a target always does."""
        return (self.at_least is None or self.value >= self.at_least) and (
            self.at_most is None or self.value <= self.at_most
        )

    def __str__(self) -> str:
        limit = f" (>= {self.at_least:g})" if self.at_least is not None else ""
        limit += f" (<= {self.at_most:g})" if self.at_most is not None else ""
        return f"{self.name} {self.value:.3g}{self.unit}{limit}{'' if self.met else ' MISSED'}"


def conclude(subject: str, targets: list[Target]) -> int:
    """Print all figures on the closing line; returns the exit code: 0 when every target is met."""
    print(f"{subject}: " + "; ".join(str(target) for target in targets))
    return 0 if all(target.met for target in targets) else 1
