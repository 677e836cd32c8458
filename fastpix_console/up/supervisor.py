"""Keeps programs running until asked to stop, then stops them in order, within 12 seconds whatever they do."""

import asyncio
import secrets
import signal
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastpix_console.up import leftovers
from fastpix_console.up.child import Child, Program, Relay
from fastpix_console.up.screen import Screen

# Seconds. A worker that got SIGTERM finishes its task; at COLD it gives the task back to the queue instead
COLD, KILL, LAST = 4.0, 9.0, 1.0
FIRST_PAUSE, LONGEST_PAUSE, STEADY = 0.5, 30.0, 30.0
DEATHS, WITHIN = 5, 60.0
# `timeout` and some shells signal the process and then its group: that is one Ctrl-C, not two
SAME_SIGNAL = 1.0
LAST_TO_STOP = "valkey"


class NotStarted(Exception):
    """A program the console cannot do without ended, or stayed silent, at its first start."""


class Supervisor:
    """The programs of one run. `run` marks all their processes (leftovers.py); `file` lists the children."""

    def __init__(self, screen: Screen, file: Path) -> None:
        self.screen = screen
        self.run = secrets.token_hex(16)
        self.stopping = asyncio.Event()
        self._file = file
        self._children: dict[str, Child] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self._kill_now = asyncio.Event()
        self._asked_at = 0.0

    def listen(self) -> None:
        """Stop on SIGINT, SIGTERM and SIGHUP; a second Ctrl-C kills at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup hands SIGHUP down as ignored, and means it
            if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._asked, number)

    def _asked(self, number: signal.Signals) -> None:
        now = time.monotonic()
        if not self.stopping.is_set():
            self._asked_at = now
            self.stopping.set()
        elif number is signal.SIGINT and now - self._asked_at > SAME_SIGNAL:
            self._kill_now.set()

    async def launch(self, program: Program, relay: Relay | None = None) -> Child:
        """Start `program` and note it down; it is not kept running yet (see keep). Its lines go to `relay`."""
        child = await Child.start(program, relay or self.screen.relay)
        self._children[program.name] = child
        self._write()
        return child

    async def first_start(self, program: Program, ready: Callable[[], Awaitable[bool]], *, patience: float) -> None:
        """Start `program`, wait until `ready` (up to `patience` seconds, else NotStarted), keep it running."""
        child = await self.launch(program)
        deadline = time.monotonic() + patience
        while not await ready():
            if not child.running:
                await child.ended()
                raise NotStarted(f"{program.name} did not start: {child.reason}")
            if time.monotonic() > deadline:
                raise NotStarted(f"{program.name} did not answer within {patience:.0f} s: {child.reason}")
            await asyncio.sleep(0.1)
        self.keep(program, child)

    def keep(self, program: Program, child: Child | None = None) -> None:
        """Keep `program` running from now on, beginning with `child` where it is started already."""
        task = asyncio.create_task(self._keep(program, child))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def _keep(self, program: Program, child: Child | None) -> None:
        pause, deaths = FIRST_PAUSE, deque[float](maxlen=DEATHS)
        while not self.stopping.is_set():
            since = time.monotonic()
            child = child or await self.launch(program)
            code = await child.ended()
            if self.stopping.is_set():
                return
            now = time.monotonic()
            if now - since > STEADY:
                pause = FIRST_PAUSE
            deaths.append(now)
            if len(deaths) == DEATHS and now - deaths[0] < WITHIN:
                if pause < LONGEST_PAUSE:
                    self._despair(program, child)
                pause = LONGEST_PAUSE
            else:
                self.screen.say(f"{program.name} ended (exit {code}); starting it again in {pause:g} s")
            await self._pause(pause)
            pause, child = min(pause * 2, LONGEST_PAUSE), None

    def _despair(self, program: Program, child: Child) -> None:
        self.screen.complain(
            f"{program.name} ended {DEATHS} times within {WITHIN:.0f} s, it said last: {child.reason} "
            f"(trying again every {LONGEST_PAUSE:.0f} s)"
        )

    async def _pause(self, seconds: float) -> None:
        stop = asyncio.create_task(self.stopping.wait())
        await asyncio.wait({stop}, timeout=seconds)
        stop.cancel()

    async def stop(self) -> None:
        """Stop everything: the Redis server last, because the others still hand their work back to it."""
        self.stopping.set()
        running = [child for child in self._children.values() if child.running]
        last = [child for child in running if child.program.name == LAST_TO_STOP]
        await self._end([child for child in running if child not in last], KILL)
        await self._end(last, LAST)
        if self._keeping:
            await asyncio.wait(self._keeping, timeout=LAST)
        # what a child started in a session of its own (the sandbox's transcoder) is in no group of ours
        await asyncio.to_thread(leftovers.sweep, self.run, patience=0.5)
        self._children.clear()
        self._write()

    async def _end(self, children: list[Child], kill_after: float) -> None:
        for child in children:
            child.signal_leader(signal.SIGTERM)
        started = time.monotonic()
        cold = False
        while any(child.running for child in children):
            passed = time.monotonic() - started
            if passed >= COLD and not cold:
                cold = True
                for child in children:
                    if child.program.cold_stop:
                        child.signal_leader(signal.SIGQUIT)
            if passed >= kill_after or self._kill_now.is_set():
                for child in children:
                    child.kill_group()
                break
            await asyncio.sleep(0.05)
        if children:
            await asyncio.wait([asyncio.ensure_future(child.ended()) for child in children], timeout=1.5)

    def _write(self) -> None:
        leftovers.write(
            self._file,
            self.run,
            [
                leftovers.Kept(name, child.process.pid, leftovers.started(child.process.pid))
                for name, child in self._children.items()
                if child.running
            ],
        )
