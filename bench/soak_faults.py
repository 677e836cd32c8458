"""The faults of the soak: what runs here is killed, FastPix misbehaves, webhooks go astray; all from the seed."""

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import redis
import requests

from bench.soak_scene import Scene, wait_until
from sandbox import switches

WORKERS = ("events", "calls", "transfers")
CLEAR = {switch: next(iter(positions)) for switch, positions in switches.CHOICES.items()}
# Seconds: bad weather lasts so long, and so much lies between two faults of a kind.
LASTS, PAUSE = (4.0, 9.0), (3.0, 9.0)
BACK = 60.0


class Faults:
    """What is done to the console while people work; `at` is when the last fault ended."""

    def __init__(self, scene: Scene, seed: str) -> None:
        self.scene, self.seed = scene, seed
        self.done: Counter[str] = Counter()
        self.complaints: list[str] = []
        self.at = time.monotonic()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._in_turn, args=("kills", self._kills()), daemon=True),
            threading.Thread(target=self._in_turn, args=("webhooks", self._weather("webhooks")), daemon=True),
            threading.Thread(target=self._in_turn, args=("weather", self._weather("api", "storage")), daemon=True),
        ]

    def start(self) -> None:
        """Let them begin."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """No more faults: returns once all that was taken away is back and the sky is clear."""
        self._over.set()
        for thread in self._threads:
            thread.join(BACK + 30)
        self._switch(**CLEAR)
        self.at = time.monotonic()

    def _in_turn(self, kind: str, faults: list[tuple[str, Callable[[random.Random], None]]]) -> None:
        luck = random.Random(f"{self.seed}:{kind}")
        while not self._over.is_set():
            # every fault once a round, each round in another order
            for name, strike in luck.sample(faults, len(faults)):
                if self._over.wait(luck.uniform(*PAUSE)):
                    return
                try:
                    strike(luck)
                    self.done[name] += 1
                except Exception as error:  # noqa: BLE001 - a fault that does not come off is told at the end
                    self.complaints.append(f"{name}: {type(error).__name__}: {error}")
                self.at = time.monotonic()

    # kills ----------------------------------------------------------------------------------------------------
    def _kills(self) -> list[tuple[str, Callable[[random.Random], None]]]:
        kills: list[tuple[str, Callable[[random.Random], None]]] = [
            (name, lambda _luck, name=name: self._kill(name)) for name in ("web", "beat", *WORKERS)
        ]
        kills += [(f"{name} child", lambda _luck, name=name: self._kill_child(name)) for name in WORKERS]
        kills += [("transfers at work", self._kill_at_work), ("redis", self._kill_redis), ("redis lost", self._empty)]
        if self.scene.store:
            kills += [("database", self._crash)]
        return kills

    def _kill(self, name: str) -> None:
        """SIGKILL to all processes of one child; returns when its supervisor has started another."""
        before = self.scene.stack.children.get(name, 0)
        with contextlib.suppress(ProcessLookupError, KeyError):
            self.scene.stack.kill(name)
        if not wait_until(lambda: self.scene.stack.children.get(name, before) != before, BACK):
            raise TimeoutError(f"{name} was not started again")

    def _kill_child(self, name: str) -> None:
        """SIGKILL to one process of a worker's pool: the worker itself lives and has to notice."""
        leader = self.scene.stack.children[name]
        children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(children[0]), signal.SIGKILL)

    def _kill_at_work(self, _luck: random.Random) -> None:
        """Kill the transfers worker when a file is halfway at storage."""
        sizes: dict[str, int] = {}

        def grows() -> bool:
            before = dict(sizes)
            with contextlib.suppress(OSError):
                sizes.update({file.name: file.stat().st_size for file in (self.scene.held / "uploads").iterdir()})
            return any(0 < size != before.get(name) for name, size in sizes.items())

        grows()
        wait_until(grows, 15, every=0.01)
        self._kill("transfers")

    def _kill_redis(self, luck: random.Random) -> None:
        """Kill Redis, and again as often as it comes back within some seconds."""
        ends = time.monotonic() + luck.uniform(0, 5)
        self._kill("valkey")
        while time.monotonic() < ends:
            self._kill("valkey")

    def _empty(self, _luck: random.Random) -> None:
        """Redis comes back without anything it held."""
        with redis.Redis.from_url(self.scene.redis_url, socket_timeout=5) as server:
            server.flushall()
        self._kill("valkey")

    def _crash(self, luck: random.Random) -> None:
        assert self.scene.store is not None
        self.scene.store.crash()
        time.sleep(luck.uniform(1, 8))
        self.scene.store.rise()

    # weather --------------------------------------------------------------------------------------------------
    def _weather(self, *names: str) -> list[tuple[str, Callable[[random.Random], None]]]:
        """Every position of these switches but the clear sky."""
        return [
            (f"{switch} {position}", lambda luck, switch=switch, position=position: self._storm(luck, switch, position))
            for switch in names
            for position in list(switches.CHOICES[switch])[1:]
        ]

    def _storm(self, luck: random.Random, switch: str, position: str) -> None:
        try:
            self._switch(**{switch: position})
            self._over.wait(luck.uniform(*LASTS))
        finally:
            self._switch(**{switch: CLEAR[switch]})

    def _switch(self, **positions: str) -> None:
        """Turn switches; FastPix may be busy, but not for ever."""
        address = f"{self.scene.stack.sandbox_url}/_sandbox/switches"
        ends = time.monotonic() + BACK
        while True:
            try:
                requests.post(address, json=positions, timeout=10).raise_for_status()
            except requests.RequestException:
                if time.monotonic() > ends:
                    raise
                self.done["waits for the sandbox"] += 1
            else:
                return
