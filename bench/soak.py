"""`make soak`: people work at the whole product while its parts are killed in turn and FastPix misbehaves.

SOAK_MINUTES (10) of work and faults; then everything has SETTLES seconds to come to rest. At the end the mirror must be
FastPix's library field by field, every event that was answered 2xx must be stored, storage must hold the very bytes
that were sent, and no row may wait for anything. SOAK_SEED draws the same work and the same faults again.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.soak_desk import Desk, Refused
from bench.soak_faults import Faults
from bench.soak_files import Files
from bench.soak_people import Company
from bench.soak_scene import Scene, scene
from bench.stage import Target, conclude

# Seconds from the last fault until all has to be at rest, as long as people need to finish, and a log's last words.
SETTLES, FINISHES = 120.0, 60.0


def main() -> int:
    """Set the scene, let it all happen, judge it."""
    minutes = float(os.environ.get("SOAK_MINUTES", "10"))
    seed = os.environ.get("SOAK_SEED") or str(int(time.time()))
    print(f"soak: {minutes:g} minutes, SOAK_SEED={seed}", flush=True)
    # whoever stops it from outside: everything is still cleared up
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with scene() as stage:
        print(f"  console {stage.stack.url}, sandbox {stage.stack.sandbox_url}, {_named(stage)}", flush=True)
        with _evidence(stage):
            code = _soak(stage, minutes, seed)
        ended = stage.stack.stop()
        if ended:
            print(f"  the console stopped with exit code {ended}")
        return code or int(bool(ended))


@contextlib.contextmanager
def _evidence(stage: Scene) -> Iterator[None]:
    """Copy logs and databases, but no files, to SOAK_KEEP."""
    try:
        yield
    finally:
        if keep := os.environ.get("SOAK_KEEP"):
            left_out = shutil.ignore_patterns("media", "uploads", "files", "import")
            shutil.copytree(stage.stack.folder, keep, ignore=left_out, dirs_exist_ok=True)
            print(f"  what it left is in {keep}")


def _named(stage: Scene) -> str:
    return f"PostgreSQL ({type(stage.store).__name__.lower()})" if stage.store else "SQLite: no database to take away"


def _soak(stage: Scene, minutes: float, seed: str) -> int:
    with contextlib.ExitStack() as cleanup:
        desk = Desk(stage.environment, stage.stack.folder / "desk.log")
        cleanup.callback(desk.close)
        files = Files(stage.stack.folder / "files")
        cleanup.callback(files.close)
        company, faults = Company(stage, desk, files, seed), Faults(stage, seed)
        company.start()
        faults.start()
        _watch(company, faults, time.monotonic() + minutes * 60)
        faults.finish()
        late = company.finish(FINISHES)
        rest, seconds = _settle(desk, stage, company, faults.at)
        return _judge(stage, desk, company, faults, [*rest, *(f"{name} still works" for name in late)], seconds)


def _watch(company: Company, faults: Faults, until: float) -> None:
    """Say once a minute how it goes."""
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(60.0, left))
        done = sum(faults.done.values())
        print(f"  {max(0, left - 60):4.0f} s left, {done} faults, {_told(company.tally, 6)}", flush=True)


def _told(counted: Counter[str], most: int | None = None) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.most_common(most))


def _settle(desk: Desk, stage: Scene, company: Company, since: float) -> tuple[list[str], float]:
    """What is still not as it should be, and how long after the last fault everything was (or was given up)."""
    while True:
        try:
            company.put_right()
            wrong = desk.ask("restless")
            wrong = [*wrong, *desk.ask("look")["differing"]] if len(wrong) < 20 else wrong
            # an event counts as delivered only once its answer is known, so nothing may be under way any more
            waiting = stage.sandbox_rows("SELECT count(*) AS waiting FROM events WHERE state = 'waiting'")[0]["waiting"]
            wrong += [f"{waiting} events wait at FastPix"] if waiting else []
        except Refused as reason:
            wrong = [str(reason)]
        seconds = time.monotonic() - since
        if not wrong or seconds > SETTLES:
            return wrong, seconds
        print(
            f"  {seconds:3.0f} s after the last fault: {len(wrong)} not at rest, such as {wrong[0][:150]}", flush=True
        )
        time.sleep(3)


def _judge(stage: Scene, desk: Desk, company: Company, faults: Faults, restless: list[str], seconds: float) -> int:
    looked, stored, told = desk.ask("look"), set(desk.ask("events")), desk.ask("figures")
    delivered = {row["id"] for row in stage.sandbox_rows("SELECT id FROM events WHERE state = 'delivered'")}
    missing = sorted(delivered - stored)
    compared = sum(company.compare(row["id"]) for row in stage.sandbox_rows("SELECT id FROM media"))
    twice = _twice(stage)
    _print("not at rest", restless)
    _print("not as FastPix has it", looked["differing"])
    _print("acknowledged and missing", missing)
    _print("other bytes than were sent", company.wrong_bytes)
    _print("given to FastPix twice", twice)
    surprises = [*company.surprises, *faults.complaints]
    _print("not meant to happen", surprises)
    print(f"  people: {_told(company.tally)}")
    print(f"  faults: {_told(faults.done)}")
    print(f"  console: {told}")
    print(
        f"  {compared} of {looked['media']} media compared byte for byte at the end, {looked['tombstones']} tombstones"
    )
    sent = sum(told["sent"].values())
    return conclude(
        f"soak ({len(delivered)} events acknowledged, {sent} uploads, {sum(faults.done.values())} faults)",
        [
            Target("media", looked["media"], at_least=1),
            Target("fields that differ", len(looked["differing"]), at_most=0),
            Target("events missing", len(missing), at_most=0),
            Target("wrong bytes", len(company.wrong_bytes), at_most=0),
            Target("given twice", len(twice), at_most=0),
            Target("rows stuck", len(restless), at_most=0),
            Target("at rest after", seconds, at_most=SETTLES, unit=" s"),
            Target("surprises", len(surprises), at_most=0),
        ],
    )


def _twice(stage: Scene) -> list[str]:
    """Files that FastPix holds twice and orders that it was given twice: what comes of repeating calls blindly.

    An order is not counted whose media was deleted and whose events were dropped: nobody could know of it any more.
    """
    files = "SELECT settings ->> '$.title' AS name FROM uploads WHERE status = 'completed'"
    orders = (
        "SELECT body ->> '$.data.metadata.console_import' AS name FROM events AS told"
        " WHERE type = 'video.media.created' AND name IS NOT NULL"
        " AND NOT (state = 'dropped' AND EXISTS (SELECT 1 FROM events AS later"
        " WHERE later.object_id = told.object_id AND later.type = 'video.media.deleted'))"
    )
    return [
        row["name"]
        for query in (files, orders)
        for row in stage.sandbox_rows(f"{query} GROUP BY 1 HAVING count(*) > 1")
    ]


def _print(what: str, lines: list[Any]) -> None:
    for line in lines[:20]:
        print(f"  {what}: {line}")
    if len(lines) > 20:
        print(f"  {what}: and {len(lines) - 20} more")


if __name__ == "__main__":
    sys.exit(main())
