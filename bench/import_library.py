"""`make bench-import-library`: a library of IMPORT_MEDIA (100,000) media comes in by a real calls worker.

Beside it a bare loop of the client reads the same pages from the same sandbox and keeps nothing. Told are also the
requests, counted on the line, the worker's memory, and what an import costs when there is next to nothing new.
"""

import http.client
import http.server
import os
import re
import sys
import threading
import time
from pathlib import Path

import requests

from bench.stage import Process, Stage, Target, conclude, stage, stores
from fastpix_api import FastPix
from tests.stack import Sandbox

MEDIA = int(os.environ.get("IMPORT_MEDIA", "100000"))
PAGE = 50
NEW = 3
# The sandbox's budget would be the only thing measured: 600 requests a minute
HURRY = "from media_app import budget; budget.A_MINUTE_SANDBOX = 10**6"


class Line:
    """The way to the sandbox, counting what goes over it."""

    def __init__(self, sandbox: Sandbox) -> None:
        line = self
        self.requests = 0
        host = sandbox.url.removeprefix("http://")

        class Counted(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                self.far = http.client.HTTPConnection(host, timeout=30)

            def do_GET(self) -> None:
                line.requests += 1
                self.far.request("GET", self.path, headers={"Authorization": self.headers["Authorization"]})
                answer = self.far.getresponse()
                body = answer.read()
                self.send_response_only(answer.status)
                self.send_header("Date", answer.headers["Date"] or self.date_time_string())
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                """Nobody reads along."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Counted)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """No more."""
        self.server.shutdown()
        self.server.server_close()


def main() -> int:
    """Import the library on every store there is."""
    targets: list[Target] = []
    for store in stores():
        with stage(store) as built:
            targets += _measure(store, built)
    return conclude(f"import-library of {MEDIA:,} media", targets)


def _measure(store: str, built: Stage) -> list[Target]:
    sandbox = Sandbox(built.folder / "fastpix")
    line = Line(sandbox)
    try:
        return _import(store, built, sandbox, line)
    finally:
        line.close()
        sandbox.stop()


def _import(store: str, built: Stage, sandbox: Sandbox, line: Line) -> list[Target]:
    sandbox.switch(webhooks="dropped")
    _seed(sandbox, MEDIA)
    bare = MEDIA / _read_all(line)
    line.requests = 0
    built.python(
        "from tests.people import make_workspace\n"
        f"make_workspace('library', api_url='{line.url}', token_id='sandbox', secret_key='sandbox')"
    )
    worker = built.start("worker-calls", sys.executable, "-c", _worker())
    seconds, memory = _ordered(built, worker)
    here, asked = int(built.python(_COUNT)), line.requests
    _seed(sandbox, NEW)
    line.requests = 0
    again, _ = _ordered(built, worker)
    speed = MEDIA / seconds
    print(
        f"  {store}: {MEDIA:,} in {seconds:.0f} s, {speed:,.0f}/s; bare loop {bare:,.0f}/s; {asked} requests; ", end=""
    )
    print(f"worker {memory[0]:.0f} to {memory[-1]:.0f} MB; {NEW} new ones: {line.requests} requests, {again:.1f} s")
    return [
        Target(f"{store} media/s", speed),
        Target("of a bare loop", speed / bare),
        Target("missing", MEDIA - here, at_most=0),
        Target("requests a page", asked / (MEDIA / PAGE), at_most=1.25),
        Target("worker's growth", max(memory) - memory[0], at_most=20, unit=" MB"),
        Target(f"requests for {NEW} new", line.requests, at_most=3),
        Target("new ones missing", MEDIA + NEW - int(built.python(_COUNT)), at_most=0),
    ]


_COUNT = "from media_app.models import Media; print(Media.objects.filter(gone=False).count())"
_ORDER = """
from media_app.services import media
from workspace_app.models import User, Workspace
by = User.objects.first() or User.objects.create_user("ada@example.com", "x")
media.import_existing(Workspace.objects.get(slug="library"), by=by)
"""
_SECONDS = """
from media_app.models import ImportRun
run = ImportRun.objects.get()
print((run.finished_at - run.started_at).total_seconds() if run.state == "done" else "")
"""


def _worker() -> str:
    """The calls worker as the product starts it, but in more of a hurry."""
    words = ["worker", "-Q", "calls", "-n", "calls@bench", "--pool", "prefork", "--concurrency", "1"]
    words += ["--without-mingle", "--without-gossip", "--loglevel", "WARNING"]
    return (
        "import os; os.environ['C_FORCE_ROOT'] = '1'\n"
        "from fastpix_console.celery import app\n"
        f"app.finalize(); import django; django.setup(); {HURRY}\n"
        f"app.worker_main({words!r})"
    )


def _ordered(built: Stage, worker: Process) -> tuple[float, list[float]]:
    """Order an import; the seconds until it was through, and the worker's memory in MB meanwhile."""
    began, memory = time.monotonic(), []
    built.python(_ORDER)
    while True:
        time.sleep(0.5 if MEDIA < 10_000 else 3)
        if worker.popen.poll() is not None:
            raise RuntimeError(worker.log[-3000:])
        if seconds := built.python(_SECONDS).strip():
            return float(seconds), memory or [0.0]
        # the pool's process has its usual size once it has worked for a while
        if time.monotonic() - began > 5:
            memory.append(_resident(worker.popen.pid))


def _resident(pid: int) -> float:
    """MB of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = [Path(f"/proc/{one}/status").read_text() for one in (pid, *children)]
    return sum(int(re.search(r"VmRSS:\s+(\d+)", text)[1]) for text in status) / 1000  # type: ignore[index]


def _seed(sandbox: Sandbox, count: int) -> None:
    answer = requests.post(f"{sandbox.url}/_sandbox/seed", json={"media": count}, timeout=600)
    answer.raise_for_status()


def _read_all(line: Line) -> float:
    """Seconds a bare loop takes for all pages."""
    client, page, began = FastPix("sandbox", "sandbox", base_url=line.url), 1, time.perf_counter()
    while len(client.media.list(limit=PAGE, offset=page, order_by="asc").data) == PAGE:
        page += 1
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
