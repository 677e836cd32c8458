"""`python -m sandbox`: start, serve, stop."""

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO
from uuid import uuid4

from granian.constants import Interfaces
from granian.server.embed import Server

from sandbox import ai, ffmpeg, life, log, mp4, settings, storage, track_work
from sandbox.app import build
from sandbox.delivery import Delivery
from sandbox.jobs import Jobs
from sandbox.settings import BadSetting, Settings
from sandbox.store import Store
from sandbox.world import World

PATIENCE = 1.0  # seconds for answers in flight at the end


def main() -> int:
    """Start, serve until a signal, stop. Returns 2 with a sentence where it cannot start."""
    try:
        given = settings.read(sys.argv[1:], settings.environment())
        lock = _own_folder(given.data)
        _check_port(given)
        ffmpeg.binary()
    except (BadSetting, RuntimeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    log.start()
    with lock:
        asyncio.run(_serve(given))
    return 0


async def _serve(given: Settings) -> None:
    store = Store(given.data)
    world = World(given, store, Delivery(given, store), Jobs(given.jobs), _workspace_id(store))
    _sweep(given.data)
    server = Server(
        build(world),
        address=given.host,
        port=given.port,
        interface=Interfaces.ASGINL,
        websockets=False,
        log_enabled=False,
    )
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for word in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(word, ending.set)
    serving = asyncio.create_task(server.serve())
    world.delivery.start()
    storage.forget_expired(world)
    life.resume(world)
    ai.resume(world)
    track_work.resume(world)
    mp4.resume(world)
    print(f"FastPix sandbox: {given.public_url} (page), {given.public_url}/v1 (API)", flush=True)
    ended = asyncio.create_task(ending.wait())
    await asyncio.wait({serving, ended}, return_when=asyncio.FIRST_COMPLETED)
    await world.delivery.stop()
    await world.jobs.stop()
    server.stop()  # type: ignore[no-untyped-call]
    with suppress(TimeoutError, asyncio.CancelledError):
        await asyncio.wait_for(serving, PATIENCE)
    store.close()
    log.say("stopped")
    sys.stdout.flush()
    # Threads still fetching or posting must not hold the end up; everything that matters is in the store.
    os._exit(0 if ending.is_set() else 1)


def _own_folder(folder: Path) -> IO[str]:
    """Make the folders and hold the lock on them. Raises BadSetting."""
    try:
        for inner in (folder, folder / "media", folder / "uploads"):
            inner.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise BadSetting(f"The folder {folder} cannot be used: {error.strerror}.") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise BadSetting(f"Another sandbox runs on {folder}; stop it first.") from None
    return lock


def _check_port(given: Settings) -> None:
    family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((given.host, given.port))
        except OSError as error:
            raise BadSetting(
                f"Port {given.port} on {given.host} cannot be used: {error.strerror}. Set SANDBOX_PORT."
            ) from None


def _workspace_id(store: Store) -> str:
    if not store.fact("workspace_id"):
        store.keep("workspace_id", str(uuid4()))
    return store.fact("workspace_id")


def _sweep(data: Path) -> None:
    """Remove what a killed sandbox left half made; the work begins again."""
    for part in data.glob("media/*/*.part"):
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)
    for part in data.glob("media/*/images/*.part.*"):
        part.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
