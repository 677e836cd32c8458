"""Push under load: one web process with 1,000 signed-in streams and 100 topics a second, beside a bare SSE fan-out.

In turn: the bare fan-out, push, and push beside SILENT streams that nobody reads while their workspace is noisy; these
must end. Then 1,000 people with a session each: everyone must hear every topic once, and the process must stop with all
of their streams open.
"""

import contextlib
import json
import os
import re
import selectors
import shlex
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import redis

from bench.push_bare import CHANNEL
from bench.stage import SHARED, Stage, Target, conclude, end, in_turn, medians, stage
from tests.stack import ROOT, Process

CLIENTS, PER_SECOND, SECONDS = 1000, 100, 10
SILENT = 20
LOAD = SHARED / "sse_clients.py"
_TOPIC = re.compile(rb"data: harbor/media:(\d+) ")
_PEOPLE = f"""
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from tests.people import make_workspace
from workspace_app.models import Member, User
harbor, noisy = make_workspace(), make_workspace("noisy")
people = User.objects.bulk_create(User(email=f"p{{n}}@example.com", password="!") for n in range({CLIENTS} + 1))
Member.objects.bulk_create(Member(workspace=harbor, user=user, role="viewer") for user in people[1:])
Member.objects.create(workspace=noisy, user=people[0], role="viewer")
def signed_in(user):
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session.create()
    return session.session_key
print(json.dumps([signed_in(user) for user in people]))
"""


def publish(url: str) -> None:
    """PER_SECOND topics for SECONDS, numbered and stamped as sse_clients.py reads them."""
    with redis.Redis.from_url(url) as client:
        started = time.monotonic()
        for number in range(PER_SECOND * SECONDS):
            time.sleep(max(0.0, started + number / PER_SECOND - time.monotonic()))
            client.publish(CHANNEL, f'harbor\nmedia:{number} "t": {time.time():.6f}')


class Bench:
    """One stage, the sessions of its people (the first hears only the noisy workspace), and what was measured."""

    def __init__(self, built: Stage) -> None:
        self.stage = built
        self.redis = built.environment["REDIS_URL"]
        silent, *self.sessions = json.loads(built.python(_PEOPLE))
        self.silent_session = silent
        self.kb: dict[str, list[float]] = {"bare": [], "push": []}
        self.undelivered = self.unclosed = 0

    def bare(self) -> float:
        """p99 in ms of the bare fan-out."""
        with self._process("bench.push_bare:application") as (url, process):
            return self._loaded(url, process, "bare")

    def push(self) -> float:
        """p99 in ms of push."""
        with self._process() as (url, process):
            return self._loaded(url, process, "push")

    def beside_silent(self) -> float:
        """p99 in ms of push while others do not read; those must be dropped."""
        with self._process() as (url, process), contextlib.ExitStack() as cleanup:
            silent = [cleanup.enter_context(_opened(url, self.silent_session, room=4096)) for _ in range(SILENT)]
            with _noise(self.redis):
                p99 = self._loaded(url, process)
                self.unclosed += _unclosed(silent, seconds=60)
            return p99

    def exactly(self) -> tuple[int, float]:
        """How many of the people did not hear each topic exactly once; how long stopping took with all listening."""
        with self._process() as (url, process), contextlib.ExitStack() as cleanup:
            streams = [cleanup.enter_context(_opened(url, session)) for session in self.sessions]
            heard = _read(streams, while_=lambda: publish(self.redis))
            wrong = sum(Counter(_TOPIC.findall(told)) != _ALL for told in heard)
            started = time.monotonic()
            process.stop(seconds=30)
            return wrong, time.monotonic() - started

    @contextlib.contextmanager
    def _process(self, application: str = "fastpix_console.asgi:application") -> Iterator[tuple[str, Process]]:
        url, process = self.stage.web(application)
        try:
            time.sleep(1)  # it subscribes with its first request
            yield url, process
        finally:
            end(process)

    def _loaded(self, url: str, process: Process, memory: str = "") -> float:
        options = {
            "--url": f"{url}/push/",
            "-c": CLIENTS,
            "--seconds": SECONDS + 5,  # beside other work its publisher needs a moment to start
            "--pid": process.popen.pid,
            "--header": f"Cookie: session={self.sessions[0]}",
            "--publish": shlex.join((sys.executable, "-m", "bench.push", "publish", self.redis)),
        }
        argv = [sys.executable, str(LOAD), *(str(part) for option in options.items() for part in option)]
        told = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
        figures: dict[str, Any] = json.loads(told)
        self.undelivered += CLIENTS * PER_SECOND * SECONDS - figures["deliveries"]
        if memory:
            self.kb[memory].append(figures["kb_per_client"])
        return float(figures["p99_ms"] or 1e6)


