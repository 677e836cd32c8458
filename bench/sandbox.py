"""`make bench-sandbox`: how long each operation of the sandbox takes with BENCH_MEDIA (100,000) seeded media.

Each call is followed by one to a constant answer of the same server on the same line, so that what else the machine
does meets both. Told of each are the milliseconds that passed, and those without the time in which the sandbox or this
program could have run and had no processor (Linux counts it in schedstat): on a machine that does nothing else they are
the same. The limit of 300 ms is for the slowest of BENCH_CALLS (40) calls of any operation, without that wait.
"""

import contextlib
import itertools
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import requests

from bench.stage import Target, conclude
from tests.stack import Sandbox

MEDIA = int(os.environ.get("BENCH_MEDIA", "100000"))
CALLS = int(os.environ.get("BENCH_CALLS", "40"))
AT_ONCE = 10_000  # media a call to the seed
LIMIT = 300.0  # ms
EVER = {"startDate": "2000-01-01", "endDate": "2099-12-31"}
Call = tuple[str, str, Any]  # method, path, body
Operation = Callable[[int], Call]  # of the number of the call


class Taken(NamedTuple):
    """Milliseconds of one call: all that passed, and without the wait for a processor."""

    passed: float
    own: float


class Library:
    """The sandbox under measurement, with one of everything."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.line = sandbox, requests.Session()
        self.line.auth = (sandbox.token_id, sandbox.secret_key)
        self.began = time.perf_counter()
        for done in range(0, MEDIA, AT_ONCE):
            sandbox.seed(min(AT_ONCE, MEDIA - done))
        self.seeding = time.perf_counter() - self.began
        self.media = self.data("GET", f"/on-demand?limit=50&offset={MEDIA // 100}")
        self.spare = (one["id"] for page in itertools.count(30) for one in self._page(page))
        self.keys = [self.data("POST", "/iam/signing-keys")["id"] for _ in range(3)]
        self.sandbox_post("/_sandbox/drm")
        self.configuration = self.data("GET", "/on-demand/drm-configurations")[0]["id"]
        self.manual, self.smart = self._playlist("manual"), self._playlist("smart")
        self.members = [one["id"] for page in range(1, 21) for one in self._page(page)]
        self.data("PATCH", f"/on-demand/playlists/{self.manual}/media", {"mediaIds": self.members})
        for _ in range(200):
            self.upload()

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        return self.line.request(method, f"{self.sandbox.url}{path}", json=body, timeout=60)

    def data(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.call(method, f"/v1{path}", body)
        answer.raise_for_status()
        return answer.json().get("data")

    def sandbox_post(self, path: str) -> None:
        self.call("POST", path, {}).raise_for_status()

    def upload(self) -> str:
        settings = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public"}}
        return str(self.data("POST", "/on-demand/upload", settings)["uploadId"])

    def playback_id(self) -> tuple[str, str]:
        """A new playback ID of some media; both ids."""
        media = self.media[7]["id"]
        return media, self.data("POST", f"/on-demand/{media}/playback-ids", {"accessPolicy": "public"})["id"]

    def _page(self, number: int) -> list[Any]:
        return list(self.data("GET", f"/on-demand?limit=50&offset={number}&orderBy=asc"))

    def _playlist(self, kind: str) -> str:
        body: dict[str, Any] = {"name": kind, "referenceId": f"bench{uuid4().hex}", "type": kind}
        if kind == "smart":
            body |= {"playOrder": "createdDate DESC", "metadata": {"createdDate": EVER, "updatedDate": EVER}}
        return str(self.data("POST", "/on-demand/playlists", body)["id"])


def operations(here: Library) -> dict[str, Operation]:
    """Every operation of the on-demand area and the signing keys."""
    last = -(-MEDIA // 50)
    one = here.media[3]["id"]
    rules = {"defaultPolicy": "allow", "allow": [], "deny": ["example.com"]}
    source = {"type": "video", "url": f"{here.sandbox.url}/samples/none.mp4"}
    pushed = {"corsOrigin": "*", "pushMediaSettings": {"accessPolicy": "public"}}
    lists = f"/on-demand/playlists/{here.manual}"
    audio = next(track["id"] for track in here.media[5]["tracks"] if track["type"] == "audio")

    def rest(path: str, body: Any = None, method: str = "PATCH") -> Operation:
        return lambda number: (method, f"/on-demand/{here.media[number % 50]['id']}{path}", body)

    def restricted(kind: str) -> Call:
        media, playback_id = here.playback_id()
        return "PATCH", f"/on-demand/{media}/playback-ids/{playback_id}/{kind}", rules

    def unused() -> Call:
        media, playback_id = here.playback_id()
        return "DELETE", f"/on-demand/{media}/playback-ids?playbackId={playback_id}", None

    def track(number: int) -> Any:
        text = {"url": f"{here.sandbox.url}/none.vtt", "type": "subtitle", "languageCode": "en"}
        return {"tracks": text | {"languageName": f"Language {number} {uuid4().hex}"}}

    def reference(kind: str) -> Any:
        return {"name": "bench", "referenceId": uuid4().hex, "type": kind}

    return {
        "create-media": lambda _: ("POST", "/on-demand", {"inputs": [source], "accessPolicy": "public"}),
        "list-media, first page": lambda _: ("GET", "/on-demand?limit=50", None),
        "list-media, middle": lambda n: ("GET", f"/on-demand?limit=50&offset={last // 2 + n}", None),
        "list-media, last page": lambda n: ("GET", f"/on-demand?limit=50&offset={last - n}&orderBy=asc", None),
        "get-media": rest("", method="GET"),
        "updated-media": rest("", {"title": "Renamed", "metadata": {"a": "b"}}),
        "delete-media": lambda _: ("DELETE", f"/on-demand/{next(here.spare)}", None),
        "updated-source-access": lambda n: ("PATCH", f"/on-demand/{one}/source-access", {"sourceAccess": n % 2 == 0}),
        "updated-mp4Support": lambda n: (
            "PATCH",
            f"/on-demand/{one}/update-mp4Support",
            {"mp4Support": ("audioOnly", "capped_4k")[n % 2]},
        ),
        "retrieveMediaInputInfo": rest("/input-info", method="GET"),
        "get-media-clips": rest("/media-clips", method="GET"),
        "list-live-clips": lambda _: ("GET", f"/on-demand/{uuid4().hex}/live-clips", None),
        "direct-upload-video-media": lambda _: ("POST", "/on-demand/upload", pushed),
        "list-uploads": lambda n: ("GET", f"/on-demand/uploads?limit=50&offset={n % 4 + 1}", None),
        "cancel-upload": lambda _: ("PUT", f"/on-demand/upload/{here.upload()}/cancel", None),
        "Add-media-track": lambda n: ("POST", f"/on-demand/{here.media[4]['id']}/tracks", track(n)),
        "Generate-subtitle-track": lambda n: (
            "POST",
            f"/on-demand/{here.media[5]['id']}/tracks/{audio}/generate-subtitles",
            {"languageName": f"English {n} {uuid4().hex}", "languageCode": "en-US"},
        ),
        "create-media-playback-id": rest("/playback-ids", {"accessPolicy": "private"}, "POST"),
        "list-playback-ids": rest("/playback-ids", method="GET"),
        "delete-media-playback-id": lambda _: unused(),
        "update-domain-restrictions": lambda _: restricted("domains"),
        "update-user-agent-restrictions": lambda _: restricted("user-agents"),
        "create-a-playlist": lambda _: ("POST", "/on-demand/playlists", reference("manual")),
        "get-all-playlists": lambda _: ("GET", "/on-demand/playlists?limit=50", None),
        "get-playlist-by-id, manual of 1,000": lambda _: ("GET", lists, None),
        "get-playlist-by-id, smart of 1,000": lambda _: ("GET", f"/on-demand/playlists/{here.smart}", None),
        "update-a-playlist": lambda n: ("PUT", lists, {"name": f"name {n}", "description": "bench"}),
        "change-media-order-in-playlist": lambda n: (
            "PUT",
            f"{lists}/media",
            {"mediaIds": here.members[n:] + here.members[:n]},
        ),
        "update-media-summary": rest("/summary", {"generate": True}),
        "update-media-chapters": rest("/chapters", {"chapters": True}),
        "update-media-named-entities": rest("/named-entities", {"namedEntities": True}),
        "update-media-moderation": rest("/moderation", {"moderation": {"type": "video"}}),
        "getDrmConfiguration": lambda _: ("GET", "/on-demand/drm-configurations", None),
        "getDrmConfigurationById": lambda _: ("GET", f"/on-demand/drm-configurations/{here.configuration}", None),
        "create_signing_key": lambda _: ("POST", "/iam/signing-keys", None),
        "list_signing_keys": lambda _: ("GET", "/iam/signing-keys", None),
        "get-signing_key_by_id": lambda n: ("GET", f"/iam/signing-keys/{here.keys[n % 3]}", None),
    }


def main() -> int:
    """Measure, tell each operation, conclude."""
    with _library() as here:
        print(f"  {MEDIA:,} media seeded in {here.seeding:.0f} s; load {os.getloadavg()[0]:.1f}", flush=True)
        times, constant = _measured(here)
    for name, taken in sorted(times.items(), key=lambda pair: -_most(pair[1]).own):
        print(_line(name, taken))
    print(_line("a constant answer", constant))
    slowest = max(times, key=lambda name: _most(times[name]).own)
    return conclude(
        f"sandbox with {MEDIA:,} media, {len(times)} operations, {CALLS} calls each, load {os.getloadavg()[0]:.1f}",
        [
            Target(f"slowest call ({slowest})", _most(times[slowest]).own, at_most=LIMIT, unit=" ms"),
            Target("with waits for a processor", max(_most(one).passed for one in times.values()), unit=" ms"),
            Target("constant answer: slowest", _most(constant).own, unit=" ms"),
            Target("with waits", _most(constant).passed, unit=" ms"),
        ],
    )


def _most(taken: list[Taken]) -> Taken:
    return Taken(max(one.passed for one in taken), max(one.own for one in taken))


def _line(name: str, taken: list[Taken]) -> str:
    own, passed = (statistics.median(getattr(one, field) for one in taken) for field in ("own", "passed"))
    most = _most(taken)
    return f"  {name:<36} median {own:6.1f} ms  most {most.own:6.1f} ms   with waits {passed:7.1f}  {most.passed:7.1f}"


def _measured(here: Library) -> tuple[dict[str, list[Taken]], list[Taken]]:
    """Every call by operation, and the constant answers in between."""
    asked = operations(here)
    times: dict[str, list[Taken]] = {name: [] for name in asked}
    constant: list[Taken] = []
    for number in range(CALLS):
        for name, operation in asked.items():
            method, path, body = operation(number)
            taken, answer = _timed(here, method, f"/v1{path}", body)
            # a feature asked for again is a 400, which is an answer like others
            if answer.status_code >= 400 and answer.status_code != 400:
                raise RuntimeError(f"{name}: {answer.status_code} {answer.text[:300]}")
            times[name].append(taken)
            constant.append(_timed(here, "GET", "/healthz", None)[0])
    return times, constant


def _timed(here: Library, method: str, path: str, body: Any) -> tuple[Taken, requests.Response]:
    pids = (here.sandbox.process.popen.pid, os.getpid())
    ran, waited = _scheduled(pids)
    began = time.perf_counter()
    answer = here.call(method, path, body)
    passed = (time.perf_counter() - began) * 1000
    now = _scheduled(pids)
    # both can wait at the same moment: what they ran is the least it took
    return Taken(passed, max(passed - (now[1] - waited), now[0] - ran)), answer


def _scheduled(pids: tuple[int, ...]) -> tuple[float, float]:
    """Milliseconds the first threads of processes, which do all their work, ran, and were ready without a processor."""
    told = [[int(word) / 1e6 for word in Path(f"/proc/{pid}/schedstat").read_text().split()[:2]] for pid in pids]
    return sum(one[0] for one in told), sum(one[1] for one in told)


@contextlib.contextmanager
def _library() -> Iterator[Library]:
    folder = Path(tempfile.mkdtemp(prefix="fastpix-bench-sandbox-"))
    try:
        sandbox = Sandbox(folder)
        try:
            yield Library(sandbox)
        finally:
            sandbox.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
