"""From the sandbox's webhook to the changed badge in an open browser, on the embedded defaults, beside a bare echo.

Each of CHANGES media fails when we say so: its source is an address of ours that keeps the sandbox waiting, then
answers 404. The clock starts with the event's createdAt at the sandbox and ends when the badge in the open library says
Failed. In turn with it a POST to a bare server, which reaches an EventSource in the same browser at once.
"""

import contextlib
import json
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import requests
from playwright.sync_api import Page

from bench.stage import Target, conclude
from fastpix_console.up.plan import PYTHON
from tests.browsers import Chromium
from tests.flows import acts
from tests.redis_server import free_port
from tests.stack import Process, Stack, clean_environment

CHANGES = 100
TOGETHER = 4  # the sandbox fetches so many files at a time
# The time, by the machine's clock, at which each row first says Failed
WATCH = """window.failedAt = {};
new MutationObserver(() => {
  for (const row of document.querySelectorAll("[id^=media-]")) {
    if (!(row.id in failedAt) && row.textContent.includes("Failed")) failedAt[row.id] = Date.now();
  }
}).observe(document, { childList: true, subtree: true, characterData: true });"""


class Sources:
    """Addresses that answer 404 once they are released."""

    def __init__(self) -> None:
        self.released: dict[str, threading.Event] = {}
        sources = self

        class Held(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sources.released[self.path].wait(15)
                self.send_error(404)

            def log_message(self, *words: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Held)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def new(self) -> str:
        """A further address."""
        path = f"/{len(self.released)}"
        self.released[path] = threading.Event()
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def release(self, url: str) -> None:
        """Let it answer."""
        self.released["/" + url.rpartition("/")[2]].set()


class Bench:
    """The console, the echo, and a page open at each."""

    def __init__(self, stack: Stack, echo: str, chromium: Chromium) -> None:
        self.stack, self.echo = stack, echo
        kept = json.loads((stack.data_dir / "sandbox-credentials.json").read_text())
        self.api = requests.Session()
        self.api.auth = (kept["token_id"], kept["secret_key"])
        self.sources = Sources()
        self.library, self.bare = (self._page(chromium) for _ in range(2))
        acts.sign_in(self.library, stack.url, *stack.admin)
        self.library.goto(f"{stack.url}/w/sandbox/media/")
        self.library.locator("body[data-connection=live]").wait_for()
        self.bare.goto(echo)
        self.echoed: list[float] = []

    def change(self) -> list[str]:
        """Make some media, wait until they are old news, and let one after the other fail; returns their ids."""
        urls = [self.sources.new() for _ in range(TOGETHER)]
        ids = [self._created(url) for url in urls]
        for media_id in ids:
            self.library.locator(f"#media-{media_id}").wait_for()
        time.sleep(2.5)
        for url in urls:
            time.sleep(random.uniform(0.4, 0.8))  # no beat with the rounds of push
            self.sources.release(url)
            time.sleep(random.uniform(0.4, 0.8))
            self.echoed.append(self._echo(url.rpartition("/")[2]))
        for media_id in ids:
            acts.says(self.library.locator(f"#media-{media_id}"), acts.FAILED)
        return ids

    def failed_at(self) -> dict[str, float]:
        """When the library showed each media as failed, in seconds; the page must not have been left meanwhile."""
        shown = self.library.evaluate("failedAt")
        return {name.removeprefix("media-"): at / 1000 for name, at in shown.items()}

    def _created(self, url: str) -> str:
        body = {"inputs": [{"type": "video", "url": url}], "accessPolicy": "public", "title": url}
        answer = self.api.post(f"{self.stack.sandbox_url}/v1/on-demand", json=body, timeout=10)
        answer.raise_for_status()
        return str(answer.json()["data"]["id"])

    def _echo(self, name: str) -> float:
        started = time.time()
        requests.post(self.echo, data=name, timeout=5).raise_for_status()
        self.bare.locator(f"#media-{name}").wait_for()
        return float(self.bare.evaluate(f"failedAt['media-{name}']")) / 1000 - started

    @staticmethod
    def _page(chromium: Chromium) -> Page:
        page: Page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.add_init_script(WATCH)
        return page


@contextlib.contextmanager
def staged() -> Iterator[Bench]:
    """The whole console as `make up` starts it, the echo and Chromium."""
    folder = Path(tempfile.mkdtemp(prefix="fastpix-bench-live-"))
    with contextlib.ExitStack() as cleanup:
        cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        stack = Stack(folder)
        cleanup.callback(stack.stop)
        stack.start()
        port = free_port()
        argv = (*PYTHON, "granian", "--interface", "asginl", "--no-ws", "--port", str(port), "bench.echo:application")
        echo = Process(argv, folder / "echo.log", clean_environment())
        cleanup.callback(lambda: echo.stop(seconds=2))
        echo.wait_for(f"http://127.0.0.1:{port}/", seconds=20)
        chromium = Chromium()
        cleanup.callback(chromium.close)
        yield Bench(stack, f"http://127.0.0.1:{port}/", chromium)


def events(stack: Stack) -> dict[str, tuple[float, float, float]]:
    """Of each media's failure: when it was said, stored and projected, in seconds."""
    with contextlib.closing(sqlite3.connect(stack.data_dir / "console.sqlite3")) as database:
        rows = database.execute(
            "SELECT object_id, occurred_at, received_at, settled_at FROM events_app_webhookevent WHERE type = ?",
            ["video.media.failed"],
        ).fetchall()
    return {media_id: tuple(map(_seconds, times)) for media_id, *times in rows}


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[98]


def main() -> int:
    """Measure, print where the time goes and the figures; 0 when the target is met."""
    with staged() as bench:
        changed = [media_id for _ in range(CHANGES // TOGETHER) for media_id in bench.change()]
        shown, told = bench.failed_at(), events(bench.stack)
        steps = [(*told[media_id], shown[media_id]) for media_id in changed]
        echoed = bench.echoed
    for number, name in enumerate(("said to stored", "stored to projected", "projected to shown")):
        took = [1000 * (step[number + 1] - step[number]) for step in steps]
        print(f"  {name:<20} median {statistics.median(took):6.0f} ms   p99 {_p99(took):6.0f} ms")
    whole = [1000 * (step[-1] - step[0]) for step in steps]
    echo = [1000 * took for took in echoed]
    return conclude(
        f"webhook to badge, {len(whole)} changes",
        [
            Target("p99", _p99(whole), at_most=500, unit=" ms"),
            Target("median", statistics.median(whole), unit=" ms"),
            Target("bare echo p99", _p99(echo), unit=" ms"),
            Target("median", statistics.median(echo), unit=" ms"),
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