_ALL = Counter(str(number).encode() for number in range(PER_SECOND * SECONDS))


@contextlib.contextmanager
def _opened(url: str, session: str, *, room: int = 0) -> Iterator[socket.socket]:
    """A stream that was begun; `room`: so few bytes fit into its receiver."""
    host, _, port = url.rpartition("/")[2].partition(":")
    with socket.socket() as opened:
        if room:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        opened.settimeout(20)
        opened.connect((host, int(port)))
        opened.sendall(f"GET /push/ HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: session={session}\r\n\r\n".encode())
        answer = opened.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"no stream: {answer[:200]!r}")
        yield opened


def _read(streams: list[socket.socket], *, while_: Callable[[], None]) -> list[bytes]:
    """All that each stream tells while something else goes on, and a second longer."""
    heard: dict[int, list[bytes]] = {stream.fileno(): [] for stream in streams}
    doing = threading.Thread(target=while_)
    with selectors.DefaultSelector() as readable:
        for stream in streams:
            stream.setblocking(False)
            readable.register(stream, selectors.EVENT_READ)
        doing.start()
        until = float("inf")
        while time.monotonic() < until:
            for key, _ in readable.select(0.1):
                data = os.read(key.fd, 65536)
                heard[key.fd].append(data)
                if not data:
                    readable.unregister(key.fileobj)
            if until == float("inf") and not doing.is_alive():
                until = time.monotonic() + 1
    return [b"".join(heard[stream.fileno()]) for stream in streams]


@contextlib.contextmanager
def _noise(url: str) -> Iterator[None]:
    """Much to hear in the noisy workspace, so that what is not read fills every buffer on the way."""
    over = threading.Event()

    def make() -> None:
        with redis.Redis.from_url(url) as client:
            number = 0
            while not over.wait(0.1):
                number += 1
                client.publish(CHANNEL, "noisy\n" + "\n".join(f"media:{number}-{'x' * 100}-{n}" for n in range(300)))

    maker = threading.Thread(target=make)
    maker.start()
    try:
        yield
    finally:
        over.set()
        maker.join()


def _unclosed(silent: list[socket.socket], *, seconds: float) -> int:
    """How many of these streams the server still holds after so long. Nothing is read meanwhile."""
    ports = {stream.getsockname()[1] for stream in silent}
    deadline = time.monotonic() + seconds
    while (held := len(ports & _established())) and time.monotonic() < deadline:
        time.sleep(1)
    return held


def _established() -> set[int]:
    """The remote ports of this machine's open connections; a server that hung up is in another state at once."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(fields[2].partition(":")[2], 16) for fields in lines if fields[3] == "01"}


def main() -> int:
    """Measure, print the figures; 0 when every target is met."""
    if not LOAD.exists():
        print(f"missing: {LOAD}")
        return 2
    with stage("sqlite") as built:
        bench = Bench(built)
        subjects = {"bare fan-out, p99 ms": bench.bare, "push": bench.push, "push beside silent": bench.beside_silent}
        bare, push, beside = medians(in_turn(subjects)).values()
        wrong, stopping = bench.exactly()
        kb, bare_kb = (medians(bench.kb)[name] for name in ("push", "bare"))
    return conclude(
        f"push to {CLIENTS} streams",
        [
            Target("p99", push, at_most=max(250.0, 1.5 * bare), unit=" ms"),
            Target("of bare", push / bare),
            Target("beside silent p99", beside, at_most=max(250.0, 1.5 * bare), unit=" ms"),
            Target("memory a stream", kb, at_most=45, unit=" KB"),
            Target("bare", bare_kb, unit=" KB"),
            Target("undelivered", bench.undelivered, at_most=0),
            Target("people who missed or doubled a topic", wrong, at_most=0),
            Target("silent streams left open", bench.unclosed, at_most=0),
            Target("stops in", stopping, at_most=11, unit=" s"),
        ],
    )


if __name__ == "__main__":
    sys.exit(publish(sys.argv[2]) if sys.argv[1:2] == ["publish"] else main())
