"""Processes of an earlier run that outlived their supervisor.

A supervisor that was killed takes its direct children along (child.py), but not theirs: granian's worker would keep
the port. So every run marks the environment of its children with a random word, which all their descendants inherit,
and writes down who they are; the next holder of the lock looks for both.
"""

import json
import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

MARK = "FASTPIX_CONSOLE_RUN"
PROC = Path("/proc")


@dataclass(frozen=True)
class Kept:
    """One child as written down: its leader's pid (also its group) and when that started, in clock ticks since boot."""

    name: str
    pid: int
    started: int


def started(pid: int) -> int:
    """When the process started, in clock ticks since boot; 0 when there is none."""
    try:
        return int((PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return 0


def write(file: Path, run: str, children: Iterable[Kept]) -> None:
    """Replace the list of this run's children (a reader sees the old list or the new one, never half)."""
    scratch = file.with_suffix(".new")
    scratch.write_text(json.dumps({"boot": _boot(), "run": run, "children": [asdict(child) for child in children]}))
    scratch.replace(file)


def read(file: Path) -> tuple[str, list[Kept]]:
    """The mark and children of the run that wrote `file`; empty when there was none since this machine booted."""
    try:
        kept = json.loads(file.read_text())
        if kept["boot"] != _boot():
            return "", []
        return kept["run"], [Kept(**child) for child in kept["children"]]
    except (OSError, ValueError, KeyError, TypeError):
        return "", []


def kill(file: Path) -> bool:
    """Kill what is left of the run that wrote `file`; whether that run had ended without stopping its children."""
    run, children = read(file)
    for child in children:
        if child.started and started(child.pid) == child.started:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
    if run:
        sweep(run)
    return bool(children)


def sweep(run: str, *, patience: float = 2.0) -> int:
    """Kill every process that carries the mark `run`; waits up to `patience` seconds until they are gone."""
    victims = list(_marked(run))
    for pid in victims:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and (any(map(_ending, victims)) or any(True for _ in _marked(run))):
        time.sleep(0.05)
    return len(victims)


def _ending(pid: int) -> bool:
    """Whether it still holds its ports and files: a process that ends loses its environment first, those later."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (OSError, IndexError):
        return False


def _marked(run: str) -> Iterator[int]:
    word = f"{MARK}={run}".encode()
    for folder in PROC.glob("[0-9]*"):
        # a process that is ending has an empty environment, one of another person cannot be read
        with suppress(OSError):
            if int(folder.name) != os.getpid() and word in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
