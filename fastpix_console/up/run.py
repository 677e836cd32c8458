"""The start, from judging the surroundings to the line that says where the console is."""

import asyncio
import os
import resource
import tempfile
import time
from http import HTTPStatus
from pathlib import Path

from fastpix_console.environment import ROOT, BrokenSettings, Environment, read
from fastpix_console.up import leftovers, lock, plan, ports, valkey
from fastpix_console.up.screen import Screen
from fastpix_console.up.supervisor import NotStarted, Supervisor
from fastpix_console.up.wiring import Wiring, wire

# Seconds a first start may take: a large append-only file is read at some 100 MB/s; a slow machine loads Django in 20 s
SERVER_PATIENCE, WEB_PATIENCE = 60.0, 90.0
# Processes killed a moment ago let go of their ports a moment later
CLEARING = 3.0
# Open files a process may have where the machine lets it: each open browser is one (plan.web's back pressure), and more
FILES = 8192


class Refused(Exception):
    """Nothing was started; `problems` holds one sentence for each reason."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def up() -> int:
    """Start everything and stay until asked to stop; returns the exit code (see __main__)."""
    os.umask(0o077)
    os.chdir(ROOT)
    allow_files()
    screen = Screen()
    try:
        settings = judge()
        folder = settings.data_dir / "run"
        lock.take(folder / "lock")
        unclean = leftovers.kill(folder / "children.json")
        private = None if settings.redis_url else valkey.configure(settings.data_dir)
        check_ports(settings, patience=CLEARING if unclean else 0.0)
    except Refused as refused:
        for problem in refused.problems:
            screen.complain(problem)
        return 2
    except (lock.AlreadyRunning, OSError) as problem:
        screen.complain(str(problem))
        return 2
    return asyncio.run(_run(settings, private, Supervisor(screen, folder / "children.json")))


def allow_files() -> None:
    """Raise the soft limit of open files, which is often 1024, towards FILES; the children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def judge() -> Environment:
    """The environment, once everything in it can be used. Raises Refused with all problems at once."""
    try:
        settings = read()
    except BrokenSettings as broken:
        raise Refused(*broken.problems) from None
    problems = [*_folder_problems(settings)]
    if settings.sandbox and settings.port == settings.sandbox_port:
        problems.append(f"PORT and SANDBOX_PORT are both {settings.port}; give the sandbox another one.")
    if not settings.redis_url:
        try:
            valkey.binary()
        except valkey.NoServer as reason:
            problems.append(f"{reason}.")
    if problems:
        raise Refused(*problems)
    return settings


def check_ports(settings: Environment, *, patience: float) -> None:
    """Raises Refused where a port we need is taken, and still is after `patience` seconds."""
    wanted = [(settings.port, "PORT")]
    if settings.sandbox:
        wanted.append((settings.sandbox_port, "SANDBOX_PORT"))
    deadline = time.monotonic() + patience
    while problems := [problem for port, variable in wanted if (problem := ports.problem(port, variable))]:
        if time.monotonic() >= deadline:
            raise Refused(*problems)
        time.sleep(0.05)


def _folder_problems(settings: Environment) -> list[str]:
    """Make the folders we write into; a sentence for each that cannot be used."""
    problems = []
    for name, folder in (("DATA_DIR", settings.data_dir), ("DATA_DIR", settings.data_dir / "run")):
        if problem := _unwritable(folder):
            problems.append(f"{name}={settings.data_dir} cannot be written to: {problem}.")
            break
    # only read from later: an import folder of somebody else's need not be writable
    try:
        settings.import_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problems.append(f"IMPORT_DIR={settings.import_dir} cannot be made: {error.strerror}.")
    return problems


def _unwritable(folder: Path) -> str | None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror or str(error)


async def _run(settings: Environment, private: valkey.Server | None, supervisor: Supervisor) -> int:
    supervisor.listen()
    redis_url = private.url if private else settings.redis_url
    wiring = wire(settings, os.environ, redis_url=redis_url, run=supervisor.run)
    starting = asyncio.create_task(_start(settings, private, supervisor, wiring))
    asked = asyncio.create_task(supervisor.stopping.wait())
    await asyncio.wait({starting, asked}, return_when=asyncio.FIRST_COMPLETED)
    code = 0
    if starting.done() and (reason := starting.exception()):
        if not isinstance(reason, NotStarted):
            supervisor.screen.complain(f"{type(reason).__name__}: {reason}")
        else:
            supervisor.screen.complain(str(reason))
        code = 1
    else:
        await asked
        supervisor.screen.say("stopping …")
    starting.cancel()
    await supervisor.stop()
    return code


async def _start(settings: Environment, private: valkey.Server | None, supervisor: Supervisor, wiring: Wiring) -> None:
    if private:
        await supervisor.first_start(
            plan.server(private, wiring), lambda: valkey.answers(private), patience=SERVER_PATIENCE
        )
    if settings.sandbox:
        supervisor.keep(plan.sandbox(wiring))
    sign_in = await _prepare(supervisor, wiring)
    for program in plan.background(wiring):
        supervisor.keep(program)
    await supervisor.first_start(plan.web(settings, wiring), lambda: _alive(settings.port), patience=WEB_PATIENCE)
    _welcome(settings, supervisor.screen, sign_in)


async def _prepare(supervisor: Supervisor, wiring: Wiring) -> list[str]:
    """Run the preparation to its end; returns how to sign in, one line each. Raises NotStarted with its reason."""
    sign_in: list[str] = []

    def relay(name: str, line: str) -> None:
        if line.startswith(plan.SIGN_IN):
            sign_in.append(line.removeprefix(plan.SIGN_IN))
        else:
            supervisor.screen.relay(name, line)

    child = await supervisor.launch(plan.preparation(wiring), relay)
    if await child.ended():
        raise NotStarted(child.last_line or "the preparation said nothing")
    return sign_in


def _welcome(settings: Environment, screen: Screen, sign_in: list[str]) -> None:
    lines = ["", f"FastPix Console is ready: {settings.public_url}/", *sign_in]
    if settings.sandbox:
        lines.append(f"The sandbox, a FastPix on this machine: {settings.sandbox_url}/")
    lines += ["Stop everything with Ctrl-C.", ""]
    for line in lines:
        screen.say(line)


async def _alive(port: int) -> bool:
    """Whether /healthz answers 200 on this machine."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        status = await asyncio.wait_for(reader.readline(), timeout=5)
        writer.close()
    except (OSError, TimeoutError):
        return False
    return status.split()[1:2] == [str(HTTPStatus.OK.value).encode()]
