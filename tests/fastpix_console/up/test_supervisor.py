"""Keeping programs running and stopping them, on small programs that behave badly."""

import asyncio
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from fastpix_console.up import leftovers
from fastpix_console.up.child import Program
from fastpix_console.up.supervisor import NotStarted, Supervisor
from tests.redis_server import free_port

READY = "import signal, sys, time, os; print('ready', flush=True); "


class Ear:
    """A screen that remembers."""

    def __init__(self):
        self.lines, self.complaints = [], []

    def say(self, text):
        self.lines.append(text)

    def complain(self, text):
        self.complaints.append(text)

    def relay(self, name, line):
        self.lines.append(f"{name}: {line}")

    async def hears(self, text, *, times=1, seconds=10):
        deadline = time.monotonic() + seconds
        while sum(text in line for line in self.lines) < times:
            assert time.monotonic() < deadline, self.lines
            await asyncio.sleep(0.02)


def program(supervisor, code, name="web", **options):
    environment = {**os.environ, leftovers.MARK: supervisor.run, "PYTHONUNBUFFERED": "1"}
    return Program(name, (sys.executable, "-c", READY + code), environment, **options)


def supervise(tmp_path, story):
    """Run `story(supervisor, ear)` and stop the supervisor; returns the seconds the stop took."""
    ear = Ear()
    supervisor = Supervisor(ear, tmp_path / "children.json")

    async def live():
        await story(supervisor, ear)
        started = time.monotonic()
        await supervisor.stop()
        return time.monotonic() - started

    took = asyncio.run(live())
    assert leftovers.sweep(supervisor.run) == 0, "something was left running"
    return took


def test_a_program_that_dies_is_started_again(tmp_path):
    async def story(supervisor, ear):
        supervisor.keep(program(supervisor, "time.sleep(60)"))
        await ear.hears("web: ready")
        os.kill(leftovers.read(tmp_path / "children.json")[1][0].pid, signal.SIGKILL)
        await ear.hears("web: ready", times=2)
        assert "web ended (exit -9); starting it again in 0.5 s" in ear.lines

    assert supervise(tmp_path, story) < 2


def test_a_killed_program_is_started_again_though_its_own_child_lives_on(tmp_path):
    async def story(supervisor, ear):
        forks = "os.fork() and time.sleep(60); print('worker', os.getpid(), flush=True); time.sleep(60)"
        supervisor.keep(program(supervisor, forks))
        await ear.hears("web: worker")
        leader = leftovers.read(tmp_path / "children.json")[1][0].pid
        os.kill(leader, signal.SIGKILL)
        await ear.hears("web ended (exit -9); starting it again in 0.5 s")
        await ear.hears("web: worker", times=2)
        first = next(line for line in ear.lines if line.startswith("web: worker")).split()[-1]
        # one that nobody has waited for yet has no command line any more
        cmdline = Path(f"/proc/{first}/cmdline")
        assert not cmdline.exists() or not cmdline.read_bytes(), "it would keep the port"

    supervise(tmp_path, story)


def test_one_that_cannot_stay_says_its_reason_once_and_is_tried_rarely(tmp_path, monkeypatch):
    monkeypatch.setattr("fastpix_console.up.supervisor.FIRST_PAUSE", 0.01)

    async def story(supervisor, ear):
        supervisor.keep(program(supervisor, "sys.exit('the roof is leaking')"))
        await ear.hears("web: the roof is leaking", times=5, seconds=20)
        await asyncio.sleep(0.5)
        assert len(ear.complaints) == 1
        assert "ended 5 times within 60 s, it said last: the roof is leaking" in ear.complaints[0]
        assert sum("roof" in line for line in ear.lines) == 5

    supervise(tmp_path, story)


def test_a_first_start_that_fails_tells_its_exception(tmp_path):
    async def story(supervisor, ear):
        async def never():
            return False

        failing = program(supervisor, "print('KeyError: no such roof'); print('[ERROR] gone'); sys.exit(1)")
        with pytest.raises(NotStarted, match="web did not start: KeyError: no such roof"):
            await supervisor.first_start(failing, never, patience=10)
        silent = program(supervisor, "time.sleep(60)", "valkey")
        with pytest.raises(NotStarted, match="valkey did not answer within 0 s: ready"):
            await supervisor.first_start(silent, lambda: ear_has(ear, "valkey: ready"), patience=0.4)

    async def ear_has(ear, text):
        await asyncio.sleep(0.05)
        return False

    supervise(tmp_path, story)


@pytest.mark.slow
def test_a_worker_gets_sigquit_and_one_that_ignores_everything_is_killed_within_12_s(tmp_path):
    async def story(supervisor, ear):
        deaf = (
            "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGQUIT, lambda *_: {}); print('set');"
        )
        deaf = deaf.format("print('asked to hurry')") + "[time.sleep(1) for _ in range(60)]"
        supervisor.keep(program(supervisor, deaf, "calls", cold_stop=True))
        supervisor.keep(program(supervisor, "time.sleep(60)", "valkey"))
        await ear.hears("calls: set")
        await ear.hears("valkey: ready")
        story.ear = ear

    assert 8.5 < supervise(tmp_path, story) < 12
    assert "calls: asked to hurry" in story.ear.lines


def test_what_a_child_started_in_a_session_of_its_own_is_gone_too(tmp_path):
    child = "import subprocess; subprocess.Popen(['sleep', '60'], start_new_session=True); print('set'); time.sleep(60)"

    async def story(supervisor, ear):
        supervisor.keep(program(supervisor, child))
        await ear.hears("web: set")

    assert supervise(tmp_path, story) < 3


def test_a_line_of_two_megabytes_does_not_end_the_reading(tmp_path):
    async def story(supervisor, ear):
        supervisor.keep(program(supervisor, "print('x' * 2_000_000); print('after', flush=True); time.sleep(60)"))
        await ear.hears("web: after")

    supervise(tmp_path, story)


def test_leftovers_of_a_killed_run_are_found_by_their_mark(tmp_path):
    async def story(supervisor, ear):
        inner = (
            "import socket; s = socket.create_server(('127.0.0.1', PORT)); print('holds', flush=True); time.sleep(60)"
        )
        port = free_port()
        inner = inner.replace("PORT", str(port))
        outer = (
            f"import subprocess; subprocess.Popen([sys.executable, '-c', {'import time; ' + inner!r}]); time.sleep(60)"
        )
        supervisor.keep(program(supervisor, outer))
        await ear.hears("web: holds")
        # as after a kill -9 of everything but the grandchild
        supervisor.stopping.set()
        leader = leftovers.read(tmp_path / "children.json")[1][0].pid
        os.kill(leader, signal.SIGKILL)
        assert leftovers.kill(tmp_path / "children.json")
        assert "holds" in ear.lines[-1]
        assert leftovers.sweep(supervisor.run) == 0
        with socket.create_server(("127.0.0.1", port)):
            pass

    supervise(tmp_path, story)


def test_a_pid_that_belongs_to_somebody_else_now_is_left_alone(tmp_path):
    async def story():
        stranger = await asyncio.create_subprocess_exec("sleep", "60", start_new_session=True)
        leftovers.write(tmp_path / "children.json", "f" * 32, [leftovers.Kept("web", stranger.pid, 12345)])
        assert leftovers.kill(tmp_path / "children.json")
        await asyncio.sleep(0.1)
        assert stranger.returncode is None
        with suppress(ProcessLookupError):
            stranger.kill()
        await stranger.wait()

    asyncio.run(story())
