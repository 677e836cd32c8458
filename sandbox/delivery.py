"""Sending the queued events to the one destination: probe until it answers, then each event in order until taken.

The queue is the events table, so a restart forgets nothing. Documented: POST, any 2xx is a success, everything else is
tried again; order and schedule are not documented. Here: in order, one at a time; where many wait, several objects at
once, each in its own order. An event refused three times with a 4xx steps aside (tried again every minute) so that one
bad event cannot hold all the others.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import sqlite3
import time
import zlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import urllib3

from sandbox import switches
from sandbox.log import fault, say
from sandbox.settings import Settings, secret_bytes
from sandbox.store import Store
from sandbox.switches import Position

TIMEOUT = urllib3.Timeout(connect=3, read=10)
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0  # seconds between tries, doubling
REFUSALS_IN_ORDER = 3
ASIDE_PAUSE = 60.0
PAIR_PATIENCE = 4.0  # seconds an event is held for its pair while the order is reversed
CHAOS_SECONDS = 5.0  # the longest an event is held while all goes wrong at once
MANY, LANES = 50, 6  # from so many due events on, so many are sent at once
BATCH = 200
LOOKED_AT = 5000  # of the waiting events, when each has a moment of its own
ANSWER_LIMIT = 64 * 1024
ANOTHER_SECRET = base64.b64encode(b"not the secret of this address").decode()


@dataclass(frozen=True)
class Destination:
    """Where events go, signed with which base64 secret. The probe has answered when it is active."""

    url: str
    secret: str
    state: str  # none | probing | active


def sign(body: bytes, secret: str) -> str:
    """FastPix-Signature: base64 of HMAC-SHA256 under the decoded secret over the raw body (observed)."""
    return base64.b64encode(hmac.new(secret_bytes(secret), body, hashlib.sha256).digest()).decode()


class Delivery:
    """The one destination and the task that serves it."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._store = store
        self._news = asyncio.Event()
        self._threads = ThreadPoolExecutor(LANES, thread_name_prefix="delivery")
        self._lines = urllib3.PoolManager(num_pools=1, maxsize=LANES, retries=False)
        self._pause = FIRST_PAUSE
        self._task: asyncio.Task[None] | None = None
        self.last_answer = ""
        if not store.fact("webhook:secret"):
            store.keep("webhook:secret", base64.b64encode(secrets.token_bytes(32)).decode())
        if settings.webhook_url:
            self.connect(settings.webhook_url, settings.webhook_secret)
        elif settings.webhook_secret:
            store.keep("webhook:secret", settings.webhook_secret)

    def destination(self) -> Destination:
        url = self._store.fact("webhook:url")
        state = "none" if not url else self._store.fact("webhook:state", "probing")
        return Destination(url, self._store.fact("webhook:secret"), state)

    def connect(self, url: str, secret: str = "") -> Destination:
        """Make `url` the destination; "" takes it away. A new address is probed first; no secret keeps the old."""
        held = self.destination()
        with self._store.together():
            self._store.keep("webhook:url", url)
            self._store.keep("webhook:secret", secret or held.secret)
            if url != held.url:
                self._store.keep("webhook:state", "probing")
            if (url, secret or held.secret) != (held.url, held.secret):
                self.try_again()
        self._pause = FIRST_PAUSE
        self.wake()
        return self.destination()

    def try_again(self) -> None:
        """What was refused or stepped aside is due at once: the reason for it may be gone."""
        self._store.run("UPDATE events SET attempts = 0, aside = 0, next_at = 0 WHERE state = 'waiting'")
        self.wake()

    def wake(self) -> None:
        self._news.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._news.clear()
            try:
                wait = await self._step()
            except Exception as error:  # noqa: BLE001 - the loop must outlive any one event
                fault("delivery broke", error)
                wait = LONGEST_PAUSE
            if wait:
                try:
                    await asyncio.wait_for(self._news.wait(), wait)
                except TimeoutError:
                    continue

    async def _step(self) -> float:
        """Do the next thing; returns the seconds to wait before looking again unless there is news."""
        target = self.destination()
        if target.state == "none":
            return 60.0
        if target.state == "probing":
            return await self._probe(target)
        batch = self._due(switches.at(self._store, "webhooks"))
        lanes: dict[int, list[sqlite3.Row]] = {}
        for event in batch:
            lane = zlib.crc32(event["object_id"].encode()) % LANES if len(batch) >= MANY else 0
            lanes.setdefault(lane, []).append(event)
        taken = await asyncio.gather(*(self._send_all(target, lane) for lane in lanes.values()))
        if not all(taken):
            await self._rest()
        return 0.0 if batch else self._idle()

    async def _probe(self, target: Destination) -> float:
        """The unsigned `{}` FastPix sends when an address is saved (observed); only a 2xx activates it."""
        status, answer = await self._post(target.url, b"{}", {})
        self.last_answer = answer
        if not 200 <= status < 300:
            await self._rest()
            return 0.0
        if self.destination().url == target.url:
            self._store.keep("webhook:state", "active")
            say("webhook active")
        self._pause = FIRST_PAUSE
        return 0.0

    def _due(self, position: Position) -> list[sqlite3.Row]:
        """The events to send now, in the order to send them; what is to be lost is lost here."""
        aside = self._store.one(
            "SELECT * FROM events WHERE state = 'waiting' AND aside = 1 AND next_at <= ? ORDER BY next_at LIMIT 1",
            [time.time()],
        )
        if aside:
            return [aside]
        waiting = self._kept(position)
        if position.name == "reordered":
            pair = waiting[:2]
            if len(pair) == 1 and time.time() - pair[0]["recorded"] < PAIR_PATIENCE:
                return []
            return self._whole(one["seq"] for one in reversed(pair))
        moment = time.time()
        due = sorted((_moment(event, position), event["seq"]) for event in waiting)
        return self._whole(seq for when, seq in due[:BATCH] if when <= moment)

    def _kept(self, position: Position) -> list[sqlite3.Row]:
        """Number and time of the waiting events, oldest first, without those that the switch loses."""
        waiting = self._store.all(
            "SELECT seq, recorded FROM events WHERE state = 'waiting' AND aside = 0 ORDER BY seq LIMIT ?",
            [LOOKED_AT if position.name in {"shuffled", "chaos"} else BATCH],
        )
        if position.name not in {"dropped", "chaos"}:
            return waiting
        lost = {one["seq"] for one in waiting if switches.chance(position.number, of=one["seq"], what="dropped")}
        with self._store.together():
            for seq in lost:
                self._store.run("UPDATE events SET state = 'dropped' WHERE seq = ?", [seq])
        return [one for one in waiting if one["seq"] not in lost]

    def _whole(self, numbers: Iterable[int]) -> list[sqlite3.Row]:
        rows = (self._store.one("SELECT * FROM events WHERE seq = ?", [seq]) for seq in numbers)
        return [row for row in rows if row]

    def _idle(self) -> float:
        """Seconds until something can become due by time alone."""
        return 0.1 if self._store.one("SELECT 1 FROM events WHERE state = 'waiting' LIMIT 1") else 60.0

    async def _send_all(self, target: Destination, lane: list[sqlite3.Row]) -> bool:
        """Events one after another. False when one was not taken and order says to wait."""
        position = switches.at(self._store, "webhooks")
        for event in lane:
            if (self.destination(), switches.at(self._store, "webhooks")) != (target, position):
                return True  # the rest is judged again
            if not await self._send(target, event, position):
                return False
        return True

    async def _send(self, target: Destination, event: sqlite3.Row, position: Position) -> bool:
        """One event, once or twice. False when it was not taken and order says to wait."""
        secret = ANOTHER_SECRET if position.name == "badly_signed" else target.secret
        headers = {"FastPix-Signature": sign(event["body"], secret)}
        status, answer = await self._post(target.url, event["body"], headers)
        taken = 200 <= status < 300
        if taken and _is_doubled(event, position):
            await self._post(target.url, event["body"], headers)
        self.last_answer = answer
        tries = event["attempts"] + 1
        refused = 400 <= status < 500 and status not in {408, 429}
        aside = refused and tries >= REFUSALS_IN_ORDER
        self._store.run(
            "UPDATE events SET state = ?, attempts = ?, answer = ?, aside = ?, next_at = ? WHERE seq = ?",
            [
                "delivered" if taken else "waiting",
                tries,
                answer,
                int(aside or bool(event["aside"])),
                time.time() + ASIDE_PAUSE if not taken else 0,
                event["seq"],
            ],
        )
        say("event sent" if taken else "event not taken", id=event["id"], type=event["type"], answer=answer)
        if taken:
            self._pause = FIRST_PAUSE
        return taken or aside

    async def _rest(self) -> None:
        """Leave a destination that did not take it alone for a while; new events are no reason to hurry it."""
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        await asyncio.sleep(pause)

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """One POST from a thread: (status, what to show); status 0 when there was no answer."""

        def post() -> tuple[int, str]:
            said = {"Content-Type": "application/json", "User-Agent": "FastPix-Sandbox"} | headers
            try:
                answer = self._lines.request(
                    "POST", url, body=body, headers=said, timeout=TIMEOUT, redirect=False, preload_content=False
                )
                # a line is used again once its answer was read; one with much to say is closed instead
                if len(answer.read(ANSWER_LIMIT)) < ANSWER_LIMIT:
                    answer.release_conn()
                else:
                    answer.close()
            except urllib3.exceptions.HTTPError as error:
                return 0, f"no answer ({type(error).__name__})"
            return answer.status, str(answer.status)

        return await asyncio.get_running_loop().run_in_executor(self._threads, post)


def _moment(event: sqlite3.Row, position: Position) -> float:
    """When an event is due, in epoch seconds; 0 for at once."""
    if position.name == "delayed":
        return float(event["recorded"]) + position.number
    if position.name in {"shuffled", "chaos"}:
        longest = position.number if position.name == "shuffled" else CHAOS_SECONDS
        return float(event["recorded"]) + longest * switches.share(event["seq"], "shuffled")
    return 0.0


def _is_doubled(event: sqlite3.Row, position: Position) -> bool:
    return position.name in {"doubled", "chaos"} and switches.chance(position.number, of=event["seq"], what="doubled")
