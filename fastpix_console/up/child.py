"""One process under the supervisor."""

import asyncio
import ctypes
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process, SubprocessStreamProtocol
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

# Takes a child's name and one line it wrote
Relay = Callable[[str, str], None]

LINE_LIMIT = 1 << 20
PR_SET_PDEATHSIG = 1
EXCEPTION = re.compile(r"[\w.]*(Error|Exception|Configured|Refused)\b[^:]*: \S")
# loaded here, in the parent: between fork and exec loading a library is not safe
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Program:
    """What to run. `cold_stop`: SIGQUIT makes it give its unfinished work back at once (a Celery worker)."""

    name: str
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    cold_stop: bool = False


class _Leader(SubprocessStreamProtocol):
    """Tells when the process itself has ended: asyncio's own wait() (observed in 3.11) also waits for the end of its
    output, which a grandchild may hold open for ever, as granian's worker does.
    """

    def __init__(self) -> None:
        super().__init__(limit=LINE_LIMIT, loop=asyncio.get_running_loop())
        self.ended = asyncio.Event()

    def process_exited(self) -> None:
        super().process_exited()
        self.ended.set()


class Child:
    """A started Program: its leader, its process group, its last line."""

    def __init__(self, program: Program, process: Process, leader: _Leader, relay: Relay) -> None:
        self.program = program
        self.process = process
        self._leader = leader
        self.last_line = ""
        self._exception = ""
        self._relay = relay
        self._reading = asyncio.create_task(self._read())
        self._ended = asyncio.create_task(self._end())

    @classmethod
    async def start(cls, program: Program, relay: Relay) -> "Child":
        """Start `program` in a session of its own, so that a signal to our group does not reach it behind our back."""
        loop = asyncio.get_running_loop()
        transport, leader = await loop.subprocess_exec(
            _Leader,
            *program.argv,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            env=dict(program.environment),
            start_new_session=True,
            preexec_fn=_tied_to(os.getpid()),
        )
        return cls(program, Process(transport, leader, loop), leader, relay)

    @property
    def reason(self) -> str:
        """Its own words on why it ended: the last exception it printed, else its last line."""
        return self._exception or self.last_line or "it said nothing"

    @property
    def running(self) -> bool:
        return self.process.returncode is None

    async def ended(self) -> int:
        """Wait until it and its whole group are gone; returns the leader's exit code (negative: the signal)."""
        return await asyncio.shield(self._ended)

    def signal_leader(self, number: signal.Signals) -> None:
        """To the leader only: a Celery pool that gets the signal too loses its running tasks."""
        if self.running:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    def kill_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    async def _end(self) -> int:
        await self._leader.ended.wait()
        self.kill_group()
        # one that left the group may still hold the pipe
        await asyncio.wait({self._reading}, timeout=1)
        self._reading.cancel()
        code = self.process.returncode
        assert code is not None  # noqa: S101  it has ended
        return code

    async def _read(self) -> None:
        assert self.process.stdout is not None  # noqa: S101  PIPE above
        while True:
            try:
                raw = await self.process.stdout.readline()
            except ValueError:  # a line beyond LINE_LIMIT
                continue
            if not raw:
                return
            line = raw.decode(errors="replace").rstrip()
            self.last_line = line or self.last_line
            if EXCEPTION.match(line):
                self._exception = line
            self._relay(self.program.name, line)


def _tied_to(parent: int) -> Callable[[], None]:
    """Run in the new process before exec: it dies with the supervisor, however that dies."""

    def tie() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:  # it died in between
                os._exit(1)

    return tie
