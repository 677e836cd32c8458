"""Sending the queued events to the one destination: probe until it answers, then each event in order until taken.

The queue is the events table, so a restart forgets nothing. Documented: POST, any 2xx is a success, everything else is
tried again; order and schedule are not documented. Here: in order; an event refused three times with a 4xx steps aside
(tried again every minute) so that one bad event cannot hold all the others.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import sqlite3
import time
from dataclasses import dataclass

import requests

from sandbox import switches
from sandbox.log import fault, say
from sandbox.settings import Settings, secret_bytes
from sandbox.store import Store

TIMEOUT = (3, 10)  # seconds to connect, to answer
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2.0  # seconds between tries, doubling
REFUSALS_IN_ORDER = 3
ASIDE_PAUSE = 60.0
PAIR_PATIENCE = 4.0  # seconds an event is held for its pair while the order is reversed


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
                self._store.run("UPDATE events SET attempts = 0, aside = 0, next_at = 0 WHERE state = 'waiting'")
        self._pause = FIRST_PAUSE
        self.wake()
        return self.destination()

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
        position = switches.current(self._store, "webhooks")
        if position == "dropped":
            self._store.run("UPDATE events SET state = 'dropped' WHERE state = 'waiting'")
            return 60.0
        batch = self._due(position)
        for event in batch:
            if not await self._send(target, event, position):
                await self._rest()
                return 0.0
        return 0.0 if batch else self._idle()

    async def _probe(self, target: Destination) -> float:
        """The unsigned `{}` FastPix sends when an address is saved (observed); only a 2xx activates it."""
        status, answer = await asyncio.to_thread(_post, target.url, b"{}", {})
        self.last_answer = answer
        if not 200 <= status < 300:
            await self._rest()
            return 0.0
        if self.destination().url == target.url:
            self._store.keep("webhook:state", "active")
            say("webhook active")
        self._pause = FIRST_PAUSE
        return 0.0

    def _due(self, position: str) -> list[sqlite3.Row]:
        """The events to send now: the first in order, or while reversed a pair, the later first."""
        aside = self._store.one(
            "SELECT * FROM events WHERE state = 'waiting' AND aside = 1 AND next_at <= ? ORDER BY next_at LIMIT 1",
            [time.time()],
        )
        if aside:
            return [aside]
        pair = self._store.all("SELECT * FROM events WHERE state = 'waiting' AND aside = 0 ORDER BY seq LIMIT 2")
        if position != "reordered":
            return pair[:1]
        if len(pair) == 2:
            return pair[::-1]
        return pair if pair and time.time() - pair[0]["recorded"] >= PAIR_PATIENCE else []

    def _idle(self) -> float:
        """Seconds until something can become due by time alone."""
        waiting = self._store.count("SELECT count(*) FROM events WHERE state = 'waiting'")
        return 0.5 if waiting else 60.0

    async def _send(self, target: Destination, event: sqlite3.Row, position: str) -> bool:
        """One event, once or twice. False when it was not taken and order says to wait."""
        headers = {"FastPix-Signature": sign(event["body"], target.secret)}
        status, answer = await asyncio.to_thread(_post, target.url, event["body"], headers)
        taken = 200 <= status < 300
        if taken and position == "doubled":
            await asyncio.to_thread(_post, target.url, event["body"], headers)
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


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """One POST from a thread: (status, what to show); status 0 when there was no answer."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy between two processes of one machine
        try:
            answer = session.post(
                url,
                data=body,
                headers={"Content-Type": "application/json", "User-Agent": "FastPix-Sandbox"} | headers,
                timeout=TIMEOUT,
                allow_redirects=False,
                stream=True,
            )
        except requests.RequestException as error:
            return 0, f"no answer ({type(error).__name__})"
        answer.close()
        return answer.status_code, str(answer.status_code)
